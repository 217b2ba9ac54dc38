"""Fleets that nobody judged, of any size, for what is made of `fleet.json` alone."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from muster.evidence.fleet_folder import FleetFolder, write_fleet_manifest
from muster.evidence.fleet_record import LETTERS
from muster.verdict import SEVERITIES, STATUSES

DOMAINS = ("identity", "network", "storage", "logging", "compute", "databases")
HOSTILE = '</script><img src=x onerror="alert(1)">\u202e'


def make_fleet(
    parent: Path, accounts: int, controls: int, *, night: int = 0, name: str = "account-{:05}", seed: int = 7
) -> Path:
    """The folder of a fleet; from night to night a few cells change."""
    chance, later = random.Random(seed), random.Random(seed + night)
    fleet = parent / f"202611{10 + night}T021700Z-baseline-{accounts}-accounts"
    letters = ["p"] * 60 + ["n"] * 25 + ["f"] * 10 + ["w"] * 3 + ["e"] * 2
    entries = {}
    for number in range(accounts):
        cells = [chance.choice(letters) for _ in range(controls)]
        for _ in range(night and 2):
            cells[later.randrange(controls)] = later.choice("pf")
        entries[name.format(number)] = _account(number, "".join(cells))
    folder = FleetFolder(fleet)
    fleet.mkdir(parents=True)
    folder.create({})
    folder.write(_record(fleet.name, entries, controls))
    return fleet


def seal(fleet: Path) -> None:
    """Write its manifest, without which no later fleet is compared with it."""
    write_fleet_manifest(FleetFolder(fleet))


def _account(number: int, cells: str) -> dict[str, Any]:
    is_judged = number % 400 != 399
    counts = {status: 3 * cells.count(LETTERS[status]) for status in STATUSES}
    return {
        "id": f"{100_000_000_000 + number}",
        "kind": "aws",
        "unit": f"/workloads/{('prod', 'test', 'sandbox')[number % 3]}",
        "tags": {"team": f"team-{number % 12}", "env": ("prod", "test")[number % 2]},
        "mocked": True,
        "ended": "judged" if is_judged else "not_entered",
        "reason": None if is_judged else f"AccessDenied: nobody may assume that role {HOSTILE}",
        "run": f"20261110T021700Z-baseline-{number}",
        "manifest_sha256": f"{number:064x}",
        "counts": counts,
        "cells": cells if is_judged else "e" * len(cells),
    }


def _record(name: str, accounts: dict[str, Any], controls: int) -> dict[str, Any]:
    totals = {status: sum(account["counts"][status] for account in accounts.values()) for status in STATUSES}
    made: dict[str, Any] = json.loads(
        json.dumps(
            {
                "fleet": name,
                "profiles": ["baseline"],
                "started": "2026-11-10T02:17:00Z",
                "ended": "2026-11-10T03:05:00Z",
                "exit_code": 1,
                "mocked": True,
                "counts": totals,
                "problems": [{"kind": "waiver_unmatched", "text": f"waiver W-1 matches no resource {HOSTILE}"}],
                "controls": {
                    f"control-{number:03}": {
                        "title": f"Things of kind {number} are as they should be {HOSTILE}",
                        "severity": SEVERITIES[number % len(SEVERITIES)],
                        "domain": DOMAINS[number % len(DOMAINS)],
                        "kind": "aws",
                    }
                    for number in range(controls)
                },
                "accounts": accounts,
            }
        )
    )
    return made
