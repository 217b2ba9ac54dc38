"""`muster new control` in an organization's own repository: beside the shipped suite, and never in the way of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.scaffold.options import ScaffoldOptions
from muster.scaffold.pieces import pieces
from muster.scaffold.target import Target
from muster.scaffold.wanted import want
from tests.conftest import CONTROLS, ROOT

ACME = "name: acme\ntitle: Acme\nextends: [baseline]\ncontrols:\n  - s3-bucket-versioned\n"


@pytest.fixture
def own(tmp_path: Path) -> Target:
    (tmp_path / "estate").mkdir()
    return Target.at(tmp_path)


def written(own: Target, control_id: str, **options: str) -> dict[str, str]:
    wanted = want(own, ScaffoldOptions(control_id, **options), CONTROLS)  # type: ignore[arg-type]  # as they are typed
    return {piece.path.as_posix(): piece.text for piece in pieces(own, wanted)}


def test_a_noun_that_is_shipped_is_imported_and_no_shipped_file_has_the_name_of_a_piece(own: Target) -> None:
    found = written(own, "sqs-queue-kept")

    assert list(found) == ["controls/messaging/own_queues.py", "fixtures/sandbox/own_sqs.py", "profiles/own.yaml"]
    assert "from fixtures.sqs import Queue\n" in found["controls/messaging/own_queues.py"]
    assert 'SERVICES = ("sqs",)' in found["fixtures/sandbox/own_sqs.py"]


def test_a_noun_of_a_known_service_has_a_file_of_its_own(own: Target) -> None:
    found = written(own, "sqs-x", noun="MoveTask", one="region", domain="messaging")

    assert "fixtures/own_sqs.py" in found


def test_a_new_service_goes_by_its_own_name_and_topics_that_are_taken_by_another(own: Target) -> None:
    found = written(own, "dax-cluster-kept", domain="database")

    assert list(found)[:3] == [
        "fixtures/dax.py",
        "controls/database/own_clusters.py",
        "fixtures/sandbox/dax.py",
    ]


def test_the_first_profile_extends_the_baseline(own: Target) -> None:
    assert "extends: [baseline]\ncontrols:\n  - sqs-queue-kept\n" in written(own, "sqs-queue-kept")["profiles/own.yaml"]


def test_the_one_profile_there_is_takes_it(own: Target) -> None:
    (own.root / "profiles").mkdir()
    (own.root / "profiles/acme.yaml").write_text(ACME)

    assert written(own, "sqs-queue-kept")["profiles/acme.yaml"] == f"{ACME}  - sqs-queue-kept\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({}, "--profile says in which profile it begins: one of acme, other", id="several"),
        pytest.param({"profile": "baseline"}, "a shipped profile; name one of yours", id="a shipped one"),
        pytest.param({"profile": "acne"}, 'no such profile; did you mean "acme"', id="none"),
        pytest.param({"profile": "acme", "topic": "brokers"}, "a file of the shipped suite", id="a shipped file"),
    ],
)
def test_what_would_be_ambiguous_or_hide_is_refused(own: Target, options: dict[str, str], said: str) -> None:
    (own.root / "profiles").mkdir()
    for name in ("acme", "other"):
        (own.root / f"profiles/{name}.yaml").write_text(ACME)

    with pytest.raises(UsageError, match=said):
        written(own, "sqs-queue-kept", **options)


def test_what_stands_there_is_gone_on_with(own: Target) -> None:
    for name, text in written(own, "sqs-queue-kept").items():
        (own.root / name).parent.mkdir(parents=True, exist_ok=True)
        (own.root / name).write_text(text)
    found = written(own, "sqs-queue-named")

    assert {"def test_sqs_queue_kept", "def test_sqs_queue_named"} <= {
        line.partition("(")[0] for line in found["controls/messaging/own_queues.py"].splitlines()
    }
    assert '"sqs-queue-kept": {}, "sqs-queue-named": {}' in found["fixtures/sandbox/own_sqs.py"]
    assert found["profiles/own.yaml"].endswith("  - sqs-queue-kept\n  - sqs-queue-named\n")


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no repository of yours, which has an estate/ at least"):
        Target.at(tmp_path)


def test_a_folder_of_the_checkout_is_the_checkout() -> None:
    assert Target.at(ROOT / "docs") == Target.at(ROOT)
