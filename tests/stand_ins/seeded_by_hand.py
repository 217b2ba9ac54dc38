"""An account on a plain moto server, filled as somebody does by hand: no word of Muster's seeds or of its gaps."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
SMALL = "BUILD_GENERAL1_SMALL"
DATABASE = {"Engine": "postgres", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20, "MasterUsername": "owner"}


def seed(session: boto3.Session, endpoint_url: str) -> None:
    """Make things of thirteen services, most of them with nothing said that can be left unsaid."""

    def client(service: str) -> Any:
        made: Any = session.client(service, endpoint_url=endpoint_url)
        return made

    s3 = client("s3")
    for name in ("shop", "trail-logs"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": session.region_name})
    iam = client("iam")
    iam.create_user(UserName="ann")
    iam.create_access_key(UserName="ann")
    iam.create_login_profile(UserName="ann", Password="Correct-Horse-Battery-9")
    role = iam.create_role(RoleName="reports", AssumeRolePolicyDocument=json.dumps(BY_LAMBDA))["Role"]["Arn"]
    iam.put_role_policy(RoleName="reports", PolicyName="all", PolicyDocument=json.dumps(ANYTHING))
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")
    rds = client("rds")
    for name, given in (
        ("open", {"PubliclyAccessible": True}),
        ("closed", {"PubliclyAccessible": False}),
        ("unsaid", {}),
    ):
        rds.create_db_instance(DBInstanceIdentifier=name, MasterUserPassword="Correct-Horse-9", **DATABASE, **given)
    client("kms").create_key()
    client("logs").create_log_group(logGroupName="/shop")
    code = {"ZipFile": zipped("handler.py", "def handle(event, context): ...")}
    client("lambda").create_function(
        FunctionName="reports", Runtime="python3.13", Role=role, Handler="handler.handle", Code=code
    )
    client("eks").create_cluster(name="shop", roleArn=role, version="1.35", resourcesVpcConfig={"subnetIds": []})
    brokers = {"InstanceType": "kafka.m7g.large", "ClientSubnets": ["subnet-1", "subnet-2"]}
    nodes = {"BrokerNodeGroupInfo": brokers, "KafkaVersion": "3.8.x", "NumberOfBrokerNodes": 2}
    client("kafka").create_cluster_v2(ClusterName="events", Provisioned=nodes)
    client("codebuild").create_project(
        name="shop",
        source={"type": "S3", "location": "shop/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": SMALL},
        serviceRole=role,
    )
    task = {"name": "web", "image": "nginx", "memory": 128}
    client("ecs").register_task_definition(family="shop", containerDefinitions=[task])
    client("mq").create_broker(
        BrokerName="orders",
        DeploymentMode="SINGLE_INSTANCE",
        EngineType="RABBITMQ",
        HostInstanceType="mq.m5.large",
        PubliclyAccessible=False,
        Users=[{"Username": "orders", "Password": "Correct-Horse-9"}],
    )
    trails = client("cloudtrail")
    trails.create_trail(Name="everything", S3BucketName="trail-logs", IsMultiRegionTrail=True)
    trails.start_logging(Name="everything")


def zipped(name: str, text: str) -> bytes:
    """A zip of one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, text)
    return made.getvalue()
