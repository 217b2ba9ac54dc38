"""`muster policy`: the IAM policies by which a selection of controls can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.judging.catalogue import import_controls
from muster.judging.closure import operations_of
from muster.permissions.actions import grants_of_role
from muster.permissions.documents import policy_documents
from muster.permissions.facts import permission_facts
from muster.reading.sessions.own_questions import OF_DISCOVERY
from muster.run.kinds import AWS
from muster.run.options import Options, runs_folder, split
from muster.run.selected import select_controls
from muster.suites import Suites


def policies_of(
    root: Path,
    profiles: Sequence[str],
    controls: Sequence[str],
    severity: str | None = None,
    *,
    discovers: bool = False,
) -> list[dict[str, Any]]:
    """The policies for an audit in this folder with these `--profile`, `--control` and `--severity`.

    `discovers` adds what the account that manages the organization is asked by `--discover`.

    Raises `UsageError` where there is no such profile or control, or nothing is asked of AWS.
    """
    suites = Suites.at(root)
    known = import_controls(suites)
    asked = Options(
        profiles=split("--profile", profiles),
        accounts=(),
        controls=split("--control", controls),
        severity=severity,
        estate=root / "estate",
        reports=runs_folder(root),
        replay=None,
        root=root,
        suites=suites,
    )
    chosen = [known[name] for name in select_controls(asked, known).controls]
    if not any(control.kind == AWS.name for control in chosen):
        raise UsageError("these controls ask nothing of AWS: they need no policy of IAM")
    operations = operations_of(chosen) | (OF_DISCOVERY if discovers else frozenset())
    return policy_documents(grants_of_role(operations, permission_facts(suites)))


def write_policies(folder: Path, files: dict[str, str]) -> list[Path]:
    """Write them into a folder. Raises `UsageError`, before anything is written, where more were written earlier."""
    earlier = {path.name for path in folder.glob("audit-role-policy-*.json")} - files.keys()
    if earlier:
        raise UsageError(f"{folder / min(earlier)}: of an earlier selection, which took more: remove it")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]
