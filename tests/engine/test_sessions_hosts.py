"""Hosts: whose answers were judged is told by where the requests went, and by nothing that anybody said before."""

from __future__ import annotations

from pathlib import Path

import pytest
from moto import mock_aws

from muster.reading.access import Access, the_estate
from muster.reading.reads import Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.hosts import host_of, is_aws_host, is_of_github
from muster.run.kinds import is_mocked
from tests.engine.loopback import Response, loopback

LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})
NO_KEYS = Response(200, b'{"Keys": []}', {"Content-Type": "application/x-amz-json-1.1"})


@pytest.mark.parametrize(
    ("host", "is_aws"),
    [
        pytest.param("https://ec2.eu-west-1.amazonaws.com", True, id="a region"),
        pytest.param("https://iam.amazonaws.com", True, id="no region"),
        pytest.param("https://ec2-fips.us-east-1.amazonaws.com", True, id="FIPS"),
        pytest.param("https://ec2.eu-west-1.api.aws", True, id="dual stack"),
        pytest.param("https://s3.dualstack.eu-west-1.amazonaws.com", True, id="dual stack, S3"),
        pytest.param("https://bucket.s3.eu-west-1.amazonaws.com", True, id="a bucket"),
        pytest.param("https://111122223333.s3-control.eu-west-1.amazonaws.com", True, id="an account"),
        pytest.param("https://vpce-0a1b-xyz.ec2.eu-west-1.vpce.amazonaws.com", True, id="a VPC endpoint"),
        pytest.param("https://sts.cn-north-1.amazonaws.com.cn", True, id="China"),
        pytest.param("https://sts.cn-north-1.api.amazonwebservices.com.cn", True, id="China, dual stack"),
        pytest.param("https://sts.us-gov-west-1.amazonaws.com", True, id="GovCloud"),
        pytest.param("https://sts.us-iso-east-1.c2s.ic.gov", True, id="an isolated partition"),
        pytest.param("https://sts.us-isob-east-1.sc2s.sgov.gov", True, id="another isolated partition"),
        pytest.param("https://sts.eusc-de-east-1.amazonaws.eu", True, id="the European sovereign cloud"),
        pytest.param("http://ec2.eu-west-1.amazonaws.com", False, id="without TLS"),
        pytest.param("http://evilamazonaws.com", False, id="a suffix without its dot"),
        pytest.param("https://evilamazonaws.com", False, id="a suffix without its dot, with TLS"),
        pytest.param("https://ec2.amazonaws.com.example.org", False, id="a suffix in the middle"),
        pytest.param("https://amazonaws.com.evil.cn", False, id="a suffix that begins another name"),
        pytest.param("https://a1b2.execute-api.eu-west-1.amazonaws.com", False, id="a customer's API"),
        pytest.param("https://lb-1.eu-west-1.elb.amazonaws.com", False, id="a customer's load balancer"),
        pytest.param("https://ec2-1-2-3-4.compute-1.amazonaws.com", False, id="a customer's instance"),
        pytest.param("http://127.0.0.1:5000", False, id="this machine"),
        pytest.param("https://localhost.localstack.cloud:4566", False, id="LocalStack"),
        pytest.param("in-process", False, id="no request at all"),
    ],
)
def test_aws_is_asked_over_tls_at_a_name_of_its_own(host: str, is_aws: bool) -> None:
    assert is_aws_host(host) is is_aws


@pytest.mark.parametrize(
    ("host", "is_github"),
    [
        ("https://api.github.com", True),
        ("https://api.acme.ghe.com", True),
        ("http://api.github.com", False),
        ("https://api.github.com.example.org", False),
        ("https://evilghe.com", False),
        ("https://github.example.com", False),
        ("http://127.0.0.1:5000", False),
    ],
)
def test_github_is_asked_over_tls_at_a_name_of_its_own(host: str, is_github: bool) -> None:
    assert is_of_github(host) is is_github


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"])
@pytest.mark.parametrize("service", ["ec2", "iam", "s3", "sts", "cloudwatch", "wafv2"])
def test_whatever_botocore_would_ask_is_of_aws(service: str, region: str) -> None:
    client = new_session(aws_access_key_id="a", aws_secret_access_key="b").client(service, region_name=region)
    assert is_aws_host(host_of(client.meta.endpoint_url))


