"""What an audit holds in memory: an account is gone with its last control, and of an item stays next to nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runs.audits import Audits

# A plugin that says, when all was judged and before anybody collects garbage, which accounts are still there. Then it
# says what, since collection, names an item of the first of them, and what an item refers to that no other refers to.
WITNESS = """
import gc
import json
import os
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
    parts = [part for item in getattr(session, "items", ()) for part in gc.get_referents(item)]
    holders = Counter(map(id, parts))
    own = [part for part in parts if holders[id(part)] == 1]
    told = {
        "accounts": accounts,
        "naming": Counter(type(each).__name__ for each in naming),
        "own": Counter(type(each).__name__ for each in own),
    }
    process = getattr(session.config, "workerinput", {}).get("workerid", "conductor")
    with open(f"{os.environ['WITNESS']}/{process}.json", "w") as file:
        json.dump(told, file)
"""


@pytest.fixture
def three(audits: Audits, tmp_path: Path) -> Audits:
    """Audits of three accounts, which the witness watches."""
    (tmp_path / "witness.py").write_text(WITNESS)
    estate = audits.estate / "accounts.yaml"
    demo = estate.read_text().partition("  demo-github:")[0]
    entry = demo.partition("  demo:\n")[2].partition("    roles:")[0]
    estate.write_text("accounts:\n" + "".join(f"  demo-{number}:\n{entry}" for number in range(3)))
    return audits


def witnessed(audits: Audits, folder: Path, *arguments: str) -> dict[str, Any]:
    """What the witness says of each process of an audit."""
    environment = {"PYTHONPATH": str(folder), "WITNESS": str(folder)}
    outcome = audits("--profile=baseline", "--account=all", "-p", "witness", *arguments, environment=environment)
    assert {row.account for row in outcome.rows} == {"demo-0", "demo-1", "demo-2"}, outcome.output
    assert {"fail", "pass"} <= {row.status for row in outcome.rows}
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


@pytest.mark.parametrize(
    ("judging", "arguments"),
    [pytest.param("conductor", (), id="one process"), pytest.param("gw0", ("-n", "1"), id="a worker")],
)
def test_of_accounts_that_are_judged_nothing_stays_but_ids_of_items(
    three: Audits, tmp_path: Path, judging: str, arguments: tuple[str, ...]
) -> None:
    told = witnessed(three, tmp_path, *arguments)

    assert not [name for name in told[judging]["accounts"] if name != "estate"]
    assert told[judging]["own"] == {"NodeId": 84}
    # A report, a tuple or an entry of a dict for each item of an account would be 28 of them.
    for each in told.values():
        # For --lf pytest keeps the id of each item that failed.
        assert sum(each["naming"].values()) - each["naming"].get("NodeId", 0) < 10
