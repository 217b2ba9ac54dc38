"""Rules of scope: what they put out of scope, what stays in whatever they say, and which of them are refused."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from muster.errors import FileError
from muster.estate.declarations import Facts
from muster.estate.files import load_facts
from muster.estate.scope import ScopeRule, rule_for
from tests.excuses import excuse

TODAY = datetime.date(2026, 11, 26)
ACCOUNT, OTHER = "111122223333", "444455556666"
BUCKET = "arn:aws:s3:::acme-website-assets"


def rule(**given: Any) -> ScopeRule:
    return ScopeRule.model_validate(excuse(name="shop-window", **given))


PLAY = {"accounts": [ACCOUNT]}
PUBLIC = {"tags": {"data": ["public", "internal"]}}
WEBSITE = {"resources": ["arn:aws:s3:::acme-website-*"]}


@pytest.mark.parametrize(
    ("given", "account", "resource", "tags", "out"),
    [
        pytest.param(PLAY, ACCOUNT, BUCKET, None, True, id="an account that is named"),
        pytest.param(PLAY, OTHER, BUCKET, None, False, id="an account that no rule knows"),
        pytest.param(PLAY, "", BUCKET, None, False, id="an account whose id is not known"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"data": "internal"}, True, id="a tag with a value that is named"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"data": "cardholder"}, False, id="a tag with another value"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"data": "Public"}, False, id="a value in other letters"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"data": ""}, False, id="a tag without a value"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"Data": "public"}, False, id="a key in other letters"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {"owner": "web"}, False, id="a resource without the tag"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, {}, False, id="a resource without tags"),
        pytest.param(PUBLIC, ACCOUNT, BUCKET, None, False, id="a resource whose tags are not known"),
        pytest.param(WEBSITE, ACCOUNT, BUCKET, None, True, id="an ARN that fits"),
        pytest.param(WEBSITE, ACCOUNT, "arn:aws:s3:::acme-cards", None, False, id="an ARN that does not"),
        pytest.param(WEBSITE, ACCOUNT, BUCKET.upper(), None, False, id="an ARN in other letters"),
        pytest.param(PLAY | PUBLIC, ACCOUNT, BUCKET, {"data": "public"}, True, id="account and tag"),
        pytest.param(PLAY | PUBLIC, OTHER, BUCKET, {"data": "public"}, False, id="the tag in another account"),
        pytest.param(PUBLIC | WEBSITE, ACCOUNT, BUCKET, {}, False, id="the ARN without the tag"),
        pytest.param(
            {"tags": {"data": ["public"], "env": ["test"]}},
            ACCOUNT,
            BUCKET,
            {"data": "public"},
            False,
            id="one of two tags",
        ),
    ],
)
def test_what_is_out_of_scope(
    given: dict[str, Any], account: str, resource: str, tags: dict[str, str] | None, out: bool
) -> None:
    assert (rule_for([rule(**given)], account, resource, tags) is not None) is out


def refusal(folder: Path, *rules: dict[str, Any]) -> str:
    (folder / "facts.yaml").write_text(yaml.safe_dump({"out_of_scope": list(rules)}, sort_keys=False))
    with pytest.raises(FileError) as caught:
        load_facts(folder / "facts.yaml", TODAY)
    return str(caught.value)


def entry(**given: Any) -> dict[str, Any]:
    return excuse(**{"name": "shop-window", "expires": "2027-10-31", **given})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "missing, and so are tags and resources", id="a rule that says of nothing"),
        pytest.param({"accounts": ["*"]}, "12 digits", id="every account"),
        pytest.param({"accounts": ["11112222*"]}, "12 digits", id="accounts by a pattern"),
        pytest.param({"tags": {"data": ["*"]}}, "without wildcards", id="any value of a tag"),
        pytest.param({"tags": {"data": ["publi?"]}}, "without wildcards", id="values by a pattern"),
        pytest.param({"tags": {"data": []}}, "tags.data", id="no value of a tag"),
        pytest.param({"tags": {"data": "public"}}, "tags.data", id="a value that is no list"),
        pytest.param({"resources": ["*"]}, "is no ARN", id="any resource"),
        pytest.param({"resources": ["arn:aws:*:*:*:*"]}, "is no ARN", id="any ARN"),
        pytest.param({"resources": ["arn:aws:s3:::*"]}, "whatever is there", id="any bucket"),
        pytest.param({"resources": ["arn:aws:s3:::??*"]}, "whatever is there", id="any bucket of some letters"),
        pytest.param({"resources": ["arn:aws:s3:::a*"]}, "whatever is there", id="any bucket by its first letter"),
        pytest.param(
            {"resources": [f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*"]}, "whatever is there", id="any instance"
        ),
        pytest.param(
            {"resources": [f"arn:aws:ec2:eu-west-1:{ACCOUNT}:inst*"]},
            "whatever is there",
            id="any instance by its type",
        ),
        pytest.param(
            {"resources": [f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl*"]},
            "whatever is there",
            id="any web ACL by its type",
        ),
        pytest.param({"resources": ["https://github.com/acme*"]}, "whatever is there", id="any repository of ours"),
        pytest.param({"resources": ["arn:aws:s3:::acme-[a-z]*"]}, r"only \* and \?", id="a set of letters"),
        pytest.param({"resources": ["https://github.com/*"]}, "whatever is there", id="any repository"),
        pytest.param({"name": "shop-*", "accounts": [ACCOUNT]}, "name", id="a name that is a pattern"),
        pytest.param(
            {"accounts": [ACCOUNT], "approver": "web-team"}, "is the owner as well", id="approved by its owner"
        ),
        pytest.param(
            {"accounts": [ACCOUNT], "expires": "2028-11-27"}, "more than a year away", id="longer than a year"
        ),
    ],
)
def test_a_rule_that_is_refused(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    assert re.search(message, refusal(tmp_path, entry(**given)))


@pytest.mark.parametrize(
    "pattern",
    [
        f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123*",
        f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:shop-*",
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:shop-*",
        f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/shop-*",
        "arn:aws:apigateway:eu-west-1::/restapis/abcd*",
        "https://github.com/acme/shop-*",
    ],
)
def test_a_pattern_that_begins_a_name_is_taken(pattern: str) -> None:
    assert rule(resources=[pattern]).resources == (pattern,)


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    assert 'there is a rule "shop-window" already' in refusal(tmp_path, entry(**PLAY), entry(**PUBLIC))


def test_a_rule_that_has_expired_puts_nothing_out_of_scope() -> None:
    facts = Facts(out_of_scope=(rule(**PLAY, expires=TODAY),))

    assert facts.in_force(TODAY).out_of_scope == facts.out_of_scope
    assert facts.in_force(TODAY + datetime.timedelta(days=1)).out_of_scope == ()
