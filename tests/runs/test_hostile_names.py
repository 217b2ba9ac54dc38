"""Names in an account are whatever somebody typed: none of it reaches a report as markup or a terminal as a command."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT
from tests.runs.audits import Audits, Outcome

SERVER = """
import sys
import boto3
from moto import mock_aws
from moto.server import ThreadedMotoServer
import moto.backends

hostile = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "'\\"><b>quotes</b>", "line\\nbreak", "x" * 10_000,
    "\\u202ereversed\\u202c", "\\x1b[31mred", "nul\\x00byte", "{{ 7 * 7 }}", "[bold]markup[/bold]",
]
from fixtures.sandbox import gaps

gaps.install()
mock = mock_aws()
mock.start()
ec2 = boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
iam = boto3.client("iam", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
ANYONE = '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}'
OPEN_TRUST = '{"Version":"2012-10-17","Statement":[' + ANYONE + "]}"
logs = moto.backends.get_backend("logs")["123456789012"]["eu-west-1"]
client = boto3.client("logs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
for number, name in enumerate(hostile):
    group = ec2.create_security_group(GroupName=f"g{number}", Description="d")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    backend = moto.backends.get_backend("ec2")["123456789012"]["eu-west-1"]
    found = backend.get_security_group_from_id(group)
    fit = name.replace("\\x1b", "").replace("\\x00", "")  # what XML can carry
    found.name = found.description = fit
    found.ingress_rules[0].ip_range["Description"] = fit
    iam.create_user(UserName=f"u{number}")
    iam.put_user_policy(UserName=f"u{number}", PolicyName=f"p{number}",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
    user = moto.backends.get_backend("iam")["123456789012"]["aws"].users[f"u{number}"]
    user.policies[fit] = user.policies.pop(f"p{number}")
    iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=OPEN_TRUST)
    moto.backends.get_backend("iam")["123456789012"]["aws"].get_role(f"r{number}").name = fit
    s3.create_bucket(Bucket=f"bucket-{number}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket=f"bucket-{number}", Tagging={"TagSet": [{"Key": "team", "Value": fit[:200]}]})
    client.create_log_group(logGroupName=f"l{number}")
    client.put_retention_policy(logGroupName=f"l{number}", retentionInDays=1)
    kept = logs.groups[f"l{number}"]
    kept.name = name
    kept.arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{name}"
mock.stop(remove_data=False)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
CONTROLS = (
    "--control=sg-no-admin-ports-ipv4,iam-policy-no-full-admin,iam-user-no-direct-policies,log-group-retention,"
    "iam-role-trust-not-public,s3-bucket-tls-only"
)


class Markup(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """An audit of an account that is full of hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    estate = folder / "estate"
    estate.mkdir()
    (estate / "accounts.yaml").write_text(
        f'accounts:\n  hostile: {{id: "123456789012", endpoint_url: "http://127.0.0.1:{port}", regions: [eu-west-1]}}\n'
    )
    try:
        yield Audits(estate, folder / "runs")(CONTROLS, "--account=hostile")
    finally:
        server.communicate("")


def pieces(path: Path) -> list[str]:
    """All HTML that pytest-html keeps for a browser: the page itself, and the rows that its script inserts."""
    page = path.read_text(encoding="utf-8")
    blob = re.search(r'data-jsonblob="([^"]*)"', page)
    assert blob is not None
    data = json.loads(html.unescape(blob[1]))
    return [page, *strings(data)]


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for child in children for text in strings(child)]


def test_the_hostile_names_are_in_the_evidence(outcome: Outcome) -> None:
    text = json.dumps([row.resource + row.reason for row in outcome.rows])

    assert outcome.code == 1, outcome.output
    assert "<script>alert(1)</script>" in text
    assert [row for row in outcome.rows if row.status == "error"] == []
    assert {row.control for row in outcome.rows if row.status == "fail"} == set(CONTROLS.partition("=")[2].split(","))


def test_no_name_becomes_an_element_of_the_report(outcome: Outcome) -> None:
    assert outcome.folder is not None
    page, *inserted = pieces(outcome.folder / "report.html")
    of_ours = Markup()
    of_ours.feed(page)
    scripts = [element for element in of_ours.elements if element[0] == "script"]

    assert "<script>alert" not in page
    assert len(scripts) == 1, "pytest-html's own script and no other"
    for piece in inserted:
        markup = Markup()
        markup.feed(piece)
        assert {tag for tag, _ in markup.elements}.isdisjoint({"script", "img", "iframe", "svg"}), piece[:300]
        assert not [name for _, attributes in markup.elements for name, _ in attributes if name.startswith("on")]


def test_no_name_turns_or_colours_what_a_terminal_shows(outcome: Outcome) -> None:
    assert not re.search("[\x1b\x00\u202e]", outcome.output)
    assert "\\x1b[31mred" in outcome.output
    assert "[bold]markup[/bold]" in outcome.output


def test_junit_stays_well_formed(outcome: Outcome) -> None:
    assert outcome.folder is not None
    root = ElementTree.parse(outcome.folder / "junit.xml")

    assert "<script>alert(1)</script>" in "".join(root.getroot().itertext())


def test_a_long_name_is_cut_in_reports_and_whole_in_the_evidence(outcome: Outcome) -> None:
    assert outcome.folder is not None
    longest = max(outcome.rows, key=lambda row: len(row.resource))

    assert len(longest.resource) > 10_000
    assert "x" * 5_000 not in (outcome.folder / "report.html").read_text(encoding="utf-8")
