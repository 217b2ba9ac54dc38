"""What a stand-in leaves out is completed for it alone, and what was answered is never changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from muster.errors import ControlError
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, ApiError, Call
from muster.reading.sessions.counts import Counts
from muster.reading.stand_ins import completed, completes
from muster.run.entering import Doorkeeper
from tests.engine.lamps import FakeTransport, as_sent

ACCOUNT = "111122223333"
SANDBOX = Access("mine", "aws", ACCOUNT, mocked=True, sandbox=True)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def call(name: str) -> Call:
    service, _, operation = name.partition(":")
    return Call("mine", "eu-west-1", service, operation, {})


@pytest.mark.parametrize(
    ("name", "answer", "seen"),
    [
        pytest.param(
            "logs:describe_log_groups",
            {"logGroups": [{"logGroupName": "/a"}]},
            {"logGroups": [{"logGroupName": "/a", "logGroupClass": "STANDARD"}]},
            id="a field that is left out",
        ),
        pytest.param(
            "logs:describe_log_groups",
            {"logGroups": [{"logGroupClass": "DELIVERY"}]},
            {"logGroups": [{"logGroupClass": "DELIVERY"}]},
            id="a field that is there",
        ),
        pytest.param(
            "rds:describe_db_instances",
            {"DBInstances": [{}, {"PubliclyAccessible": False}]},
            {"DBInstances": [{"PubliclyAccessible": True}, {"PubliclyAccessible": False}]},
            id="each of several",
        ),
        pytest.param(
            "eks:describe_cluster",
            {"cluster": {"resourcesVpcConfig": {}}},
            {
                "cluster": {
                    "resourcesVpcConfig": {
                        "publicAccessCidrs": ["0.0.0.0/0"],
                        "endpointPublicAccess": True,
                        "endpointPrivateAccess": False,
                    }
                }
            },
            id="what AWS opens where nothing is said",
        ),
        pytest.param(
            "kafka:list_clusters_v2",
            {"ClusterInfoList": [{"Provisioned": {"BrokerNodeGroupInfo": {}}}, {"Serverless": {}}]},
            {
                "ClusterInfoList": [
                    {
                        "Provisioned": {
                            "BrokerNodeGroupInfo": {"ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED"}}}
                        }
                    },
                    {"Serverless": {}},
                ]
            },
            id="within each of several",
        ),
        pytest.param("s3:list_buckets", {"Buckets": []}, {"Buckets": []}, id="nothing to complete"),
    ],
)
def test_a_noun_sees_what_moto_means(name: str, answer: dict[str, Any], seen: dict[str, Any]) -> None:
    before = json.dumps(answer)

    assert completed(ACCOUNT, call(name), Answer(answer)).content == seen
    assert json.dumps(answer) == before


def test_a_key_without_a_policy_has_the_default_one() -> None:
    absent = Answer(error=ApiError("NotFoundException", "No such policy exists", 400))
    found = completed(ACCOUNT, call("kms:get_key_policy"), absent)

    (statement,) = json.loads(found.content["Policy"])["Statement"]
    assert found.error is None
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


NO_ROOT = f"<root_account>,arn:aws:iam::{ACCOUNT}:root,this endpoint does not implement the root user"


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        pytest.param("ann,arn:ann,true\n", f"{NO_ROOT} (`muster sandbox` does)\nann,arn:ann,true\n", id="left out"),
        pytest.param("<root_account>,arn:root,false\n", "<root_account>,arn:root,false\n", id="there"),
    ],
)
def test_a_root_user_that_a_report_leaves_out_is_not_implemented(rows: str, seen: str) -> None:
    head = "user,arn,password_enabled\n"
    report = Answer(
        {"Content": head + rows, "GeneratedTime": "2015-05-12T15:20:40+00:00"}, at="2026-11-23T00:00:00+00:00"
    )
    found = completed(ACCOUNT, call("iam:get_credential_report"), report)

    assert found.content == {"Content": head + seen, "GeneratedTime": "2026-11-23T00:00:00+00:00"}


@pytest.mark.parametrize(
    "name",
    [
        "iam:get_credential_report",
        "kms:get_key_policy",
        "logs:describe_log_groups",
        "inspector2:batch_get_account_status",
        "eks:describe_cluster",
        "kafka:list_clusters_v2",
    ],
)
def test_a_denial_stays_one(name: str) -> None:
    denied = Answer(error=ApiError("AccessDeniedException", "not authorized", 403))

    assert completed(ACCOUNT, call(name), denied) == denied


@pytest.mark.parametrize(
    "error",
    [
        ApiError("ResponseParserError", "botocore cannot parse the answer: ParseError"),
        ApiError("500", "an error without its reason: 265 bytes that are no JSON", 500),
        ApiError("NotImplemented", "The action has not been implemented", 501),
    ],
    ids=lambda error: error.code,
)
def test_what_is_not_implemented_is_an_error_that_says_so(error: ApiError) -> None:
    found = completed(ACCOUNT, call("ssm:get_service_setting"), Answer(error=error))

    assert found.error is not None
    assert found.error.message.startswith(
        "this endpoint does not implement ssm:get_service_setting (`muster sandbox` does)"
    )


def test_an_operation_is_completed_in_one_way() -> None:
    with pytest.raises(ControlError, match="logs:describe_log_groups is completed by log_groups already"):
        completes("logs:describe_log_groups")(lambda _, answer: answer)


@pytest.mark.parametrize(
    ("access", "host", "is_completed"),
    [
        pytest.param(Access("mine", "aws", ACCOUNT), "https://logs.eu-west-1.amazonaws.com", False, id="AWS"),
        pytest.param(Access("mine", "aws", ACCOUNT), "http://127.0.0.1:5000", True, id="by where its requests went"),
        pytest.param(Access("mine", "aws", ACCOUNT), "https://evilamazonaws.com", True, id="a host named like AWS's"),
        pytest.param(Access("mine", "aws", ACCOUNT, mocked=True), "http://127.0.0.1:5000", True, id="by its endpoint"),
        pytest.param(
            Access("mine", "aws", ACCOUNT, mocked=True, sandbox=True), "http://127.0.0.1:5000", False, id="our sandbox"
        ),
    ],
)
def test_an_absence_is_completed_only_where_nobody_takes_it_for_evidence(
    access: Access, host: str, is_completed: bool
) -> None:
    identity = Answer({"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor", "UserId": "AIDA"})
    regions = Answer({"Regions": [{"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"}]})
    told = FakeTransport(
        {
            "sts:get_caller_identity": identity,
            "ec2:describe_regions": regions,
            "logs:describe_log_groups": Answer({"logGroups": [{}]}),
        }
    )

    def lent(of: Access, counts: Counts) -> FakeTransport:
        counts.note_host(of.name, host)
        return told

    doorkeeper = Doorkeeper(MemoryArchive(), as_sent, NOW, {}, lent={"mine": lent})
    account = doorkeeper.enter(access)

    (group,) = account.reads.content("logs:describe_log_groups", "eu-west-1", {})["logGroups"]
    assert ("logGroupClass" in group) == is_completed
