"""Options: what may be asked, how it is split, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from muster.errors import UsageError
from muster.plugin.options import NEVER_EMPTY, read_options
from muster.run.options import Options, refuse_unwritable, split
from muster.run.resume import HOURS
from muster.selection.chosen import at_least, matching_controls

CONTROLS = ("iam-root-mfa", "iam-user-mfa", "s3-bucket-versioned")


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ([], ()),
        (["a"], ("a",)),
        (["a,b", "c"], ("a", "b", "c")),
        ([" a , b "], ("a", "b")),
        (["a", "b,a"], ("a", "b")),
    ],
)
def test_values_may_be_repeated_or_separated_by_commas(values: list[str], parts: tuple[str, ...]) -> None:
    assert split("--account", values) == parts


@pytest.mark.parametrize("values", [[""], [" "], [","], ["a,"], ["a,,b"], ["a", ""]], ids=repr)
def test_a_value_that_is_empty_is_no_way_to_ask_for_the_default(values: list[str]) -> None:
    with pytest.raises(UsageError, match=r"^--account=.*: empty: name something, or leave the option out$"):
        split("--account", values)


@pytest.mark.parametrize(
    ("patterns", "matches"),
    [
        (["iam-root-mfa"], ["iam-root-mfa"]),
        (["iam-*"], ["iam-root-mfa", "iam-user-mfa"]),
        (["*-mfa", "s3-*"], ["iam-root-mfa", "iam-user-mfa", "s3-bucket-versioned"]),
        (["s3-bucket-versioned", "*"], ["s3-bucket-versioned", "iam-root-mfa", "iam-user-mfa"]),
        (["iam-[ru]*"], ["iam-root-mfa", "iam-user-mfa"]),
    ],
)
def test_controls_are_named_by_patterns(patterns: list[str], matches: list[str]) -> None:
    assert matching_controls(patterns, CONTROLS) == matches


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("iam-root-mfaa", 'did you mean "iam-root-mfa"?'),
        ("IAM-ROOT-MFA", "known: iam-root-mfa, iam-user-mfa, s3-bucket-versioned"),
        ("zzz*", "known: iam-root-mfa, iam-user-mfa, s3-bucket-versioned"),
    ],
)
def test_a_pattern_that_names_none_is_an_error_beside_others_that_do(pattern: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        matching_controls(["iam-*", pattern], CONTROLS)
    assert str(raised.value) == f"--control={pattern}: no such control; {said} (--list-controls shows all)"


@pytest.mark.parametrize(
    ("severity", "kept"),
    [
        (None, ["critical", "high", "medium", "low"]),
        ("low", ["critical", "high", "medium", "low"]),
        ("medium", ["critical", "high", "medium"]),
        ("high", ["critical", "high"]),
        ("critical", ["critical"]),
    ],
)
def test_severity_means_this_and_above(severity: str | None, kept: list[str]) -> None:
    controls: list[Any] = [SimpleNamespace(severity=name) for name in ("critical", "high", "medium", "low")]
    assert [control.severity for control in controls if at_least(severity, control)] == kept


def given(root: Path, **options: Any) -> Options:
    """What pytest was given, read."""
    nothing: dict[str, Any] = {
        "profile": [],
        "account": [],
        "control": [],
        "severity": None,
        "estate": "estate",
        "reports": None,
        "public_key": None,
        "resume_hours": HOURS,
    }
    asked = {**nothing, "replay": None, **options}
    config: Any = SimpleNamespace(rootpath=root, getoption=lambda name, default=None: asked.get(name, default))
    return read_options(config)


def test_nothing_said_leaves_the_defaults(tmp_path: Path) -> None:
    options = given(tmp_path)
    assert (options.profiles, options.accounts, options.controls, options.severity) == ((), (), (), None)
    assert (options.reports, options.latest) == (tmp_path / "reports" / "runs", tmp_path / "reports" / "latest")


def test_reports_elsewhere_have_their_newest_beside_them(tmp_path: Path) -> None:
    options = given(tmp_path, reports=str(tmp_path / "kept"))
    assert (options.reports, options.latest) == (tmp_path / "kept", tmp_path / "kept" / "latest")


@pytest.mark.parametrize("other", [{"profile": ["baseline"]}, {"account": ["prod"]}], ids=["profile", "account"])
def test_a_replay_takes_its_profile_and_accounts_from_the_run(tmp_path: Path, other: dict[str, Any]) -> None:
    (tmp_path / "run.json").touch()
    assert given(tmp_path, replay=str(tmp_path)).replay == tmp_path
    with pytest.raises(UsageError, match="leave --profile, --account and --discover out"):
        given(tmp_path, replay=str(tmp_path), **other)


@pytest.mark.parametrize("option", ["resume", "unchanged_since"])
def test_a_replay_asks_nobody_anything(tmp_path: Path, option: str) -> None:
    (tmp_path / "run.json").touch()
    with pytest.raises(UsageError, match="--replay asks nobody"):
        given(tmp_path, replay=str(tmp_path), **{option: "runs/1"})


@pytest.mark.parametrize(("budget", "waits"), [(None, True), ("wait", True), ("fail", False)])
def test_a_limit_is_waited_for_unless_it_is_to_fail(tmp_path: Path, budget: str | None, waits: bool) -> None:
    assert given(tmp_path, budget=budget).waits is waits


def test_a_public_key_goes_with_a_replay(tmp_path: Path) -> None:
    (tmp_path / "run.json").touch()
    assert given(tmp_path, replay=str(tmp_path), public_key="key.pem").public_key == Path("key.pem")
    with pytest.raises(UsageError, match="--public-key names the key of a recorded run: it goes with --replay"):
        given(tmp_path, public_key="key.pem")


@pytest.mark.parametrize(("option", "name"), NEVER_EMPTY.items(), ids=NEVER_EMPTY)
def test_an_option_that_was_given_and_says_nothing_is_refused(tmp_path: Path, option: str, name: str) -> None:
    with pytest.raises(UsageError, match=f"^{option}=: empty"):
        given(tmp_path, **{name: ""})


@pytest.mark.parametrize("address", ["s3://bucket/runs", "gs://b", "https://example.com/runs", "file:///tmp/runs"])
def test_reports_go_to_a_folder_and_not_to_an_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match=f"^--reports={address}: a folder of this machine is expected"):
        given(tmp_path, reports=address)


@pytest.mark.parametrize("path", ["file/report.html", "/proc/report.html", "folder"])
def test_a_report_that_could_not_be_written_is_refused_before_the_run(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"^--html=.*: cannot be written: "):
        refuse_unwritable("--html", tmp_path / path)


def test_trying_a_report_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text("old")
    refuse_unwritable("--html", tmp_path / "old.html")
    refuse_unwritable("--html", tmp_path / "new" / "new.html")
    assert (tmp_path / "old.html").read_text() == "old"
    assert not (tmp_path / "new" / "new.html").exists()


def test_a_replay_needs_a_run_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no run folder \(there is no run.json in it\)"):
        given(tmp_path, replay=str(tmp_path))
