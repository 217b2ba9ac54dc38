"""The read-only guard: what is not a read never leaves this machine.

Three rules, checked before a request is built: the operation is one that a control or noun names in its source, or
that entering an account needs; its verb is one that AWS uses for reads; and it is none of those that carry such a verb
and yet change something, hand out credentials, or return the data that the account keeps rather than its settings. The
first lets nothing through that nobody wrote down; the others stand behind it for what nobody should have written.
"""

from __future__ import annotations

from botocore import xform_name

from muster.errors import NotARead
from muster.reading.declared_operations import refuse_undeclared
from muster.reading.sessions.data_reads import CODE, DATA
from muster.reading.sessions.own_questions import OF_DISCOVERY, OWN_QUESTIONS

READING_VERBS = ("Describe", "Get", "List", "BatchGet", "BatchDescribe")

# A role must be entered, and IAM writes its credential report only when asked to; AWS counts both as reads.
ALSO_READS = frozenset({"sts:AssumeRole", "iam:GenerateCredentialReport"})

# Their names say read; the Service Authorization Reference says otherwise
# (https://docs.aws.amazon.com/service-authorization/latest/reference/). A test compares this list with it.
NOT_READS = frozenset(
    {
        "appfabric:BatchGetUserAccessTasks",
        "athena:GetSessionEndpoint",
        "bcm-pricing-calculator:ListTagsForResource",
        "bedrock-agentcore:GetWorkloadAccessToken",
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
        "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
        "billing:GetResourcePolicy",
        "cognito-identity:GetId",
        "cognito-idp:GetTokensFromRefreshToken",
        "datazone:GetIamPortalLoginUrl",
        "emr:GetClusterSessionCredentials",
        "emr:GetOnClusterAppUIPresignedURL",
        "emr:GetPersistentAppUIPresignedURL",
        "emr:GetSessionEndpoint",
        "emr-containers:GetManagedEndpointSessionCredentials",
        "glue:DescribeConnectionType",
        "glue:DescribeEntity",
        "glue:ListConnectionTypes",
        "glue:ListEntities",
        "lightsail:GetInstanceAccessDetails",
        "lightsail:GetRelationalDatabaseMasterUserPassword",
        "quicksight:DescribeKnowledgeBasePermissions",
        "quicksight:DescribeSpacePermissions",
        "quicksight:DescribeTopicPermissions",
        "redshift:GetClusterCredentials",
        "redshift:GetClusterCredentialsWithIAM",
        "redshift-serverless:GetCredentials",
        "route53globalresolver:ListTagsForResource",
        "security-ir:GetCaseAttachmentUploadUrl",
        "socialmessaging:GetWhatsAppMessageMedia",
        "ssm-sap:GetResourcePermission",
        "stepfunctions:GetActivityTask",
        "sts:GetDelegatedAccessToken",
        "sts:GetFederationToken",
        "sts:GetWebIdentityToken",
    }
)


# What carries such a verb and is refused, but for the one control's code.
_REFUSED = NOT_READS | (DATA - CODE)
_BY_ENTERING = OWN_QUESTIONS | OF_DISCOVERY


def is_read(service: str, operation: str) -> bool:
    """Whether `ec2`, `DescribeVpcs` (botocore's names) reads settings and nothing else, or code for the one control."""
    name = f"{service}:{operation}"
    if name in ALSO_READS:
        return True
    return operation.startswith(READING_VERBS) and name not in _REFUSED


def refuse_writes(service: str, operation: str) -> None:
    """Raise `NotARead` for an operation that the guard does not let through."""
    name = f"{service}:{operation}"
    if not is_read(service, operation):
        raise NotARead(
            f"{name} is not a read of settings: Muster refuses to send it."
            " A noun may only use Describe, Get, List and BatchGet operations (muster/reading/sessions/guard.py)"
        )
    question = f"{service}:{xform_name(operation)}"
    if question not in _BY_ENTERING:
        refuse_undeclared(question)
