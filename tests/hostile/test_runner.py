"""The runner of the hostile cases itself: what it answers, and which answers it does not take."""

from __future__ import annotations

from typing import Any

import pytest

from muster.reading.reads import Call
from tests.hostile.case import with_changes, with_each, written_out
from tests.hostile.shapes import misshapen, output_shape
from tests.hostile.told_aws import Told, ToldAws

ALIASES = "lambda:list_aliases"
POLICY = "lambda:get_policy"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        pytest.param({"Aliases": [{"Name": "live"}]}, [], id="as the model says"),
        pytest.param({"Alias": []}, [".Alias: ListAliasesResponse has no such member"], id="a name of nobody's"),
        pytest.param({"Aliases": [{"Name": 1}]}, [".Aliases[].Name: 1 is no string"], id="a number for a text"),
        pytest.param(
            {"Aliases": {"Name": "live"}}, [".Aliases: {'Name': 'live'} is no list"], id="an object for a list"
        ),
    ],
)
def test_an_answer_is_held_against_botocores_model(content: dict[str, Any], wrong: list[str]) -> None:
    assert list(misshapen(content, output_shape(ALIASES))) == wrong


def test_a_type_may_be_another_where_the_case_says_so() -> None:
    assert list(misshapen({"Aliases": [{"Name": 1}]}, output_shape(ALIASES), types=False)) == []


def asked(answers: dict[str, Any], name: str, **request: str) -> Any:
    aws = ToldAws()
    aws.told = Told(answers)
    service, _, operation = name.partition(":")
    return aws.send(Call("hostile", "eu-west-1", service, operation, {"FunctionName": "orders", **request}))


def test_pages_are_followed_by_their_tokens() -> None:
    pages = [{"Aliases": [{"Name": name}], "NextMarker": f"after {name}"} for name in ("blue", "green")]
    told = {ALIASES: {"$pages": [*pages, {"Aliases": [{"Name": "red"}]}]}}

    assert [alias["Name"] for alias in asked(told, ALIASES).content["Aliases"]] == ["blue", "green", "red"]


@pytest.mark.parametrize(("request_", "policy"), [({}, "own"), ({"Qualifier": "live"}, "of the alias")])
def test_an_answer_may_depend_on_the_request(request_: dict[str, str], policy: str) -> None:
    told = {
        POLICY: [
            {"$when": {"Qualifier": None}, "$answer": {"Policy": "own"}},
            {"$when": {"Qualifier": "live", "$region": "eu-west-1"}, "$answer": {"Policy": "of the alias"}},
        ]
    }

    assert asked(told, POLICY, **request_).content == {"Policy": policy}


def test_a_policy_is_written_as_what_its_text_says() -> None:
    assert asked({POLICY: {"Policy": {"$json": {"Version": "1"}}}}, POLICY).content == {"Policy": '{"Version": "1"}'}


@pytest.mark.parametrize(
    ("answers", "code"),
    [({POLICY: {"$error": "ResourceNotFoundException"}}, "ResourceNotFoundException"), ({}, "NotTold")],
    ids=["told", "not told"],
)
def test_an_error_is_answered_with_its_code(answers: dict[str, Any], code: str) -> None:
    assert asked(answers, POLICY).error.code == code


ALIAS = {"Aliases": [{"Name": "live", "Description": "what customers call"}, {"Name": "next", "Description": "soon"}]}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(ALIAS, {"Aliases": [{"Name": "x"}, {"Name": "x"}]}, id="each of a list"),
        pytest.param({"$pages": [ALIAS]}, {"$pages": [{"Aliases": [{"Name": "x"}, {"Name": "x"}]}]}, id="each page"),
        pytest.param(
            [{"$when": {}, "$answer": ALIAS}],
            [{"$when": {}, "$answer": {"Aliases": [{"Name": "x"}, {"Name": "x"}]}}],
            id="each form",
        ),
    ],
)
def test_an_answer_is_changed_where_paths_lead(told: Any, expected: Any) -> None:
    assert with_changes(told, {"Aliases[].Name": "x", "Aliases[].Description": "$gone"}) == expected


@pytest.mark.parametrize("path", ["Alias[].Name", "Aliases[].Nmae"])
def test_a_path_that_leads_nowhere_changes_nothing_in_silence(path: str) -> None:
    with pytest.raises(KeyError):
        with_changes(ALIAS, {path: "$gone"})


ENTRY = {"entry": {"Encrypted": False, "Name": "$gone"}, "fail": "It is in clear. https://docs.aws.amazon.com/"}


def test_a_case_of_two_lines_says_what_is_changed_of_each_thing_and_why() -> None:
    assert written_out(ENTRY, "efs-encrypted") == {
        "case": "Encrypted False, Name $gone",
        "changed": {
            "efs:describe_file_systems": {"FileSystems[].Encrypted": False, "FileSystems[].Name": "$gone"},
        },
        "verdict": "fail",
        "why": "It is in clear. https://docs.aws.amazon.com/",
    }


def test_things_within_things_are_all_changed() -> None:
    changed = written_out({"entry": {"State.Name": "stopped"}}, "ec2-imdsv2")["changed"]

    assert changed == {"ec2:describe_instances": {"Reservations[].Instances[].State.Name": "stopped"}}


def test_what_a_noun_lists_by_hand_has_no_entry() -> None:
    with pytest.raises(AssertionError, match="its noun is listed by hand"):
        written_out(ENTRY, "s3-bucket-versioned")


KEY = "kms:describe_key"
EACH = {"answers": {POLICY: {}}, "changed": {KEY: {"Arn": "a", "State": "Enabled"}}, "facts": {"regulations": ["x"]}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param({}, EACH | {"of_each": {POLICY, KEY}}, id="nothing"),
        pytest.param(
            {"changed": {KEY: {"State": "Disabled"}}},
            EACH | {"changed": {KEY: {"Arn": "a", "State": "Disabled"}}, "of_each": {POLICY}},
            id="one of the changes",
        ),
        pytest.param(
            {"answers": {KEY: {}}},
            EACH | {"answers": {POLICY: {}, KEY: {}}, "changed": {}, "of_each": {POLICY}},
            id="the whole answer",
        ),
        pytest.param({"facts": {"regulations": []}}, EACH | {"facts": {"regulations": []}}, id="a fact"),
    ],
)
def test_a_case_says_what_is_other_in_it_than_in_each(own: dict[str, Any], expected: dict[str, Any]) -> None:
    assert with_each(own, EACH) == {"of_each": {POLICY, KEY}} | expected
