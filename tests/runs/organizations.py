"""An organization in the sandbox, made by its own API: five accounts, of which one is closed and one has no role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from fixtures.sandbox.seed import AUDIT_ROLE, SEEDING_ROLE

MANAGEMENT = "910000000001"
TRUST = {"Version": "2012-10-17", "Statement": []}


@dataclass(frozen=True)
class SandboxOrganization:
    """Where it is, the ids of its accounts by their names, and keys of somebody in the account that manages it."""

    endpoint: str
    ids: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    def client(self, account: str, service: str) -> Any:
        """A client that may do everything in an account."""
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        where = {"region_name": "us-east-1", "endpoint_url": self.endpoint}
        sts = boto3.client("sts", **keys, **where)
        role = f"arn:aws:iam::{account}:role/{SEEDING_ROLE}"
        given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            **where,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def make_role(self, account: str) -> None:
        """Give an account the role that audits enter."""
        iam = self.client(account, "iam")
        iam.create_role(RoleName=AUDIT_ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))


def make_organization(endpoint: str) -> SandboxOrganization:
    """Make it: /workloads/prod has shop and locked, where there is no role; lab and old are in the root."""
    organization = SandboxOrganization(endpoint)
    client = organization.client(MANAGEMENT, "organizations")
    client.create_organization(FeatureSet="ALL")
    (root,) = client.list_roots()["Roots"]
    units = [root["Id"]]
    for name in ("workloads", "prod"):
        made = client.create_organizational_unit(ParentId=units[-1], Name=name)
        units.append(made["OrganizationalUnit"]["Id"])
    ids = {}
    for name in ("shop", "locked", "lab", "old"):
        tags = [{"Key": "env", "Value": "prod"}] if name == "shop" else []
        made = client.create_account(AccountName=name, Email=f"{name}@acme.example.com", Tags=tags)
        ids[name] = made["CreateAccountStatus"]["AccountId"]
    for name in ("shop", "locked"):
        client.move_account(AccountId=ids[name], SourceParentId=units[0], DestinationParentId=units[-1])
    client.close_account(AccountId=ids["old"])
    for account in (MANAGEMENT, ids["shop"], ids["lab"]):
        organization.make_role(account)
    iam = organization.client(MANAGEMENT, "iam")
    iam.create_user(UserName="auditor")
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return SandboxOrganization(endpoint, ids, keys)
