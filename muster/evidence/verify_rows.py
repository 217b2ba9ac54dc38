"""Whether the rows of a run are whole, its own, resting on answers that are there, and as many as were to be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from muster.errors import BadEvidence
from muster.evidence.plain_files import lines_of, open_plain
from muster.evidence.record import RunRecord
from muster.evidence.verification import Verification
from muster.printable import counted
from muster.verdict import STATUSES, Status, Verdict

ROWS = "verdicts.jsonl"
RECORD = "run.json"
# Of one kind of mistake, so many are named and the others counted.
MOST_NAMED = 20


@dataclass
class _Rows:
    """What one pass over the rows tells; `resting_on` gives, for each answer that is not there, a line naming it."""

    counts: Counter[Status] = field(default_factory=Counter)
    torn: int = 0
    of_other_runs: int = 0
    resting_on: dict[str, int] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)


def check_rows(result: Verification) -> None:
    """Read `run.json` and the rows, and compare them."""
    try:
        result.record = RunRecord.read(result.folder)
    except FileNotFoundError:
        result.found("lost", RECORD, "without it there is no evidence")
    except BadEvidence as error:
        result.found("torn", RECORD, f"it is no whole record of a run: {str(error).removeprefix(f'{RECORD}: ')}")
    record = result.record
    run = result.manifest.run if result.manifest else record.run if record else None
    try:
        rows = _read(result, run)
    except FileNotFoundError:
        result.found("lost", ROWS, "without it there is no evidence")
        return
    except BadEvidence:
        return  # that it is no plain file is said where the manifest names it
    for sha256, number in rows.resting_on.items():
        result.found("lost", f"reads/{sha256}.json", f"line {number} of {ROWS} rests on it")
    if rows.of_other_runs:
        result.found("foreign", ROWS, f"{rows.of_other_runs:,} of its rows are of another run")
    if record is not None:
        if record.run != run:
            result.found("foreign", RECORD, f"it is of the run {record.run}")
        _compare_record(result, record)
        _compare_counts(result, record, rows)
        _compare_pairs(result, record, rows)


def _read(result: Verification, run: str | None) -> _Rows:
    kept = {name.removeprefix("reads/").removesuffix(".json") for name in result.answers}
    rows = _Rows()
    with open_plain(result.folder, ROWS) as handle:
        for number, line in enumerate(lines_of(handle), start=1):
            if not line.strip():
                continue
            try:
                row = Verdict.from_line(line)
            except ValueError:
                rows.torn += 1
                continue
            rows.counts[row.status] += 1
            rows.of_other_runs += row.run != run
            rows.pairs.add((row.control, row.account))
            for sha256 in set(row.reads) - kept:
                rows.resting_on.setdefault(sha256, number)
    return rows


def _compare_record(result: Verification, record: RunRecord) -> None:
    mocked = [account.name for account in record.accounts if account.mocked]
    if bool(mocked) != record.mocked:
        said = f"mocked: {str(record.mocked).lower()}"
        result.found("changed", RECORD, f"it says {said}, and of its accounts: {', '.join(mocked) or 'none'}")
    if record.part is not None:
        part = record.part
        left_by = ", ".join(part.by) or "something that pytest does not name"
        result.notes.append(
            f"it is a part: {part.judged:,} of {counted(part.asked, 'control')} in their accounts; {left_by}"
        )
    if record.replay_of is not None:
        result.notes.append(f"no account was asked in this run, it is a replay: of {record.replay_of}")
    if mocked:
        result.notes.append(note_of_mocked(mocked))


def note_of_mocked(accounts: Sequence[str]) -> str:
    """What is to be known of a folder whose hashes all hold, and in which these accounts are not real."""
    more = f" and {len(accounts) - MOST_NAMED:,} more" if len(accounts) > MOST_NAMED else ""
    return f"it judged mocked accounts ({', '.join(accounts[:MOST_NAMED])}{more}): it is no evidence of real ones"


def _compare_counts(result: Verification, record: RunRecord, rows: _Rows) -> None:
    if record.ended is None:
        result.found("unfinished", RECORD, "the run has not ended: it was stopped, and its counts were never written")
        return
    if rows.torn != record.torn_lines:
        said = record.torn_lines
        result.found("torn", ROWS, f"{rows.torn} of its lines are no whole rows; at the end of the run: {said}")
    elif rows.torn:
        result.notes.append(f"{rows.torn} lines of {ROWS} were torn by the end of the run already")
    counts = {status: rows.counts[status] for status in STATUSES}
    if counts != record.counts:
        differing = [status for status in STATUSES if counts[status] != (record.counts or {}).get(status)]
        told = ", ".join(f"{counts[status]:,} {status}" for status in differing) or "no other statuses"
        result.found("changed", RECORD, f"its counts are not those of {ROWS}, which has {told}")


def _compare_pairs(result: Verification, record: RunRecord, rows: _Rows) -> None:
    """Each control that was selected must have a row in each account of its kind, and no other may have one."""
    selected = set(record.selected())
    missing, unasked = sorted(selected - rows.pairs), sorted(rows.pairs - selected)
    for control, account in missing[:MOST_NAMED]:
        result.found("lost", ROWS, f"control {control} has no row in account {account}")
    if len(missing) > MOST_NAMED:
        result.found("lost", ROWS, f"{len(missing) - MOST_NAMED:,} more pairs of control and account have no row")
    for control, account in unasked[:MOST_NAMED]:
        result.found("foreign", ROWS, f"it has rows of control {control} in account {account}, which was not selected")
    if len(unasked) > MOST_NAMED:
        result.found("foreign", ROWS, f"{len(unasked) - MOST_NAMED:,} more pairs that were not selected have rows")