SERVER = "https://github.example.com"
DECLARED = f"{SERVER}/api/v3"


@pytest.mark.parametrize(
    ("access", "hosts", "mocked"),
    [
        pytest.param(Access("a", "aws", "1"), ["https://iam.amazonaws.com"], False, id="AWS"),
        pytest.param(Access("a", "aws", "1"), ["https://iam.amazonaws.com", "http://127.0.0.1:1"], True, id="in part"),
        pytest.param(Access("a", "aws", "1"), [], False, id="AWS, nobody asked"),
        pytest.param(Access("a", "aws", "1", sandbox=True), ["https://iam.amazonaws.com"], True, id="a sandbox"),
        pytest.param(Access("a", "aws", "1"), [SERVER], True, id="an endpoint of somebody's own"),
        pytest.param(Access("a", "github", "x"), ["https://api.github.com"], False, id="GitHub"),
        pytest.param(Access("a", "github", "x", endpoint_url=DECLARED), [SERVER], False, id="a declared server"),
        pytest.param(Access("a", "github", "x"), [SERVER], True, id="a server that was not declared"),
        pytest.param(
            Access("a", "github", "x", endpoint_url=DECLARED), ["https://other.example.com"], True, id="another server"
        ),
        *[
            pytest.param(Access("a", "github", "x", endpoint_url=url), [url], True, id=f"declared: {url}")
            for url in ("http://github.example.com", "https://127.0.0.1:3", "https://[::1]:3", "https://localhost:3")
        ],
        pytest.param(the_estate(), [], False, id="the estate itself"),
    ],
)
def test_an_account_is_mocked_unless_every_request_went_to_whom_it_names(
    access: Access, hosts: list[str], mocked: bool
) -> None:
    assert is_mocked(access, hosts) is mocked


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://s3.eu-west-1.amazonaws.com/bucket/key?list-type=2", "https://s3.eu-west-1.amazonaws.com"),
        ("http://user:pass@127.0.0.1:5000/", "http://127.0.0.1:5000"),
        ("https://IAM.amazonaws.com:443/", "https://iam.amazonaws.com:443"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
    ],
)
def test_a_host_is_the_part_of_an_address_that_says_who_is_asked(url: str, host: str) -> None:
    assert host_of(url) == host


def hosts_asked() -> list[str]:
    """Where a question of the account `prod` goes."""
    counts = Counts()
    AwsTransport(new_session(aws_access_key_id="a", aws_secret_access_key="b"), counts).send(LIST_KEYS)
    return counts.hosts("prod")


@pytest.fixture
def files_of_the_cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS"])
def test_an_endpoint_of_the_environment_is_noted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with loopback(lambda _: NO_KEYS) as server:
        monkeypatch.setenv(name, server.url)
        assert hosts_asked() == [server.url]


def test_an_endpoint_of_the_clis_file_is_noted(files_of_the_cli: Path) -> None:
    with loopback(lambda _: NO_KEYS) as server:
        files_of_the_cli.write_text(f"[default]\nendpoint_url = {server.url}\n")
        assert hosts_asked() == [server.url]


def test_whom_a_proxy_is_asked_to_reach_is_noted_and_not_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    with loopback(lambda _: Response(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert hosts_asked() == ["https://kms.eu-west-1.amazonaws.com"]


def test_an_answer_for_which_nothing_was_sent_is_nobodys() -> None:
    with mock_aws():
        hosts = hosts_asked()
    assert hosts == ["in-process"]
    assert is_mocked(Access("prod", "aws", "1"), hosts)


def test_the_hosts_of_a_code_host_are_noted() -> None:
    counts = Counts()
    with loopback(lambda _: Response(200, b"[]")) as server:
        transport = GitHubTransport("t", counts, endpoint_url=f"{server.url}/api/v3")
        transport.send(Call("code", "global", "github", "GET /orgs/{org}/members", {"org": "acme"}))
    assert counts.hosts("code") == [server.url]
