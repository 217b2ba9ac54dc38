"""The end of a run on the terminal: one fault in forty accounts is one line, and what could not be read has a cause."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

from muster.reading.archive import FolderArchive
from muster.reading.reads import Answer, ApiError, Call
from muster.verdict import Verdict
from reports.console import console_of
from reports.run import ReportedRun
from reports.session.terminal import print_summary
from tests.reports.formats.samples import row, run_of
from tests.reports.synthetic import Size
from tests.reports.synthetic_record import control_of, control_record

FORTY = [f"account-{number:02}" for number in range(40)]


def printed(folder: Path, rows: Iterable[Verdict], **record: object) -> list[str]:
    """The lines of the summary."""
    return summary_of(run_of(folder, rows, **record))


def summary_of(run: ReportedRun) -> list[str]:
    """The lines of a run's summary."""
    out = io.StringIO()
    reporter = SimpleNamespace(_tw=SimpleNamespace(_file=out, hasmarkup=False, fullwidth=120))
    print_summary(run, console_of(reporter), Path("report.html"))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def worst(lines: list[str]) -> list[str]:
    """Those that name what fails."""
    return [line for line in lines if line.startswith("fail ")]


def test_a_control_that_fails_everywhere_is_one_line(tmp_path: Path) -> None:
    rows = [row("fail", f"arn:aws:s3:::logs-{account}", account=account) for account in FORTY]

    (line,) = worst(printed(tmp_path, rows))

    assert "s3-bucket-encrypted: 40 of 40 accounts  40 resources, first arn:aws:s3:::logs-account-00" in line


def test_accounts_in_which_it_passes_are_counted_too(tmp_path: Path) -> None:
    rows = [row("fail" if account == FORTY[7] else "pass", account=account) for account in FORTY]

    (line,) = worst(printed(tmp_path, rows))

    assert "s3-bucket-encrypted: 1 of 40 accounts  arn:aws:s3:::data (account-07, eu-west-1)" in line


def test_the_ten_worst_are_ten_different_controls(tmp_path: Path) -> None:
    controls = [control_of(number).id for number in range(Size().controls)]
    record = {"controls": {id_: control_record(control_of(number)) for number, id_ in enumerate(controls)}}
    rows = [row("fail", f"arn:aws:s3:::{n}", control=id_) for id_ in controls for n in range(5)]

    lines = printed(tmp_path, rows, **record)

    assert len(worst(lines)) == 10
    assert len({line.split(":")[0] for line in worst(lines)}) == 10
    assert "… and 2 more controls that fail: the page has all of them" in lines


def test_each_account_has_its_figures_those_that_need_somebody_first(tmp_path: Path) -> None:
    rows = [row("pass", account="fine"), row("fail", account="bad"), row("not_run", account="bad")]

    lines = printed(tmp_path, rows)
    at = next(number for number, line in enumerate(lines) if line.startswith("account "))

    assert [line.split() for line in lines[at + 1 : at + 3]] == [
        ["bad", "0", "1", "0", "0", "0", "1"],
        ["fine", "1", "0", "0", "0", "0", "0"],
    ]


def test_of_many_accounts_the_last_are_counted_and_not_listed(tmp_path: Path) -> None:
    lines = printed(tmp_path, [row("pass", account=account) for account in FORTY])

    assert "… and 20 more accounts: the page has all of them" in lines


def test_one_account_alone_needs_no_table_of_accounts(tmp_path: Path) -> None:
    assert not any(line.startswith("account ") for line in printed(tmp_path, [row("pass")]))


def test_errors_of_one_cause_are_one_line_with_the_permission_that_was_missing(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path / "answers")
    rows = []
    for account in FORTY:
        call = Call(account, "eu-west-1", "s3", "get_bucket_encryption", {"Bucket": f"logs-{account}"})
        refused = archive.fetch(call, lambda: Answer(error=ApiError("AccessDenied", "no")))
        reason = f"could not be read: {call.name} in eu-west-1: AccessDenied: no"
        rows.append(row("error", account=account, reason=reason, reads=(refused.sha256,)))
    permissions = {"s3:get_bucket_encryption": "s3:GetEncryptionConfiguration"}
    run = run_of(tmp_path, rows, permissions=permissions)
    shutil.copytree(tmp_path / "answers", run.folder.path / "reads", dirs_exist_ok=True)

    lines = summary_of(run)

    assert (
        "error s3:get_bucket_encryption: AccessDenied (missing: s3:GetEncryptionConfiguration): 1 control in"
        " 40 of 40 accounts"
    ) in lines


def test_accounts_that_could_not_be_entered_for_one_cause_are_one_line(tmp_path: Path) -> None:
    cause = "sts:get_caller_identity in us-east-1: NoCredentialsError: Unable to locate credentials"
    reasons = {account: f"the account {account} could not be entered: {cause}" for account in FORTY}
    rows = [row("error", account=account, reason=reason) for account, reason in reasons.items()]

    lines = printed(tmp_path, rows, unreachable=reasons)

    (told,) = [line for line in lines if "NoCredentialsError" in line]
    assert told.startswith(f"! 40 accounts could not be entered: {cause} (account-00, account-01, ")
    assert told.endswith("account-19, …)")


def test_each_cause_for_which_accounts_could_not_be_entered_is_a_line(tmp_path: Path) -> None:
    reasons = {
        account: f"the account {account} could not be entered: {cause}"
        for account, cause in {"prod": "AccessDenied", "stage": "no such role", "test": "AccessDenied"}.items()
    }

    lines = printed(tmp_path, [row("pass")], unreachable=reasons)

    assert [line for line in lines if "could not be entered" in line] == [
        "! 2 accounts could not be entered: AccessDenied (prod, test)",
        "! 1 account could not be entered: no such role (stage)",
    ]
