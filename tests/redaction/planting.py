"""What is planted where: every free text that the controls' reads return."""

from __future__ import annotations

import base64
import json
import zipfile
from io import BytesIO
from typing import Any

from fixtures.sandbox.cloudwatch import ROOT_USE
from fixtures.sandbox.seed import AUDIT_ROLE
from tests.redaction.garden import ACCOUNT, REGION, Garden

STAGE = {"Name": "/planted/stage", "Type": "String", "Value": "live"}
IAM_NAME = r"[\w+=,.@-]"

OPERATIONS = {
    "autoscaling:describe_launch_configurations",
    "backup:list_backup_plans",
    "cloudformation:describe_stacks",
    "cloudwatch:describe_alarms",
    "codebuild:batch_get_projects",
    "codecommit:batch_get_repositories",
    "codecommit:get_approval_rule_template",
    "ec2:describe_instance_attribute",
    "ec2:describe_instances",
    "ec2:describe_launch_template_versions",
    "ec2:describe_network_acls",
    "ec2:describe_security_groups",
    "ec2:describe_vpcs",
    "ecs:describe_task_definition",
    "efs:describe_file_systems",
    "events:list_rules",
    "iam:get_account_authorization_details",
    "kms:describe_key",
    "lambda:list_functions",
    "logs:describe_metric_filters",
    "rds:describe_db_instances",
    "s3:get_bucket_policy",
    "secretsmanager:list_secrets",
    "sns:get_topic_attributes",
    "ssm:describe_parameters",
    "wafv2:list_web_acls",
}
"""The answers in which something was planted."""


def policy(values: list[str], **statement: Any) -> str:
    """A policy document with these values in its condition."""
    condition = {"StringNotEquals": {"aws:UserAgent": values}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **statement, "Condition": condition}]})


def plant_everything(garden: Garden) -> None:
    """Plant in every service that the controls read."""
    for plant in (_iam, _ec2, _compute, _deployed, _storage, _build, _logging, _messaging, _keys, _others):
        plant(garden)


def _iam(garden: Garden) -> None:
    iam = garden.client("iam")
    trust = {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    plain = policy([], **trust)
    iam.create_role(RoleName="planted", AssumeRolePolicyDocument=plain)
    # The sandbox, as AWS, lets an audit enter no role that is not there.
    iam.create_role(RoleName=AUDIT_ROLE, AssumeRolePolicyDocument=plain)
    deny = {"Action": "*", "Resource": "*"}

    def write(values: list[str]) -> None:
        iam.put_role_policy(RoleName="planted", PolicyName="inline", PolicyDocument=policy(values, **deny))
        managed = iam.create_policy(PolicyName="managed", PolicyDocument=policy(values[::-1], **deny))
        iam.attach_role_policy(RoleName="planted", PolicyArn=managed["Policy"]["Arn"])
        iam.update_assume_role_policy(RoleName="planted", PolicyDocument=policy(values, **trust))

    garden.all_at_once("iam policy", write)
    garden.each(
        "iam role name",
        lambda text, _: iam.create_role(RoleName=text, AssumeRolePolicyDocument=plain),
        longest=64,
        characters=IAM_NAME,
    )
    garden.each("iam user name", lambda text, _: iam.create_user(UserName=text), longest=64, characters=IAM_NAME)
    garden.each(
        "iam role tag",
        lambda text, number: iam.tag_role(RoleName="planted", Tags=[{"Key": f"note-{number}", "Value": text}]),
        longest=256,
    )


def _ec2(garden: Garden) -> None:
    ec2 = garden.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    garden.tags("vpc tag", lambda tags: ec2.create_tags(Resources=[vpc], Tags=tags))
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    garden.tags("network acl tag", lambda tags: ec2.create_tags(Resources=[acl], Tags=tags))
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]

    def launch(texts: list[str]) -> str:
        started = ec2.run_instances(
            ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, UserData="\n".join(texts)
        )
        return str(started["Instances"][0]["InstanceId"])

    garden.all_at_once("user data", launch)
    instance = launch([])
    garden.tags("instance tag", lambda tags: ec2.create_tags(Resources=[instance], Tags=tags))

    def group(text: str, number: int) -> None:
        made = ec2.create_security_group(GroupName=f"planted-{number}", Description=text, VpcId=vpc)
        rule = {"CidrIp": "10.0.0.0/8", "Description": text}
        ec2.authorize_security_group_ingress(
            GroupId=made["GroupId"],
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [rule]}],
        )

    garden.each("security group and rule description", group, longest=255)


