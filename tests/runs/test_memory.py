"""What an audit holds in memory: an account is gone with its last control, and of an item stays next to nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.runs.audits import Audits

# A plugin that says, when all was judged and before anybody collects garbage, which accounts are still there. Then it
# says what, since collection, names an item of the first of them, and what an item refers to that no other refers to.
WITNESS = """
import gc
import json
from collections import Counter
import pytest
from muster.judging.account import Account

def names_an_item(part):
    return type(part) is str and (part.endswith("[demo-0]") or part == "demo-0")

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    accounts = sorted(each.name for each in gc.get_objects() if type(each) is Account)
    gc.collect()
    naming = [each for each in gc.get_objects() if any(map(names_an_item, gc.get_referents(each)))]
    parts = [part for item in session.items for part in gc.get_referents(item)]
    holders = Counter(map(id, parts))
    own = [part for part in parts if holders[id(part)] == 1]
    told = {
        "accounts": accounts,
        "items": len(session.items),
        "naming": Counter(type(each).__name__ for each in naming),
        "own": Counter(type(each).__name__ for each in own),
    }
    print("\\nwitness:", json.dumps(told))
"""


def test_of_accounts_that_are_judged_nothing_stays_but_names_of_items(audits: Audits, tmp_path: Path) -> None:
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
    told = json.loads(outcome.output.partition("witness: ")[2].partition("\n")[0])
    assert told["accounts"] == ["estate"]
    # A report, a tuple or an entry of a dict for each item would be 28 of them: those who hold the account are few.
    assert sum(told["naming"].values()) < told["items"] / 3 / 2
    assert told["own"] == {"str": told["items"], "NodeId": told["items"]}
