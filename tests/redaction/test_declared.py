"""What people wrote into the estate is judged by and kept without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from muster.errors import UsageError
from muster.estate.declarations import Facts, Waiver
from muster.reading.marks import MARK
from muster.reading.redaction import Redactor
from muster.run.plan import Plan
from muster.run.without_secrets import without_secrets
from tests.excuses import excuse
from tests.redaction.planted import SECRETS

KEY, OTHER_KEY = "11" * 32, "22" * 32
TOKEN = SECRETS["GitHub personal token"].text
ENTRY = {
    "id": "W-1",
    "control": "s3-bucket-public-access-blocked",
    "account": "prod",
    "resource": "arn:aws:s3:::orders",
    "reason": "Serves the public web site",
    "owner": "web",
    "approver": "security",
    "ticket": "SEC-1",
    "expires": date(2027, 1, 1),
}


def plan_of(facts: Mapping[str, Any] | None = None, **waiver: str) -> Plan:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return Plan(
        run="run",
        folder=Path("run"),
        started=now,
        as_of=now,
        profiles=(),
        accounts=(),
        controls={},
        facts=Facts.model_validate(facts or {}),
        waivers=(Waiver.model_validate({**ENTRY, **waiver}),),
        attestations=(),
        redaction_key=KEY,
    )


def redactor(key: str = KEY) -> Redactor:
    return Redactor(bytes.fromhex(key))


ACCESS_KEY, SECRET_KEY = (SECRETS[name].text for name in ("AWS access key", "AWS secret key"))


@pytest.mark.parametrize(
    "name",
    [
        f"role/{ACCESS_KEY}/{SECRET_KEY}",
        f"role/{ACCESS_KEY}/{SECRET_KEY}/x",
        f"role/{ACCESS_KEY}",
        f"user/ops/{SECRET_KEY}",
    ],
    ids=["both", "both in a path", "the id", "the key"],
)
def test_a_principal_that_is_named_like_a_key_is_kept_without_it(name: str) -> None:
    kept = without_secrets(plan_of({"admin_principals": [excuse(name=name)]}), redactor())

    assert ACCESS_KEY not in str(kept.facts)
    assert SECRET_KEY not in str(kept.facts)
    assert kept.facts.admin_principals[0].name.startswith(name.partition("/")[0] + "/")


def test_an_estate_without_secrets_is_kept_as_it_is() -> None:
    plan = plan_of({"public_buckets": [excuse(name="orders")]})

    assert without_secrets(plan, redactor()) == plan


@pytest.mark.parametrize("field", ["reason", "ticket", "owner", "approver", "resource", "id"])
def test_no_field_of_a_waiver_keeps_a_secret(field: str) -> None:
    (waiver,) = without_secrets(plan_of(None, **{field: f"because of {TOKEN}"}), redactor()).waivers

    assert TOKEN not in waiver.model_dump_json()
    assert "redacted secret: GitHub Token" in getattr(waiver, field)


@pytest.mark.parametrize("pattern", ["arn:aws:s3:::{}", "*{}", "arn:aws:s3:::{}*"], ids=["whole", "before", "after"])
def test_a_waiver_covers_what_is_named_like_a_token(pattern: str) -> None:
    redact = redactor()
    (waiver,) = without_secrets(plan_of(resource=pattern.format(TOKEN)), redact).waivers

    assert waiver.covers(waiver.control, "prod", redact.text(f"arn:aws:s3:::{TOKEN}"))
    assert not waiver.covers(waiver.control, "prod", redact.text(f"arn:aws:s3:::{TOKEN[::-1]}"))


def test_a_waiver_covers_the_mark_that_a_report_shows() -> None:
    shown = redactor().text(f"arn:aws:s3:::{TOKEN}")
    (waiver,) = without_secrets(plan_of(resource=shown), redactor()).waivers

    assert waiver.covers(waiver.control, "prod", shown)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_replay_under_another_key_leaves_the_marks(kind: str) -> None:
    text = SECRETS[kind].text
    plan = plan_of(
        {"break_glass_users": [excuse(name=text)]}, reason=f"because of {text}", resource=f"arn:aws:s3:::{text}"
    )
    kept = without_secrets(plan, redactor())

    assert kept != plan
    assert without_secrets(kept, redactor(OTHER_KEY)) == kept


def test_a_declared_name_has_the_mark_of_the_thing() -> None:
    redact = redactor()
    declared = excuse(name=TOKEN)
    facts = without_secrets(plan_of({"public_buckets": [declared]}), redact).facts

    assert facts.public_buckets[0].name == redact.text(TOKEN)
    assert MARK.fullmatch(facts.public_buckets[0].name)


def test_a_secret_where_no_mark_can_stand_is_told_and_not_shown() -> None:
    declared = excuse(name=f"acme/{TOKEN}")

    with pytest.raises(UsageError, match=r"facts\.yaml: public_repositories\.0\.name holds") as raised:
        without_secrets(plan_of({"public_repositories": [declared]}), redactor())
    assert TOKEN not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
