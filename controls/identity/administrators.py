"""Who holds the widest rights: administrators, AWS's support, and what runs with a role."""

from __future__ import annotations

from fixtures.iam.principals import AuditAccess, IamPrincipal, SupportAccess
from fixtures.iam.roles import Role
from muster import Facts, control, declared, not_applicable


@control(severity="critical")
def test_iam_admin_access_declared(iam_principal: IamPrincipal, facts: Facts) -> None:
    """Only declared principals hold administrator access.

    Why: Each holder of AdministratorAccess is a way to the whole account. Those that nobody counts are never taken
        away.
    Fix: Grant what the work needs instead of AdministratorAccess. Who has to hold it, such as the administrators' roles
        of Identity Center or Control Tower, belongs among admin_principals in facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    meant = not iam_principal.is_administrator or declared(facts.admin_principals, iam_principal.principal)
    assert meant, f"holds AdministratorAccess, and nobody declared {iam_principal.principal} an administrator"


@control(severity="medium")
def test_iam_policy_cloudshell_restricted(iam_principal: IamPrincipal, facts: Facts) -> None:
    """Full CloudShell access is not handed out.

    Why: AWSCloudShellFullAccess, or cloudshell:* in a policy of your own, lets its holder move files between AWS and
        any computer, past all that watches networks.
    Fix: Detach the policy, or grant a policy of your own that denies the transfer of files. Who has to have it belongs
        among cloudshell_principals in facts.yaml.
    See: https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html
    """
    policies = iam_principal.cloudshell_policies
    meant = not policies or declared(facts.cloudshell_principals, iam_principal.principal)
    assert meant, f"holds {', '.join(policies)}, and nobody declared that {iam_principal.principal} may"


@control(severity="low")
def test_iam_support_role(support_access: SupportAccess) -> None:
    """Somebody can open cases with AWS Support.

    Why: In an incident AWS is asked for help, and that is no time to look for an administrator who can grant it.
    Fix: Attach AWSSupportAccess to a role that those who handle incidents may assume.
    See: https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html
    """
    assert support_access.roles, "has no role with AWSSupportAccess"


@control(severity="low")
def test_iam_audit_role(audit_access: AuditAccess) -> None:
    """A read-only security audit role exists.

    Why: Reviewers who find no role that may only look are given one that may do more.
    Fix: Attach SecurityAudit to a role that those who review the account may assume.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
    """
    assert audit_access.roles, "has no role with SecurityAudit"


@control(severity="high")
def test_iam_workload_role_not_admin(
    role: Role,
    facts: Facts,
    workload_services: tuple[str, ...] = (
        "ec2.amazonaws.com",
        "lambda.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "pods.eks.amazonaws.com",
        "tasks.apprunner.amazonaws.com",
        "edgelambda.amazonaws.com",
        "bedrock-agentcore.amazonaws.com",
        "emr-serverless.amazonaws.com",
        "codebuild.amazonaws.com",
        "glue.amazonaws.com",
        "sagemaker.amazonaws.com",
        "states.amazonaws.com",
        "airflow-env.amazonaws.com",
        "kinesisanalytics.amazonaws.com",
        "amplify.amazonaws.com",
        "ssm.amazonaws.com",
        "credentials.iot.amazonaws.com",
        "gamelift.amazonaws.com",
        "appstream.amazonaws.com",
    ),
) -> None:
    """Roles of instances, functions and tasks hold no administrator rights.

    Why: Whoever breaks into a program has its role. With administrator rights one flaw in it costs the whole account.
    Fix: Give the role the actions that the program calls, on the resources that it uses.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    services = role.services_among(workload_services)
    if not services:
        not_applicable("no workload may assume the role")
    if declared(facts.admin_principals, role.principal):
        not_applicable(f"{role.principal} is declared to hold administrator rights")
    everything = role.full_admin_policies
    assert not everything, f"works for {', '.join(services)} and may do everything, by {', '.join(everything)}"
