"""Redaction: no secret is kept, equal secrets can be told from different ones, and nothing else changes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.reading.declared_secrets import secret_paths
from muster.reading.marks import MARK, holds_secret
from muster.reading.reads import Call
from muster.reading.redaction import Redactor

CALL = Call("prod", "eu-west-1", "lamps", "get_lamp", {})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BODY = "\n".join(["MIIEowIBAAKCAQEA" + "x" * 48] * 3)


def block(kind: str, dashes: str = "-----") -> str:
    return f"{dashes}BEGIN {kind}{dashes[::-1]}\n{BODY}\n{dashes}END {kind}{dashes[::-1]}"


# Made of parts, so that no scanner takes this file for a leak: each with the part that must not stay.
SECRETS: dict[str, tuple[str, str]] = {
    "AWS access key": ("AKIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    "AWS temporary access key": ("ASIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    "AWS secret key in code": (
        'aws_secret_key = "' + "wJalrXUtnFEMI/K7MDENG/" + 'bPxRfiCYEXAMPLEKEY"',
        "wJalrXUtnFEMI",
    ),
    "AWS secret key in an environment": (
        "export AWS_SECRET_ACCESS_KEY=" + "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI",
    ),
    "GitHub token": ("ghp_" + LETTERS[:36], LETTERS[:36]),
    "GitHub fine-grained token": ("github_pat_" + LETTERS[:22] + "_" + LETTERS[:59], LETTERS[:22]),
    "GitLab token": ("glpat-" + LETTERS[:20], LETTERS[:20]),
    "Slack token": ("xoxb-" + "123456789012-" + LETTERS[:24], LETTERS[:24]),
    "Slack hook": ("https://hooks.slack.com/services/" + "T00000000/B00000000/" + LETTERS[:24], LETTERS[:24]),
    "Stripe key": ("sk_live_" + LETTERS[:24], LETTERS[:24]),
    "SendGrid key": ("SG." + LETTERS[:22] + "." + LETTERS[:43], LETTERS[:22]),
    "npm token": ("//registry.npmjs.org/:_authToken=" + "npm_" + LETTERS[:36], LETTERS[:36]),
    "PyPI token": ("pypi-AgEIcHlwaS5vcmc" + LETTERS * 2, LETTERS),
    "JWT": ("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + LETTERS[:43], LETTERS[:43]),
    "password in a URL": ("postgres://app:" + "hunter2hunter2" + "@db.example.com/shop", "hunter2hunter2"),
    "Azure storage key": ("AccountKey=" + LETTERS + LETTERS[:24] + "==", LETTERS),
    "private key": (block("PRIVATE KEY"), "MIIEowIBAAKCAQEA"),
    "RSA private key": (block("RSA PRIVATE KEY"), "MIIEowIBAAKCAQEA"),
    "OpenSSH private key": (block("OPENSSH PRIVATE KEY"), "MIIEowIBAAKCAQEA"),
    "PGP private key": (block("PGP PRIVATE KEY BLOCK"), "MIIEowIBAAKCAQEA"),
    "encrypted private key": (block("ENCRYPTED PRIVATE KEY"), "MIIEowIBAAKCAQEA"),
    "SSH2 private key": (block("SSH2 ENCRYPTED PRIVATE KEY", "---- "), "MIIEowIBAAKCAQEA"),
    "private key that breaks off": (block("RSA PRIVATE KEY").partition("-----END")[0], "MIIEowIBAAKCAQEA"),
    "private key on one line": (block("RSA PRIVATE KEY").replace("\n", "\\n"), "MIIEowIBAAKCAQEA"),
    "PuTTY key": (f"PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 3\n{BODY}\n", "MIIEowIBAAKCAQEA"),
}
AROUND = {
    "alone": "{}",
    "in a sentence": "it is {}, he said",
    "in a script": "#!/bin/sh\nKEY='{}'\necho done\n",
    "in JSON": '{{"key": "{}", "other": 1}}',
}


def file_of(text: str) -> str:
    """A file as GitHub gives its content: base64 in lines of 60 characters."""
    encoded = base64.b64encode(text.encode()).decode()
    return "".join(f"{encoded[start : start + 60]}\n" for start in range(0, len(encoded), 60))


def redacted(content: Any, key: bytes = b"key") -> Any:
    return Redactor(key)(CALL, content)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize(("secret", "part"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_taken_out_wherever_it_stands(secret: str, part: str, around: str) -> None:
    content = {"Functions": [{"Environment": {"NOTE": around.format(secret)}}, {"Name": "plain"}]}
    kept = redacted(content)
    text = kept["Functions"][0]["Environment"]["NOTE"]
    assert part not in text
    assert MARK.search(text)
    assert holds_secret(text)
    assert kept["Functions"][1] == {"Name": "plain"}


@pytest.mark.parametrize(("secret", "part"), SECRETS.values(), ids=SECRETS.keys())
def test_redacting_what_was_redacted_changes_nothing(secret: str, part: str) -> None:
    once = redacted({"A": f"before {secret} after"})
    assert redacted(once) == once


@pytest.mark.parametrize("before", range(0, 45, 5))
@pytest.mark.parametrize("secret", [secret for secret, _ in SECRETS.values()], ids=SECRETS.keys())
def test_a_file_that_holds_a_secret_is_taken_out_over_whichever_lines_it_goes(secret: str, before: int) -> None:
    content = file_of(f"{'#' * before}\n{secret}\n# the end\n")
    kept = redacted({"encoding": "base64", "content": content})["content"]

    assert MARK.fullmatch(kept.strip())


@pytest.mark.parametrize("length", range(20, 140))
def test_a_file_of_text_stays_readable_whatever_its_lines_look_like(length: int) -> None:
    # Each line of its base64 is as random as a key, the last may be as long as one, and slashes stand in all.
    content = file_of((" Ask who knows? Or so?~" * 7)[:length])

    assert redacted({"content": content}) == {"content": content}


def test_two_secrets_in_one_text_are_both_taken_out() -> None:
    first, second = SECRETS["AWS access key"][0], SECRETS["GitHub token"][0]
    text = redacted({"A": f"{first} and {second} and {first}"})["A"]
    assert first not in text
    assert second not in text
    assert len(MARK.findall(text)) == 3


def test_what_stands_around_a_secret_stays() -> None:
    text = redacted({"A": f"before {SECRETS['AWS access key'][0]} after"})["A"]
    assert MARK.sub("…", text) == "before … after"


def test_equal_secrets_have_equal_marks_under_one_key_and_no_others() -> None:
    one, other = SECRETS["AWS access key"][0], SECRETS["AWS temporary access key"][0]
    marks = [
        redacted({"A": secret}, key)["A"] for secret, key in ((one, b"k"), (one, b"k"), (other, b"k"), (one, b"l"))
    ]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3


def declaring(monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    """A noun that declares these paths of the answer to be secret."""
    monkeypatch.setattr("muster.reading.declared_secrets._PATHS", {CALL.name: dict.fromkeys(paths)})


@pytest.mark.parametrize(
    ("path", "content", "left"),
    [
        pytest.param("A", {"A": "x", "B": "y"}, {"A": "…", "B": "y"}, id="a member"),
        pytest.param("A.B", {"A": {"B": "x", "C": "y"}}, {"A": {"B": "…", "C": "y"}}, id="a member of a member"),
        pytest.param("A[].B", {"A": [{"B": "x"}, {"C": "y"}]}, {"A": [{"B": "…"}, {"C": "y"}]}, id="in each of a list"),
        pytest.param("A[]", {"A": ["x", "y"]}, {"A": ["…", "…"]}, id="each of a list"),
        pytest.param("A.*", {"A": {"B": "x", "C": "y"}}, {"A": {"B": "…", "C": "…"}}, id="every member"),
        pytest.param("[].B", [{"B": "x"}, {"C": "y"}], [{"B": "…"}, {"C": "y"}], id="in each of what is a list"),
        pytest.param("A[].B.*", {"A": [{"B": {"C": "x"}}]}, {"A": [{"B": {"C": "…"}}]}, id="every member, in a list"),
        pytest.param("A.B", {"A": None}, {"A": None}, id="null on the way"),
        pytest.param("A[].B", {"A": {"B": "x"}}, {"A": {"B": "x"}}, id="no list where one is said to be"),
        pytest.param("A", {"A": ""}, {"A": ""}, id="an empty value is none"),
        pytest.param("A", {"A": None}, {"A": None}, id="null is none"),
        pytest.param("Z", {"A": "x"}, {"A": "x"}, id="a member that is not there"),
    ],
)
def test_what_a_noun_declares_is_never_kept(
    monkeypatch: pytest.MonkeyPatch, path: str, content: Any, left: Any
) -> None:
    declaring(monkeypatch, path)
    assert json.loads(MARK.sub("…", json.dumps(redacted(content)))) == left


@pytest.mark.parametrize("value", [12345678, ["a", "b"], {"deep": "text"}], ids=["number", "list", "object"])
def test_a_declared_value_that_is_no_text_is_not_kept_either(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    declaring(monkeypatch, "A")
    assert redacted({"A": value})["A"] != value


def test_a_value_that_is_merely_never_kept_is_no_secret_and_a_recognised_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declaring(monkeypatch, "A[]")
    kept = redacted({"A": ["eu-west-1", SECRETS["AWS access key"][0], SECRETS["RSA private key"][0]]})["A"]
    assert [holds_secret(text) for text in kept] == [False, True, True]


def test_redacting_a_declared_value_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    declaring(monkeypatch, "A")
    once = redacted({"A": "hunter2"})
    assert redacted(once) == once


def test_paths_are_declared_for_an_operation_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    declaring(monkeypatch, "A")
    assert list(secret_paths(CALL.name)) == ["A"]
    assert list(secret_paths("lamps:list_lamps")) == []


# No text of these is long enough, or mixed enough, to be the secret of anything.
HARMLESS = st.text(alphabet="abcdefghij äöü.,!", max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | HARMLESS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HARMLESS, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=50, deadline=None)
@given(JSON)
def test_nothing_else_changes(content: Any) -> None:
    assert redacted(content) == content


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        "sha256:" + "0123456789abcdef" * 4,
        "sg-0123456789abcdef0",
        "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "2026-11-23T21:49:00.123456Z",
        "10.0.0.0/16",
        "203.0.113.7",
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}]}',
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "The password of the user must be rotated",
        "AIDACKCEVSQ6C2EXAMPLE",
        "AROADBQP57FF2AEXAMPLE",
    ],
    ids=lambda text: text[:24],
)
def test_what_an_audit_lives_on_stays_readable(text: str) -> None:
    assert redacted({"A": text}) == {"A": text}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("[redacted secret: AWS Access Key 0123456789abcdef]", True),
        ("a [redacted secret: Private Key 0123456789abcdef] b", True),
        ("[redacted value 0123456789abcdef]", False),
        ("[redacted secret: AWS Access Key]", False),
        ("plain", False),
        ("", False),
    ],
)
def test_a_text_tells_by_its_mark_whether_a_secret_was_in_it(text: str, holds: bool) -> None:
    assert holds_secret(text) is holds
