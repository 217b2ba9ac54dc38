"""`python -m muster new control`: what it refuses, what it makes of what was said, and that its pieces pass the lint.

docs/writing-a-control.md is carried out with it, whole, in `tests/docs`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from muster.errors import UsageError
from muster.judging.control import RETIRED
from muster.scaffold.options import ScaffoldOptions
from muster.scaffold.pieces import Piece, pieces
from muster.scaffold.target import Target
from muster.scaffold.wanted import FULL, Wanted, want
from tests.conftest import CONTROLS, ROOT

CHECKOUT = Target.at(ROOT)


def wanted(control_id: str, **options: str) -> Wanted:
    return want(CHECKOUT, ScaffoldOptions(control_id, **options), CONTROLS)  # type: ignore[arg-type]  # as they are typed


@pytest.mark.parametrize(
    ("control_id", "options", "said"),
    [
        pytest.param(
            "efs-encrypted", {}, "there is such a control, in .*controls/storage/file_systems.py", id="exists"
        ),
        pytest.param("lamp-on", {}, "retired for good .lamp-lit asks it.: choose another", id="retired"),
        pytest.param("EfsEncrypted", {}, "lower-case words with hyphens", id="upper case"),
        pytest.param("efs", {}, "lower-case words with hyphens", id="one word"),
        pytest.param("efs_x-y", {}, "lower-case words with hyphens", id="underscore"),
        pytest.param("efs-x", {"profile": "regulate"}, 'no such profile; did you mean "regulated"', id="profile"),
        pytest.param("teapot-hot", {}, "--service says which", id="no service"),
        pytest.param(
            "dax-hot-x", {}, "--noun says what it speaks of; nouns of dax: none; it lists Cluster", id="no noun"
        ),
        pytest.param("dax-x", {"noun": "Teapot"}, "dax lists none by one question; .*--one=region", id="not listed"),
        pytest.param("dax-x", {"noun": "teapot"}, "a noun is a class", id="no class"),
        pytest.param("dax-x", {"noun": "FileSystem", "service": "dax"}, "taken by efs", id="noun of another"),
        pytest.param("dax-cluster-x", {}, "--domain says where it belongs: one of compute", id="no domain"),
    ],
)
def test_what_cannot_or_must_not_be_is_refused(
    control_id: str, options: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RETIRED, "lamp-on", "lamp-lit asks it")

    with pytest.raises(UsageError, match=said):
        wanted(control_id, **options)


@pytest.mark.parametrize("topic", [None, "buckets"], ids=["found", "said"])
def test_a_file_that_is_full_is_refused(topic: str | None) -> None:
    full = {f"s3-bucket-{number}": CONTROLS["s3-bucket-kms"] for number in range(FULL)}

    with pytest.raises(UsageError, match=r"buckets\.py has 8 controls, as many as a file may: --topic=NAME"):
        want(CHECKOUT, ScaffoldOptions("s3-bucket-new", topic=topic), full)


@pytest.mark.parametrize(
    ("control_id", "options", "noun", "file"),
    [
        pytest.param("kms-key-kept", {}, "KmsKey", "controls/encryption/keys.py", id="a noun that the id names"),
        pytest.param("rds-x", {"noun": "DbInstance"}, "DbInstance", "controls/database/instances.py", id="noun named"),
        pytest.param("sqs-queue-x", {"domain": "messaging"}, "Queue", "controls/messaging/queues.py", id="a new one"),
        pytest.param(
            "redshift-x", {"noun": "RedshiftCluster", "domain": "new"}, "RedshiftCluster",
            "controls/new/redshift_clusters.py", id="a new domain",
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_is_taken_from_the_catalogue(
    control_id: str, options: dict[str, str], noun: str, file: str
) -> None:
    found = wanted(control_id, **options)

    assert (found.noun_class, found.file) == (noun, Path(file))


NEW: dict[str, dict[str, str]] = {
    "dax-cluster-new": {"domain": "database"},
    "sqs-queue-new": {"domain": "messaging"},
    "ecs-cluster-new": {"domain": "compute"},
    "memorydb-cluster-new": {"domain": "warehouse"},
    "cloudfront-public-key-new": {"domain": "edge"},
    "lambda-layer-new": {"domain": "compute"},
    "kafka-vpc-connection-new": {"domain": "messaging"},
    "acm-certificate-new": {"domain": "encryption"},
    "ec2-serial-console-new": {"noun": "SerialConsole", "one": "region", "domain": "compute"},
    "account-contact-new": {"noun": "Contact", "one": "account", "domain": "governance"},
    "elasticache-replication-group-new": {"domain": "database"},
    "rds-instance-new": {"noun": "DbInstance"},
    "kms-key-new": {},
    "efs-file-system-new": {},
    "iam-instance-profile-new": {"domain": "identity"},
    "attest-something-new": {"noun": "Attestation", "topic": "new"},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[Piece]]]:
    """The pieces of each, formatted, in a folder of their own."""
    made = {}
    for control_id, options in NEW.items():
        folder = tmp_path_factory.mktemp(control_id)
        shutil.copy(ROOT / "pyproject.toml", folder)
        of_this = pieces(CHECKOUT, wanted(control_id, **options))
        for piece in of_this:
            (folder / piece.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / piece.path).write_text(piece.text)
        made[control_id] = folder, of_this
    ruff("check", "--select=I", "--fix", *(folder for folder, _ in made.values()))
    ruff("format", *(folder for folder, _ in made.values()))
    return made


def ruff(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_what_it_writes_passes_the_lint(written: dict[str, tuple[Path, list[Piece]]]) -> None:
    folders = [folder for folder, _ in written.values()]

    assert ruff("check", "--quiet", *folders) == ""


@pytest.mark.parametrize("control_id", NEW)
def test_what_it_writes_says_what_to_fill_in(control_id: str, written: dict[str, tuple[Path, list[Piece]]]) -> None:
    folder, of_this = written[control_id]
    texts = {piece.path: (folder / piece.path).read_text() for piece in of_this}
    control = next(text for path, text in texts.items() if path.parts[0] == "controls" and "@control" in text)

    assert 'raise AssertionError("fill in' in control or "gap is None, gap" in control
    assert "Why: Fill in" in control
    assert all(yaml.safe_load(text) for path, text in texts.items() if path.suffix == ".yaml")


@pytest.mark.parametrize(
    ("control_id", "expected"),
    [
        pytest.param(
            "memorydb-cluster-new",
            [
                'lists=("memorydb:describe_clusters", "Clusters")',
                'arn: str = key("ARN")',
                'name: str = key("Name")',
                "from muster import Resource, key\n",
                "TLSEnabled",
            ],
            id="listed",
        ),
        pytest.param(
            "ecs-cluster-new",
            [
                "    arn: str\n",
                'cls.of(place, {}, arn=each) for each in place.read("ecs:list_clusters")["clusterArns"]',
            ],
            id="a list of ARNs",
        ),
        pytest.param(
            "cloudfront-public-key-new",
            ['lists=("cloudfront:list_public_keys", "PublicKeyList.Items")', 'scope="global"'],
            id="listed within, once",
        ),
        pytest.param(
            "ec2-serial-console-new", ['class SerialConsole(Resource, service="ec2", one="region")'], id="one"
        ),
    ],
)
def test_the_noun_is_of_its_form(
    control_id: str, expected: list[str], written: dict[str, tuple[Path, list[Piece]]]
) -> None:
    folder, of_this = written[control_id]
    noun = (folder / of_this[0].path).read_text()

    assert [text for text in expected if text not in noun] == []


@pytest.mark.parametrize(
    ("control_id", "seeds", "expected"),
    [
        pytest.param(
            "kms-key-new",
            "kms",
            [
                "    # Fill in: make one that breaks it, and what it is that is broken.",
                '    seed.breaks("fill in its ARN", "kms-key-new", region=seed.region)',
            ],
            id="made by hand",
        ),
        pytest.param(
            "efs-file-system-new",
            "efs",
            [
                '    broken_by={"efs-encrypted": {"Encrypted": False}, "efs-policy-not-public": {},'
                ' "efs-file-system-new": {}},',
                '    file_system(seed, "acme-demo-fill-in", "efs-file-system-new")'
                "  # Fill in: its name, and above what breaks it.",
            ],
            id="made by a maker",
        ),
    ],
)
def test_seeds_that_are_there_stay_and_are_told_what_is_broken(
    control_id: str, seeds: str, expected: list[str], written: dict[str, tuple[Path, list[Piece]]]
) -> None:
    folder, _ = written[control_id]
    now, before = ((each / f"fixtures/sandbox/{seeds}.py").read_text().splitlines() for each in (folder, ROOT))

    assert [line for line in now if line not in before] == expected
