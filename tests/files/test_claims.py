"""No requirement is said to be judged whole by a control that looks at a part of what it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.selection.frameworks import resolved_requirements
from muster.selection.profiles import load_profiles

SHIPPED = Path(__file__).parents[2] / "profiles"


PARTS = {
    "api-v2-authorized": "an API that is declared to be open is spared",
    "backup-plan-covers": "what is tagged as one for development is spared",
    "cognito-identity-pool-no-guests": "an identity pool that is declared to serve guests is spared",
    "config-recorder-on": "recorders may leave IAM out in each region, and so in all",
    "ec2-instance-role": "an instance that is declared to do without a role is spared",
    "ec2-no-public-ip": "an instance that is declared to be public is spared",
    "ecr-tags-immutable": "latest may move",
    "gh-apps-declared": "GitHub lists the apps of an organization, and no OAuth apps",
    "gh-environments-guarded": "deployments to environments, not access to production",
    "gh-no-binaries": "by name, and not by content",
    "gh-packages-private": "what is declared public is let be",
    "gh-releases-signed": "the newest release",
    "gh-repo-private": "what is declared public is let be",
    "graphql-api-authorized": "an API that is declared to be open is spared",
    "iam-admin-access-declared": "declared administrators are spared",
    "iam-policy-cloudshell-restricted": "those who are declared to have all of CloudShell are spared",
    "iam-policy-no-decrypt-all-keys": "declared administrators are spared",
    "iam-policy-no-full-admin": "policies that are attached to nobody are spared",
    "iam-policy-no-service-wildcard": "policies that are attached to nobody are spared",
    "iam-user-mfa": "service accounts are spared",
    "lambda-not-public": "the URL of a function that is declared to be public is spared",
    "org-management-account-empty": "five kinds of workloads",
    "org-services-delegated": "services of security",
    "rds-cluster-multi-az": "what is tagged as one for development is spared",
    "rds-instance-multi-az": "what is tagged as one for development is spared",
    "s3-bucket-public-access-blocked": "a bucket that is declared to be public is spared",
    "s3-bucket-sharing-declared": "what declared accounts may do is not looked at",
    "subnet-no-auto-public-ip": "a subnet that is declared to be public is spared",
}
"""Controls that look at a part of what standards ask, with the part."""


@pytest.mark.parametrize("part", PARTS)
def test_controls_that_look_at_a_part_judge_no_requirement_whole(part: str) -> None:
    frameworks = load_profiles(SHIPPED).frameworks
    by_parts = {
        f"{framework.name} {id_}": each.judged
        for framework in frameworks.values()
        for id_, each in resolved_requirements(framework, frameworks).items()
        if part in each.controls and PARTS.keys() >= set(each.controls)
    }

    assert [name for name, judged in by_parts.items() if judged == "whole"] == []


VENDOR = ("aws-fsbp", "aws-config-managed-rules")
"""Rules of AWS are about one kind of resource each; what a standard asks is asked of all."""


@pytest.mark.parametrize(
    ("of_one", "of_its_like"),
    [
        pytest.param("inspector-exploited-vulnerabilities-fixed", "inspector-findings-handled", id="flaws"),
        pytest.param("opensearch-not-public", "search-collection-not-public", id="search, reached"),
        pytest.param("rds-tls-required", "rds-proxy-tls-required", id="databases by their proxies"),
        pytest.param("redshift-not-public", "redshift-serverless-not-public", id="warehouses, reached"),
        pytest.param("redshift-tls-required", "redshift-serverless-tls-required", id="warehouses, under TLS"),
    ],
)
def test_a_standard_asks_of_a_service_what_it_asks_of_its_like(of_one: str, of_its_like: str) -> None:
    frameworks = load_profiles(SHIPPED).frameworks
    asked = {
        f"{framework.name} {id_}": each.controls
        for framework in frameworks.values()
        if framework.name not in VENDOR and not framework.name.startswith("cis-")
        for id_, each in resolved_requirements(framework, frameworks).items()
        if of_one in each.controls
    }

    assert asked
    assert [name for name, controls in asked.items() if of_its_like not in controls] == []


ALIKE = {
    "interfaces that check who calls": (
        1,
        "api-authorized api-stage-authorized api-v2-authorized graphql-api-authorized lambda-url-authorized",
    ),
    "where data is kept, reached from outside": (
        1,
        "rds-instance-not-public rds-cluster-not-public redshift-not-public "
        "redshift-serverless-not-public opensearch-not-public search-collection-not-public dms-not-public "
        "broker-not-public",
    ),
    "copies of disks and databases": (
        1,
        "ebs-snapshot-not-public rds-snapshot-not-public ec2-image-not-public",
    ),
    "stored data, opened by a policy": (
        1,
        "s3-bucket-policy-not-public s3-bucket-acl-not-public dynamodb-policy-not-public glacier-vault-not-public",
    ),
    "policies of resources": (
        2,
        "kms-key-not-public secret-not-public sns-topic-not-public sqs-queue-not-public "
        "event-bus-not-public lambda-not-public",
    ),
    "data at rest": (
        4,
        "ebs-volume-encrypted ebs-default-encryption ebs-snapshot-encrypted efs-encrypted "
        "rds-instance-encrypted rds-cluster-encrypted rds-snapshot-encrypted redshift-encrypted "
        "opensearch-encrypted elasticache-encrypted sns-topic-encrypted sqs-queue-encrypted "
        "kinesis-encrypted s3-bucket-kms dynamodb-kms log-group-kms eks-secrets-encrypted "
        "backup-vault-encrypted codebuild-outputs-encrypted",
    ),
    "data under way": (
        7,
        "alb-https-only clb-tls-listeners cloudfront-viewers-https cloudfront-origins-https "
        "s3-bucket-tls-only rds-tls-required rds-proxy-tls-required redshift-tls-required "
        "redshift-serverless-tls-required opensearch-tls-required elasticache-encrypted "
        "transfer-server-no-ftp",
    ),
    "dangerous ports": (
        1,
        "sg-no-high-risk-ports sg-no-file-sharing-open",
    ),
    "where secrets must not stand": (
        2,
        "lambda-variables-no-secrets parameter-secrets-encrypted stack-outputs-no-secrets "
        "ec2-user-data-no-secrets ecs-tasks-no-secrets codebuild-no-secrets codecommit-no-secrets",
    ),
    "policies that allow everything": (
        1,
        "iam-policy-no-full-admin iam-policy-no-inverted-allow",
    ),
    "raising one's own rights": (
        1,
        "iam-policy-no-privilege-escalation iam-identity-no-privilege-escalation",
    ),
    "any role": (
        1,
        "iam-policy-no-wildcard-assume-role iam-policy-no-wildcard-pass-role",
    ),
    "public addresses": (
        1,
        "ec2-no-public-ip ecs-service-no-public-ip",
    ),
    "logs of requests": (
        1,
        "elb-access-logs cloudfront-access-logs api-stage-logs api-v2-stage-logs",
    ),
    "logs of access to data": (
        1,
        "rds-logs-exported redshift-audit-logged s3-bucket-access-logged",
    ),
    "what nobody signs in with": (
        1,
        "iam-user-console-unused iam-user-key-unused",
    ),
    "a second factor": (
        1,
        "iam-user-console-mfa iam-user-mfa",
    ),
    "looking for flaws": (
        1,
        "inspector-on ecr-scan-on-push",
    ),
    "flaws that were found": (
        1,
        "inspector-findings-handled ecr-images-clean",
    ),
    "what is supported no more": (
        1,
        "lambda-runtime-supported eks-version-supported",
    ),
    "web attacks": (
        1,
        "alb-waf cloudfront-waf api-stage-waf waf-has-rules waf-managed-rules",
    ),
    "the loss of a zone": (
        1,
        "rds-instance-multi-az rds-cluster-multi-az",
    ),
    "alarms": (
        4,
        "alarm-unauthorized-api-calls alarm-console-sign-in-without-mfa alarm-root-use "
        "alarm-console-sign-in-failures alarm-iam-policy-changes alarm-cloudtrail-changes "
        "alarm-kms-key-removal alarm-s3-policy-changes alarm-config-changes alarm-organization-changes "
        "alarm-security-group-changes alarm-network-acl-changes alarm-network-gateway-changes "
        "alarm-route-table-changes alarm-vpc-changes",
    ),
}
"""Controls that ask the same of several kinds of resources, and how many of them show that all kinds are meant."""


@pytest.mark.parametrize("subject", ALIKE)
def test_a_standard_that_asks_something_of_a_resource_asks_it_of_all_its_likes(subject: str) -> None:
    """An account that keeps a requirement for tables and breaks it for queues does not keep it."""
    enough, names = ALIKE[subject]
    controls = set(names.split())
    frameworks = load_profiles(SHIPPED).frameworks
    asked = {
        f"{framework.name} {id_}": sorted(controls - set(each.controls))
        for framework in frameworks.values()
        if framework.name not in VENDOR and not framework.name.startswith("cis-")
        for id_, each in resolved_requirements(framework, frameworks).items()
        if len(controls & set(each.controls)) >= enough
    }

    assert asked
    assert {name: missing for name, missing in asked.items() if missing} == {}


@pytest.mark.parametrize(
    ("misplaced", "subject", "standing"),
    [
        pytest.param("account-alternate-contacts", "contact with expert groups", "iso-27001-2022 A.5.6", id="contacts"),
        pytest.param("backup-plan-covers", "redundancy", "iso-27001-2022 A.8.14", id="backups"),
        pytest.param("iam-policy-no-privilege-escalation", "risk of fraud", "soc-2 CC3.3", id="fraud"),
        pytest.param("cloudtrail-organization-trail", "failures of logging", "pci-dss-4.0.1 10.7.2", id="trails"),
        pytest.param("codecommit-changes-notified", "audit logs", "pci-dss-4.0.1 10.2.1", id="announcements"),
        pytest.param("gh-workflows-safe", "an inventory of software", "pci-dss-4.0.1 6.3.2", id="inventory"),
    ],
)
def test_a_control_stands_for_no_requirement_that_its_failure_does_not_break(
    misplaced: str, subject: str, standing: str
) -> None:
    name, id_ = standing.split()
    frameworks = load_profiles(SHIPPED).frameworks
    controls = resolved_requirements(frameworks[name], frameworks)[id_].controls

    assert misplaced not in controls, f"{misplaced} says nothing of {subject}"
