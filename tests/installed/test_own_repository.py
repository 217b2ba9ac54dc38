"""docs/your-own-repository.md is carried out, step by step, in a repository that holds nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs.page import Page
from tests.installed.conftest import Installed

PAGE = Page("your-own-repository.md")
OF_A_NEW_SERVICE = ("fixtures/dax.py", "controls/database/dax_clusters.py", "fixtures/sandbox/dax.py")
OWN = ["dax-cluster-encrypted", "sqs-queue-named-by-team"]
NEW, PROVE, AUDIT, REPLAY, VERIFY = PAGE.commands[-5:]


@dataclass(frozen=True)
class Repository:
    """The repository of the page, committed, what its commands said, and the pieces of the new control at first."""

    folder: Path
    installed: Installed
    begun: dict[str, str]
    proved: subprocess.CompletedProcess[str]
    audited: subprocess.CompletedProcess[str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return self.installed.run(command, self.folder)

    @property
    def record(self) -> dict[str, Any]:
        """What the audit says of itself."""
        found: dict[str, Any] = json.loads((self.latest / "run.json").read_text())
        return found

    @property
    def latest(self) -> Path:
        return min((self.folder / "reports" / "runs").glob("2*"))


@pytest.fixture(scope="module")
def repository(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("acme")
    write(folder, PAGE.files("yaml", "python"))
    new = installed.run(NEW, folder)
    assert new.returncode == 0, new.stdout + new.stderr
    begun = {name: (folder / name).read_text() for name in OF_A_NEW_SERVICE}
    filled_in = Page("writing-a-control.md").files("python")
    write(folder, {name: filled_in[name] for name in OF_A_NEW_SERVICE})
    commit(folder)
    proved = installed.run(PROVE, folder)
    return Repository(folder, installed, begun, proved, installed.run(AUDIT, folder))


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(folder: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=The repository"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)


# The documented key of a noun of its own, and one that takes a missing key for good.
READ, GUESSED = 'key("SSEDescription.Status")', 'key("SSEDescription?.Status?", absent="ENABLED")'
LEFT_OUT = """\
left_out:
  dax:describe_clusters:
    Clusters[].SSEDescription: https://example.com/absent
    Clusters[].NotificationConfiguration: https://example.com/absent
"""


def statuses(repository: Repository, control: str) -> dict[str, set[str]]:
    rows = [json.loads(line) for line in (repository.latest / "verdicts.jsonl").read_text().splitlines()]
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["control"] == control:
            found.setdefault(row["account"], set()).add(row["status"])
    return found


def test_a_new_control_is_begun_in_the_repository(repository: Repository) -> None:
    noun, control, seeds = (repository.begun[name] for name in OF_A_NEW_SERVICE)

    assert 'class DaxCluster(Resource, lists=("dax:describe_clusters", "Clusters")):' in noun
    assert "from fixtures.dax import DaxCluster" in control
    assert '"dax:create_cluster",' in seeds
    assert (repository.folder / "profiles/acme.yaml").read_text().count("dax-cluster-encrypted") == 1


def test_its_controls_are_proved_and_that_is_written_down(repository: Repository) -> None:
    assert repository.proved.returncode == 0, repository.proved.stdout + repository.proved.stderr
    assert "2 of 2 proved" in repository.proved.stdout
    assert sorted(json.loads((repository.folder / "controls/proved.json").read_text())) == OWN


def test_a_control_that_takes_half_an_answer_for_good_is_not_proved(repository: Repository, tmp_path: Path) -> None:
    copy = shutil.copytree(repository.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("reports", ".git"))
    noun = copy / "fixtures/dax.py"
    assert READ in noun.read_text()
    noun.write_text(noun.read_text().replace(READ, GUESSED))
    (copy / "fixtures/left-out.yaml").write_text(LEFT_OUT)
    done = repository.installed.run(PROVE, copy)

    assert done.returncode == 1
    assert "1 of 2 proved" in done.stdout
    assert "dax:describe_clusters in eu-west-1: Clusters[].SSEDescription.Status gone: arn:aws:dax:" in done.stdout
    assert "Clusters[].SSEDescription gone" not in done.stdout, "the table of the repository names it"
    assert "dax:describe_clusters: nothing needs Clusters[].NotificationConfiguration any more" in done.stdout
    assert list(json.loads((copy / "controls/proved.json").read_text())) == ["sqs-queue-named-by-team"]


def test_its_profile_asks_the_shipped_controls_and_its_own(repository: Repository) -> None:
    assert repository.audited.returncode == 1, repository.audited.stdout + repository.audited.stderr
    assert {*OWN, "s3-bucket-tls-only"} <= set(repository.record["controls"])
    assert repository.record["controls"]["iam-user-key-age"]["parameters"] == {"max_key_age_days": 30}


@pytest.mark.parametrize("own", OWN)
def test_its_controls_pass_and_fail_where_they_should(repository: Repository, own: str) -> None:
    found = statuses(repository, own)

    assert found["model"] == {"pass"}
    assert found["demo"] == {"pass", "fail"}


def test_evidence_tells_its_controls_and_commits(repository: Repository) -> None:
    record = repository.record
    own = {name: control for name, control in record["controls"].items() if control["own"]}

    assert sorted(own) == OWN
    assert all(control["proved"] for control in own.values())
    assert own["sqs-queue-named-by-team"]["file"] == "controls/messaging/names.py"
    assert record["own_git"]["commit"] == record["estate_git"]["commit"] != record["git"]["commit"]


def test_the_run_is_judged_again_and_verified_from_there(repository: Repository) -> None:
    replayed, verified = repository.run(REPLAY), repository.run(VERIFY)

    assert replayed.returncode == 1, replayed.stdout + replayed.stderr
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize(
    ("pointed", "judged"),
    [("controls/messaging/names.py", "1 control"), ("controls/storage/buckets.py::test_s3_bucket_versioned", "1 of")],
)
def test_files_of_both_suites_are_judged_by_their_names(repository: Repository, pointed: str, judged: str) -> None:
    done = repository.run(f"pytest {pointed} -n 1")

    assert judged in done.stdout, done.stdout + done.stderr


def test_both_are_listed(repository: Repository) -> None:
    done = repository.run("pytest --list-controls --profile=acme --format=json")

    assert {*OWN, "s3-bucket-tls-only"} <= {each["id"] for each in json.loads(done.stdout)}


def test_tests_of_its_own_have_the_package_that_the_name_belongs_to(repository: Repository) -> None:
    tests = repository.folder / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "test_own.py").write_text("import fixtures\n\ndef test_it(): assert fixtures.OWNER == 'somebody else'\n")

    assert repository.run("pytest tests -q -p no:cacheprovider").returncode == 0


def test_a_file_that_would_hide_a_shipped_one_is_refused(repository: Repository, tmp_path: Path) -> None:
    for name in ("controls/storage/buckets.py", "estate/accounts.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((repository.folder / "estate/accounts.yaml").read_text())
    done = repository.installed.run("pytest --account=demo", tmp_path)

    assert done.returncode == 4
    assert re.search(r"controls/storage/buckets\.py: the shipped suite has a file of this name", done.stderr)
