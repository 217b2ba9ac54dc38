"""Marks: comparable between runs under one key, left where a secret was and nowhere else, quick to make."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import UsageError
from muster.proving.recorded import Recording
from muster.reading.marks import MARK
from muster.reading.reads import Call
from muster.reading.redaction import Redactor, key_id, redaction_key
from tests.redaction.planted import SECRETS

CALL = Call("prod", "eu-west-1", "lamps", "get_lamp", {})
SECRET = SECRETS["GitHub personal token"].text
LONG_KEY = {"MUSTER_REDACTION_KEY": "k" * 32}


def redactor(environment: dict[str, str]) -> Redactor:
    return Redactor(bytes.fromhex(redaction_key(environment)))


def redacted(content: Any) -> Any:
    return Redactor(b"key")(CALL, content)


def test_under_the_key_of_the_organization_equal_secrets_have_equal_marks_in_every_run() -> None:
    assert redactor(LONG_KEY).text(SECRET) == redactor(LONG_KEY).text(SECRET)


def test_without_a_key_no_two_runs_have_equal_marks() -> None:
    assert redactor({}).text(SECRET) != redactor({}).text(SECRET)


def test_a_key_that_is_short_enough_to_guess_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\$MUSTER_REDACTION_KEY has 5 characters and needs 32"):
        redaction_key({"MUSTER_REDACTION_KEY": "short"})


def test_the_id_of_a_key_tells_runs_with_another_apart_and_not_the_key() -> None:
    key = redaction_key(LONG_KEY)

    assert key_id(key) == key_id(redaction_key(LONG_KEY)) != key_id(redaction_key({}))
    assert key_id(key) not in key


HOLD_SECRETS = (
    "cloudformation:describe_stacks",
    "codebuild:batch_get_projects",
    "codecommit:get_blob",
    "ec2:describe_instance_attribute",
    "ec2:describe_launch_template_versions",
    "ecs:describe_task_definition",
    "lambda:list_versions_by_function",
)


def test_nothing_changes_in_the_clean_answers_of_whole_audits(demo: Recording, model: Recording) -> None:
    """All but where the demo company keeps secrets; declared values have marks of another kind."""
    kept = [pair for company in (demo, model) for pair in company.answers.values() if pair[0].name not in HOLD_SECRETS]
    marked = [
        (call.name, mark.group())
        for call, answer in kept
        for mark in MARK.finditer(json.dumps(answer.content))
        if mark["what"].startswith("secret")
    ]

    assert len(kept) >= 200
    assert marked == []


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:sns:eu-west-1:111122223333:orders-that-were-not-delivered-for-a-week",
        "arn:aws:iam::111122223333:role/aws-service-role/AWSServiceRoleForAmazonElasticFileSystem1",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-password-AbCdEf",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "k4JtFhmQ2rTn7LwZbXyPdS9vGqUeA3iCoHjR6sMfK1E=",
        "APACHEservers",
        "The password: changed every month by the owner",
        "{{resolve:secretsmanager:shop/db:SecretString:password}}",
        "https://deploy:${TOKEN}@git.example.com/shop.git",
        '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
        "ProductionWebServerAutoScalingGroupABCD1",
        "AWSLogs/111122223333/CloudTrail/eu-west-1",
        "WordPress%20on%20port%2080",
        # A certificate in which four letters stand as in the middle of an Azure key.
        "MIIDBTCCAe2gAwIBAgIIW3yyQ5gk" * 3 + "AzFu" + "TDEyMzRhYmNkZWZnaGlqa2xtbm9w" * 3,
    ],
    ids=lambda text: text[:30],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert redacted({"A": text}) == {"A": text}


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize(
    "encode",
    [
        quote,
        lambda text: base64.b64encode(f"say {text} now".encode()).decode(),
        lambda text: base64.encodebytes(f"say {text} now".encode() * 3).decode(),
        lambda text: base64.b64encode(f"say {text} now".encode("utf-16-le")).decode(),
        lambda text: base64.b64encode(base64.b64encode(f"say {text} now".encode())).decode(),
        lambda text: json.dumps({"a": [f"say {text} now"]}),
        lambda text: json.dumps(json.dumps({"a": f"say {text} now"})),
    ],
    ids=["URL", "base64", "base64 on lines", "base64 of UTF-16", "base64 twice", "JSON", "JSON in JSON"],
)
def test_a_secret_in_an_encoding_is_taken_out(kind: str, encode: Any) -> None:
    text = redacted({"A": encode(SECRETS[kind].text)})["A"]

    assert MARK.search(text)
    assert SECRETS[kind].needle not in text


@pytest.mark.parametrize(
    "content",
    [
        {"Tags": [{"Key": "db-password", "Value": "correct horse"}]},
        {"env": [{"name": "API_KEY", "value": "correct horse"}]},
        {"MasterUserPassword": "correct horse"},
    ],
    ids=["a tag", "a variable", "a member"],
)
def test_a_value_is_taken_out_because_of_its_name(content: Any) -> None:
    assert "correct horse" not in json.dumps(redacted(content))


@pytest.mark.parametrize(
    "content",
    [
        {"CreationToken": "console-5c2f0e1a-1f0a-4a4e"},
        {"encryptionKey": "alias/aws/codebuild"},
        {"name": "DB_PASSWORD", "value": "arn:aws:ssm:eu-west-1:111122223333:parameter/db"},
        {"Key": "owner", "Value": "team-password"},
    ],
    ids=["an id", "a key's name", "a reference", "a name that says nothing"],
)
def test_a_value_stays_where_its_name_calls_it_no_secret(content: Any) -> None:
    assert redacted(content) == content


def test_a_policy_with_a_secret_in_it_is_still_the_same_policy() -> None:
    statement = {"Effect": "Deny", "Condition": {"StringEquals": {"aws:UserAgent": [SECRET, 'a "quote"\\']}}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=3)
    kept = json.loads(redacted({"Policy": policy})["Policy"])

    values = kept["Statement"][0]["Condition"]["StringEquals"]["aws:UserAgent"]
    assert MARK.fullmatch(values[0])
    assert values[1] == 'a "quote"\\'


def test_a_policy_without_a_secret_keeps_its_very_characters() -> None:
    policy = '{ "Version" :"2012-10-17",\n\t"Statement":[] }'

    assert redacted({"Policy": policy}) == {"Policy": policy}


def test_the_name_of_a_member_is_redacted_too() -> None:
    assert SECRET not in json.dumps(redacted({"Variables": {SECRET: "x"}}))


def test_what_was_named_like_a_secret_can_be_asked_for_by_its_name() -> None:
    one = Redactor(b"key")
    name = one(CALL, {"Name": f"logs-{SECRET}"})["Name"]

    assert one.restored({"Bucket": name, "Max": 5, "Names": [name]}) == {
        "Bucket": f"logs-{SECRET}",
        "Max": 5,
        "Names": [f"logs-{SECRET}"],
    }


def test_a_mark_that_another_process_made_is_asked_for_as_it_is() -> None:
    mark = Redactor(b"key").text(SECRET)

    assert Redactor(b"key").restored({"Bucket": mark}) == {"Bucket": mark}


@given(st.text())
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redacted({"A": text})

    assert redacted(once) == once


def test_a_string_of_an_answer_takes_at_most_60_microseconds(demo: Recording) -> None:
    """Measured on two cores: 20. Every string is new to the redactor; the best of three runs counts."""
    texts = sorted({text for _, answer in demo.answers.values() for text in strings(answer.content)})
    spent = []
    for turn in range(3):
        fresh = Redactor(b"key")
        start = time.process_time()
        for text in texts:
            fresh.text(f"{text}{turn}")
        spent.append((time.process_time() - start) / len(texts))

    assert min(spent) <= 60e-6


def strings(content: Any) -> list[str]:
    match content:
        case str():
            return [content]
        case dict():
            return [text for item in content.values() for text in strings(item)]
        case list():
            return [text for item in content for text in strings(item)]
        case _:
            return []


@pytest.mark.parametrize(
    ("words", "is_secret"),
    [
        pytest.param(["--password", "hunter22"], True, id="an option of a password"),
        pytest.param(["serve", "--db-password", "hunter22", "--port"], True, id="among other words"),
        pytest.param(["-token", "hunter22"], True, id="with one hyphen"),
        pytest.param(["--password-file", "/run/secrets/db"], False, id="where it is kept"),
        pytest.param(["--password", "$DB_PASSWORD"], False, id="a variable"),
        pytest.param(["--password", "--verbose"], False, id="another option"),
        pytest.param(["password", "hunter22"], False, id="no option"),
        pytest.param(["--next-token", "hunter22"], False, id="a token that is none"),
    ],
)
def test_of_a_command_in_words_the_one_behind_the_option_is_taken_out(words: list[str], is_secret: bool) -> None:
    kept = Redactor(b"key").data({"command": words})["command"]

    assert ("[redacted secret: Password " in " ".join(kept)) is is_secret
    assert ("hunter22" in kept) is (not is_secret and "hunter22" in words)