def _compute(garden: Garden) -> None:
    functions = garden.client("lambda")
    role = f"arn:aws:iam::{ACCOUNT}:role/planted"
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("main.py", "def handle(event, context): ...")

    def create(name: str, **settings: Any) -> None:
        functions.create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.13",
            Handler="main.handle",
            Code={"ZipFile": archive.getvalue()},
            **settings,
        )

    garden.each("function description", lambda text, n: create(f"planted-{n}", Description=text), longest=256)
    garden.all_at_once(
        "function variables",
        lambda texts: create("planted", Environment={"Variables": {f"V{n}": text for n, text in enumerate(texts)}}),
    )


def _deployed(garden: Garden) -> None:
    ec2, ecs, stacks = garden.client("ec2"), garden.client("ecs"), garden.client("cloudformation")
    scaling, ssm = garden.client("autoscaling"), garden.client("ssm")

    def script(texts: list[str]) -> str:
        return base64.b64encode("\n".join(["#!/bin/sh", *texts]).encode()).decode()

    garden.all_at_once(
        "launch template",
        lambda texts: ec2.create_launch_template(
            LaunchTemplateName="planted", LaunchTemplateData={"UserData": script(texts)}
        ),
    )
    garden.all_at_once(
        "launch configuration",
        lambda texts: scaling.create_launch_configuration(
            LaunchConfigurationName="planted", ImageId="ami-12345678", InstanceType="t3.micro", UserData=script(texts)
        ),
    )

    def task(texts: list[str]) -> None:
        variables = [{"name": f"V{number}", "value": text} for number, text in enumerate(texts)]
        container = {"name": "web", "image": "nginx", "memory": 128, "environment": variables, "command": texts}
        labels = {f"note-{number}": text for number, text in enumerate(texts)}
        ecs.register_task_definition(family="planted", containerDefinitions=[{**container, "dockerLabels": labels}])

    garden.all_at_once("task definition", task)

    def stack(texts: list[str]) -> None:
        names = {f"P{number}": text for number, text in enumerate(texts)}
        template = {
            "Resources": {"Stage": {"Type": "AWS::SSM::Parameter", "Properties": STAGE}},
            "Parameters": {name: {"Type": "String"} for name in names},
            "Outputs": {f"O{name}": {"Value": {"Ref": name}} for name in names},
        }
        given = [{"ParameterKey": name, "ParameterValue": text} for name, text in names.items()]
        stacks.create_stack(StackName="planted", TemplateBody=json.dumps(template), Parameters=given)

    garden.all_at_once("stack parameters and outputs", stack)
    garden.each(
        "parameter description",
        lambda text, n: ssm.put_parameter(Name=f"/planted/{n}", Description=text, Type="String", Value="a"),
        longest=1024,
    )


def _storage(garden: Garden) -> None:
    s3, rds, efs = garden.client("s3"), garden.client("rds"), garden.client("efs")
    where = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="planted-policy", CreateBucketConfiguration=where)
    read = {"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::planted-policy/*"}
    garden.all_at_once(
        "bucket policy", lambda texts: s3.put_bucket_policy(Bucket="planted-policy", Policy=policy(texts, **read))
    )
    garden.each(
        "bucket name",
        lambda text, _: s3.create_bucket(Bucket=text, CreateBucketConfiguration=where),
        longest=63,
        characters="[a-z0-9.-]",
    )
    garden.tags(
        "database tag",
        lambda tags: rds.create_db_instance(
            DBInstanceIdentifier="planted",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            PubliclyAccessible=False,
            Tags=tags,
        ),
    )
    garden.tags("file system tag", lambda tags: efs.create_file_system(CreationToken="planted", Tags=tags))


def _build(garden: Garden) -> None:
    builds, commits = garden.client("codebuild"), garden.client("codecommit")

    def project(name: str, **settings: Any) -> None:
        builds.create_project(
            name=name,
            source={
                "type": "CODECOMMIT",
                "location": "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/planted",
                "buildspec": settings.pop("buildspec", "version: 0.2"),
            },
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": settings.pop("variables", []),
            },
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/planted",
            **settings,
        )

    garden.each("project description", lambda text, n: project(f"planted-{n}", description=text), longest=255)
    garden.all_at_once("buildspec", lambda texts: project("planted-buildspec", buildspec="\n".join(texts)))
    garden.all_at_once(
        "build variables",
        lambda texts: project("planted", variables=[{"name": f"V{n}", "value": text} for n, text in enumerate(texts)]),
    )
    garden.each(
        "repository description",
        lambda text, n: commits.create_repository(repositoryName=f"planted-{n}", repositoryDescription=text),
        longest=1000,
    )

    def template(texts: list[str]) -> None:
        approval = {"Type": "Approvers", "NumberOfApprovalsNeeded": 1, "ApprovalPoolMembers": []}
        commits.create_approval_rule_template(
            approvalRuleTemplateName="planted",
            approvalRuleTemplateDescription="planted",
            approvalRuleTemplateContent=json.dumps(
                {
                    "Version": "2018-11-08",
                    "DestinationReferences": ["refs/heads/main"],
                    "Statements": [approval],
                    "Notes": texts,
                }
            ),
        )
        commits.associate_approval_rule_template_with_repository(
            approvalRuleTemplateName="planted", repositoryName="planted-0"
        )

    garden.all_at_once("approval rule template", template)


