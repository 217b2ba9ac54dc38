"""What an audit holds in memory: an account is gone with its last control."""

from __future__ import annotations

from pathlib import Path

from tests.runs.audits import Audits

# A plugin that says, when all was judged and before anybody collects garbage, which accounts are still there.
WITNESS = """
import gc
import pytest
from muster.judging.account import Account

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    names = sorted(each.name for each in gc.get_objects() if type(each) is Account)
    print(f"still there: {names}")
    gc.collect()
    reports = sum(isinstance(each, pytest.TestReport) for each in gc.get_objects())
    print(f"held: {reports // len(session.items)} report an item")
"""


def test_accounts_are_let_go_one_after_the_other(audits: Audits, tmp_path: Path) -> None:
    (tmp_path / "witness.py").write_text(WITNESS)
    estate = audits.estate / "accounts.yaml"
    demo = estate.read_text().partition("  demo-github:")[0]
    entry = demo.partition("  demo:\n")[2].partition("    roles:")[0]
    estate.write_text("accounts:\n" + "".join(f"  demo-{number}:\n{entry}" for number in range(3)))
    outcome = audits(
        "--profile=baseline", "--account=all", "-s", "-p", "witness", environment={"PYTHONPATH": str(tmp_path)}
    )

    assert {row.account for row in outcome.rows} == {"demo-0", "demo-1", "demo-2"}, outcome.output
    assert "fail" in {row.status for row in outcome.rows}
    assert "still there: ['estate']" in outcome.output
    # Pytest's summary asks how each ended, and not for its set-up and tear-down; the documents are on disk.
    assert "held: 1 report an item" in outcome.output
