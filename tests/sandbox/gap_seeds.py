"""Seeds that touch every gap: run as a program, this is a sandbox with them. `model` is left as AWS makes it."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta

from fixtures.sandbox.__main__ import main
from fixtures.sandbox.gaps.accessanalyzer import add_analyzer
from fixtures.sandbox.gaps.cloudtrail import set_trail_status
from fixtures.sandbox.gaps.iam import RootKey, RootUserState, set_root_user
from fixtures.sandbox.seed import Seed

KEY_MADE = datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC)
KEY_USED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROOT_SIGNED_IN = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
APPROVALS = json.dumps(
    {
        "Version": "2018-11-08",
        "DestinationReferences": ["refs/heads/main"],
        "Statements": [{"Type": "Approvers", "NumberOfApprovalsNeeded": 2, "ApprovalPoolMembers": ["*"]}],
    }
)


def model(seed: Seed) -> None:
    seed.client("s3").create_bucket(
        Bucket="acme-untouched", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    seed.client("kms").create_key(Description="untouched")
    seed.client("cloudtrail").create_trail(Name="untouched", S3BucketName="acme-untouched")
    seed.client("codecommit").create_repository(repositoryName="untouched", repositoryDescription="")
    set_root_user(seed, RootUserState(created=KEY_MADE, password=False))


def demo(seed: Seed) -> None:
    for part in (
        analyzers,
        approvals,
        buckets,
        functions,
        keys,
        logs,
        root,
        trails,
        users,
        vaults,
        waf,
        databases,
        recorder,
    ):
        part(seed)


def analyzers(seed: Seed) -> None:
    for number in range(3):
        add_analyzer(seed, f"external-{number}")
    add_analyzer(seed, "unused", type="ACCOUNT_UNUSED_ACCESS", status="DISABLED")
    add_analyzer(seed, "elsewhere", region="us-east-1", type="ORGANIZATION")


def approvals(seed: Seed) -> None:
    codecommit = seed.client("codecommit")
    for name in ("guarded", "open"):
        codecommit.create_repository(repositoryName=name, repositoryDescription="")
    codecommit.create_approval_rule_template(
        approvalRuleTemplateName="two-approvals", approvalRuleTemplateContent=APPROVALS
    )
    codecommit.associate_approval_rule_template_with_repository(
        approvalRuleTemplateName="two-approvals", repositoryName="guarded"
    )


def buckets(seed: Seed) -> None:
    s3 = seed.client("s3")
    s3.create_bucket(Bucket="acme-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    seed.client("s3", "us-east-1").create_bucket(Bucket="acme-virginia")
    s3.put_bucket_versioning(
        Bucket="acme-ireland",
        MFA="arn:aws:iam::444455556666:mfa/root 123456",
        VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"},
    )
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    s3.put_bucket_encryption(Bucket="acme-ireland", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.delete_public_access_block(Bucket="acme-virginia")
    s3.put_bucket_ownership_controls(
        Bucket="acme-virginia", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    seed.client("s3control").put_public_access_block(
        AccountId=seed.id,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": True,
        },
    )


def functions(seed: Seed) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = seed.client("iam").create_role(
        RoleName="function",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("main.py", "def handler(event, context): ...")
    functions = seed.client("lambda")
    for name in ("hook", "aliased"):
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="main.handler",
            Code={"ZipFile": archive.getvalue()},
        )
    functions.add_permission(
        FunctionName="hook",
        StatementId="url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    functions.publish_version(FunctionName="aliased")
    functions.create_alias(FunctionName="aliased", Name="live", FunctionVersion="1")
    functions.add_permission(
        FunctionName="aliased",
        Qualifier="live",
        StatementId="anyone",
        Action="lambda:InvokeFunction",
        Principal="*",
    )


def keys(seed: Seed) -> None:
    kms = seed.client("kms")
    for alias, options in (("default", {}), ("half-yearly", {"RotationPeriodInDays": 180})):
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key)
        kms.enable_key_rotation(KeyId=key, **options)
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/signing", TargetKeyId=key)


def logs(seed: Seed) -> None:
    groups = seed.client("logs")
    groups.create_log_group(logGroupName="/acme/standard")
    groups.create_log_group(logGroupName="/acme/infrequent", logGroupClass="INFREQUENT_ACCESS")
    groups.put_metric_filter(
        logGroupName="/acme/standard",
        filterName="root",
        filterPattern='{ $.userIdentity.type = "Root" }',
        metricTransformations=[{"metricName": "Root", "metricNamespace": "Acme", "metricValue": "1"}],
    )


def root(seed: Seed) -> None:
    set_root_user(
        seed,
        RootUserState(
            created=KEY_MADE,
            password_last_used=ROOT_SIGNED_IN,
            mfa=True,
            keys=[RootKey(KEY_MADE, last_used=KEY_USED, last_used_region="us-east-1", last_used_service="s3")],
        ),
    )


def trails(seed: Seed) -> None:
    trails = seed.client("cloudtrail")
    for name in ("healthy", "failing"):
        trails.create_trail(
            Name=name,
            S3BucketName="acme-ireland",
            EnableLogFileValidation=True,
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:eu-west-1:{seed.id}:log-group:/acme/standard:*",
            CloudWatchLogsRoleArn=f"arn:aws:iam::{seed.id}:role/function",
        )
        trails.start_logging(Name=name)
    selector = {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    trails.put_event_selectors(TrailName="healthy", AdvancedEventSelectors=[selector])
    set_trail_status(
        seed, "failing", LatestDeliveryError="NoSuchBucket", LatestDeliveryTime=0, LatestDigestDeliveryTime=None
    )


def users(seed: Seed) -> None:
    iam = seed.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=14, MaxPasswordAge=90)
    for name in ("console", "robot"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="console", Password="correct-horse-battery")
    for user in seed.backend("iam").users.values():
        user.create_date = KEY_MADE
    seed.backend("iam").users["console"].password_last_changed = KEY_MADE + timedelta(days=1)
    for _ in range(2):
        iam.create_access_key(UserName="robot")
    first, second = seed.backend("iam").users["robot"].access_keys
    first.create_date = KEY_MADE
    first.last_used = KEY_USED
    second.create_date = KEY_MADE
    second.status = "Inactive"
    iam.attach_user_policy(UserName="robot", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def vaults(seed: Seed) -> None:
    backup = seed.client("backup")
    for name in ("plain", "locked", "air-gapped"):
        backup.create_backup_vault(BackupVaultName=name)
    backup.put_backup_vault_lock_configuration(BackupVaultName="locked", MinRetentionDays=30, ChangeableForDays=3)
    vaults = seed.backend("backup").vaults
    vaults["locked"].lock_date = KEY_USED.timestamp()
    vaults["air-gapped"].vault_type = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


def waf(seed: Seed) -> None:
    waf = seed.client("wafv2")
    metrics = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acme"}
    for name in ("logged", "silent"):
        acl = waf.create_web_acl(Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metrics)[
            "Summary"
        ]["ARN"]
        if name == "logged":
            group = f"arn:aws:logs:eu-west-1:{seed.id}:log-group:aws-waf-logs-acme"
            waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": acl, "LogDestinationConfigs": [group]})


def databases(seed: Seed) -> None:
    rds = seed.client("rds")
    for name, encrypted in (("encrypted", True), ("plain", False), ("aws-owned", False)):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername="postgres",
            MasterUserPassword="correct-horse-battery",
            AllocatedStorage=20,
            StorageEncrypted=encrypted,
        )
    seed.backend("rds").databases["aws-owned"].aws_owned_key = True
    rds.create_db_cluster(
        DBClusterIdentifier="cluster",
        Engine="aurora-postgresql",
        MasterUsername="postgres",
        MasterUserPassword="correct-horse-battery",
        StorageEncrypted=True,
    )


def recorder(seed: Seed) -> None:
    config = seed.client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": f"arn:aws:iam::{seed.id}:role/function"}
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "acme-ireland"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")


if __name__ == "__main__":
    main(["demo", "model"], [sys.modules[__name__]])