def _logging(garden: Garden) -> None:
    logs, alarms, trails = garden.client("logs"), garden.client("cloudwatch"), garden.client("cloudtrail")
    garden.each(
        "log group name", lambda text, _: logs.create_log_group(logGroupName=text), characters="[.\\-_/#A-Za-z0-9]"
    )
    logs.create_log_group(logGroupName="planted")

    def filter_(text: str, number: int) -> None:
        logs.put_metric_filter(
            logGroupName="planted",
            filterName=f"planted-{number}",
            filterPattern=f'{{ $.userAgent = "{text}" }}',
            metricTransformations=[{"metricName": f"m{number}", "metricNamespace": "planted", "metricValue": "1"}],
        )

    garden.each("metric filter pattern", filter_, longest=1000)

    def alarm(text: str, number: int) -> None:
        alarms.put_metric_alarm(
            AlarmName=f"planted-{number}",
            AlarmDescription=text,
            MetricName=f"m{number}",
            Namespace="planted",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )

    garden.each("alarm description", alarm, longest=1024)
    events, pattern = garden.client("events"), json.dumps({"source": ["aws.ec2"]})
    garden.each(
        "rule description",
        lambda text, number: events.put_rule(Name=f"planted-{number}", EventPattern=pattern, Description=text),
        longest=512,
    )
    garden.client("s3").create_bucket(Bucket="planted-trail", CreateBucketConfiguration={"LocationConstraint": REGION})
    trails.create_trail(
        Name="planted",
        S3BucketName="planted-trail",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:planted:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/planted",
    )
    trails.start_logging(Name="planted")
    # Alarms are looked at where a filter counts what root does.
    logs.put_metric_filter(
        logGroupName="planted",
        filterName="root",
        filterPattern=ROOT_USE,
        metricTransformations=[{"metricName": "root", "metricNamespace": "planted", "metricValue": "1"}],
    )
    garden.each("trail name", lambda text, _: trails.create_trail(Name=text, S3BucketName="planted-trail"), longest=128)


def _messaging(garden: Garden) -> None:
    sns = garden.client("sns")
    topic = sns.create_topic(Name="planted")["TopicArn"]
    publish = {"Principal": "*", "Action": "sns:Publish", "Resource": topic}
    garden.all_at_once(
        "topic policy",
        lambda texts: sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=policy(texts, **publish)
        ),
    )
    garden.each("topic display name", lambda text, n: sns.create_topic(Name=f"t{n}", Attributes={"DisplayName": text}))


def _keys(garden: Garden) -> None:
    kms, secrets = garden.client("kms"), garden.client("secretsmanager")
    garden.each("key description", lambda text, _: kms.create_key(Description=text), longest=8192)
    garden.all_at_once(
        "secret description",
        lambda texts: secrets.create_secret(Name="planted", Description="\n".join(texts), SecretString="never read"),
    )
    garden.tags("secret tag", lambda tags: secrets.tag_resource(SecretId="planted", Tags=tags))


def _others(garden: Garden) -> None:
    backup, web = garden.client("backup"), garden.client("wafv2")
    backup.create_backup_vault(BackupVaultName="planted")
    rule = {"RuleName": "nightly", "TargetBackupVaultName": "planted"}
    garden.each(
        "backup plan name",
        lambda text, _: backup.create_backup_plan(BackupPlan={"BackupPlanName": text, "Rules": [rule]}),
        longest=50,
    )

    def acl(text: str, number: int) -> None:
        web.create_web_acl(
            Name=f"planted-{number}",
            Description=text,
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={
                "SampledRequestsEnabled": True,
                "CloudWatchMetricsEnabled": True,
                "MetricName": f"planted-{number}",
            },
        )

    garden.each("web acl description", acl, longest=256)
