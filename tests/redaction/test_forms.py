"""Redaction measured: which forms of secrets it takes out, and that it takes out nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import pytest
from botocore.loaders import Loader
from moto.iam.aws_managed_policies import aws_managed_policies_data

from muster.judging.control import Control
from muster.judging.resource import NOUNS
from muster.reading.marks import MARK
from muster.reading.redaction import Redactor
from muster.reading.secret_words import names_a_secret
from tests.redaction import innocent_texts, keyword_forms, vendor_tokens
from tests.redaction.forms import grow
from tests.redaction.planted import SECRETS

SEEDS = range(5)
# Of no prefix: nothing tells it from three ids in a row.
UNKNOWN = {"<f 32>-<f 8>-<f 8>"}
ALL_FORMS = [form for forms in vendor_tokens.FORMS.values() for form in forms]


def redacted(text: str) -> str:
    return Redactor(b"key").text(text)


def left(forms: list[str], seed: int) -> set[str]:
    """The forms of which a secret that was grown of them stays."""
    random = Random(seed)
    grown = {form: grow(form, random) for form in forms}
    return {form for form, planted in grown.items() if planted.needle in redacted(f"it is {planted.text} he said")}


def test_the_forms_are_many() -> None:
    assert len(vendor_tokens.FORMS) >= 80
    assert len(set(ALL_FORMS)) == len(ALL_FORMS) >= 230
    assert len(set(keyword_forms.FORMS)) >= 57
    assert len(set(innocent_texts.TEXTS)) >= 64


@pytest.mark.parametrize("seed", SEEDS)
def test_every_token_with_a_known_prefix_is_taken_out(seed: int) -> None:
    assert left(ALL_FORMS, seed) - UNKNOWN == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_secret_that_a_word_calls_so_is_taken_out(seed: int) -> None:
    assert left(list(keyword_forms.FORMS), seed) == set()


@pytest.mark.parametrize("text", innocent_texts.TEXTS, ids=lambda text: text[:40])
def test_an_innocent_text_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("text", innocent_texts.TEXTS, ids=lambda text: text[:40])
def test_an_innocent_text_stays_in_a_sentence(text: str) -> None:
    assert redacted(f"Note: {text} (see the wiki)") == f"Note: {text} (see the wiki)"


UNMARKED_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEKm2f8dQ1"


@pytest.mark.parametrize(
    "form",
    [
        "https://h.example/x?sig={key}",
        "https://h.example/x?key={key}",
        "https://h.example/x?a=b&k={key}&c=d",
        "https://h.example/x;v={key}",
        "https://h.example/x#access={key}",
        "https://h.example/x?q%5B0%5D={key}",
        "https%3A%2F%2Fh.example%2F%3Fkey%3D{key}",
        "docker run -e K={key} image",
        "--opt={key}",
        "export K={key}; make",
        "it is {key}.",
    ],
)
def test_a_secret_key_that_nothing_calls_so_is_taken_out(form: str) -> None:
    assert UNMARKED_KEY not in redacted(form.format(key=UNMARKED_KEY))


KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    "form",
    [
        "{id} {key}",
        "{key} {id}",
        "{id}:{key}",
        "{id}/{key}",
        "User name,Access key ID,Secret access key\nada,{id},{key}\n",
        "{id}\n# rotated every quarter, next in spring\n{key}",
        "role/{id}/{key}/session",
    ],
)
def test_an_aws_secret_beside_its_id_is_taken_out_though_it_looks_made_up(form: str) -> None:
    text = redacted(form.format(id=KEY_ID, key=SECRET_KEY))
    assert KEY_ID not in text
    assert "EXAMPLEKEY" not in text


@pytest.mark.parametrize(
    "other",
    ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "role/service/OrderProcessingInProduction1", SECRET_KEY[:-1]],
    ids=["a hash", "a path", "too short"],
)
def test_what_stands_beside_the_id_of_a_key_and_is_none_stays(other: str) -> None:
    assert other in redacted(f"{KEY_ID} was last used by {other}")


def test_a_text_of_many_ids_does_not_take_hours() -> None:
    text = f"{KEY_ID} {'x' * 39}Y " * 20_000
    began = time.process_time()
    redacted(text)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("rest", ["&user=ada", "&&./run", "&amp;user=ada", "& ./next", "&page[1]=2"])
def test_what_follows_a_password_in_a_link_or_a_command_stays(rest: str) -> None:
    assert redacted(f"./get https://example.com/?password=Tr0ub4dor{rest}").endswith(rest)


def zero_width(text: str) -> str:
    return "\u200b".join(text)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize(
    "hide",
    [
        pytest.param(lambda text: text.encode().hex(), id="hex"),
        pytest.param(lambda text: text.encode().hex().upper(), id="upper hex"),
        pytest.param(lambda text: base64_of(gzip.compress(text.encode())), id="gzip in base64"),
        pytest.param(lambda text: base64_of(zlib.compress(text.encode())), id="zlib in base64"),
        pytest.param(lambda text: base64_of(gzip.compress(base64_of(text.encode()).encode())), id="base64 in gzip"),
        pytest.param(lambda text: "".join(f"&#{ord(letter)};" for letter in text), id="HTML"),
        pytest.param(zero_width, id="zero-width marks"),
        pytest.param(lambda text: "\u00ad".join(text), id="soft hyphens"),
        pytest.param(lambda text: "\x08".join(text), id="control characters"),
        pytest.param(lambda text: zero_width(base64_of(text.encode())), id="zero-width marks in base64"),
    ],
)
def test_a_secret_that_hides_is_taken_out(kind: str, hide: Callable[[str], str]) -> None:
    hidden = hide(f"say {SECRETS[kind].text} now")
    text = redacted(f"it is {hidden} he said")

    assert MARK.search(text)
    assert hidden not in text
    assert SECRETS[kind].needle not in text.replace("\u200b", "").replace("\u00ad", "").replace("\x08", "")


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_among_bytes_that_are_no_utf8_is_taken_out(kind: str) -> None:
    told = f"base64:{base64_of(b'caf' + bytes([0xE9]) + f' {SECRETS[kind].text} '.encode())}"

    assert MARK.search(redacted(told))
    assert told not in redacted(told)


@pytest.mark.parametrize("text", ["zero\u200bwidth", "soft\u00adhyphen", "\ufeffmark", "👩\u200d🔧", "می\u200cخواهم"])
def test_marks_that_hide_nothing_stay(text: str) -> None:
    assert redacted(f"a text with {text} in it") == f"a text with {text} in it"


@pytest.mark.parametrize(
    "content",
    [
        {"Name": "GITHUB_TOKEN", "Value": "correct horse"},
        {"name": "SECRET", "value": "correct horse"},
        {"Key": "db-pass", "Value": "correct horse"},
        {"ParameterKey": "DbPassword", "ParameterValue": "correct horse"},
        {"clientSecret": "correct horse"},
        {"env": {"STRIPE_SECRET": "correct horse"}},
    ],
    ids=json.dumps,
)
def test_a_value_is_taken_out_because_of_its_name(content: Any) -> None:
    assert "correct horse" not in json.dumps(Redactor(b"key").data(content))


@pytest.mark.parametrize(
    "content",
    [
        {"NextToken": "correct horse"},
        {"ClientToken": "correct horse"},
        {"nextForwardToken": "f/1234567890"},
        {"LockToken": "1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"EncryptionKey": "1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"encryptionKey": "alias/aws/codebuild"},
        {"VolumeEncryptionKey": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"},
        {"SelectiveAuth": "Enabled"},
        {"SecretName": "shop/db-password"},
        {"PasswordLastUsed": "2026-11-20T09:30:00Z"},
        {"Key": "bypass", "Value": "correct horse"},
        {"aws:PrincipalTag/token": "correct horse"},
        {"name": "DB_PASSWORD", "type": "PARAMETER_STORE", "value": "/shop/production/db/password"},
    ],
    ids=json.dumps,
)
def test_a_value_stays_whose_name_only_sounds_so(content: Any) -> None:
    assert Redactor(b"key").data(content) == content


def test_policies_of_aws_stay_as_they_are() -> None:
    documents = [json.dumps(policy["Document"]) for policy in json.loads(aws_managed_policies_data).values()]
    redact = Redactor(b"key")

    assert len(documents) >= 1_000
    assert [document[:80] for document in documents if redact.text(document) != document] == []


def test_no_code_of_an_error_is_marked(controls: Mapping[str, Control]) -> None:
    """Nouns tell by the code what an error means."""
    redact = Redactor(b"key")
    codes = set(error_codes())

    assert controls
    assert len(codes) >= 500
    assert {code for code in codes if redact.text(code) != code} == set()


def error_codes() -> Iterator[str]:
    loader = Loader()
    for service in sorted({noun.service for noun in NOUNS.values()} & set(loader.list_available_services("service-2"))):
        for name, shape in loader.load_service_model(service, "service-2")["shapes"].items():
            if shape.get("exception"):
                yield shape.get("error", {}).get("code", name)


@pytest.mark.parametrize(
    "name", ["SecretAccessKey", "MasterUserPassword", "ClientSecret", "authorizationToken", "apiKey"]
)
def test_members_of_answers_that_hold_secrets_are_known_by_name(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "piece",
    [
        "password=",
        "token: ",
        "eyJ_",
        "eyJa.",
        "ghp_",
        "curl -u ",
        "mysql -p",
        "://a:",
        "%41",
        "&amp;",
        "<password ",
        "ab",
        "A1b2",
        "pa-",
        "T3BlbkFJ",
        "AzFu+",
        "sk-ant-",
        "-----BEGIN PRIVATE KEY-----",
        "name='a' value='",
    ],
)
def test_a_text_made_to_take_long_does_not(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    redacted(f"T3BlbkFJ AzFu {text} password: {text} %41 &amp;")

    assert time.process_time() - started < 5


def test_a_bomb_is_not_let_off() -> None:
    bomb = base64_of(gzip.compress(b"\0" * 200_000_000, 9))
    started = time.process_time()
    redacted(bomb)

    assert time.process_time() - started < 5
