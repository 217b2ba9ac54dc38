"""Planning a run: from the options and files to the plan, before anything is asked of anybody."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry, AwsAccountEntry, select_accounts
from muster.estate.declarations import Facts, Waiver
from muster.estate.files import Estate
from muster.evidence.run_folder import RunFolder
from muster.judging.control import Control
from muster.reading.access import Access, the_estate
from muster.reading.redaction import redaction_key
from muster.reading.sessions.hosts import host_of, is_mocked
from muster.run.options import DEFAULT_ACCOUNT, DEFAULT_PROFILE, Options
from muster.run.part import Pair
from muster.run.plan import Plan
from muster.run.sandbox import Sandbox
from muster.selection.chosen import at_least, matching_controls
from muster.selection.profiles import Selection, load_profiles


class Planner:
    """Makes the plan of one run.

    Raises `UsageError` (with one line for the user) for whatever in the options or files cannot be carried out.
    """

    def __init__(self, options: Options, controls: Mapping[str, Control]) -> None:
        self._options = options
        self._controls = controls
        self._started = datetime.now(UTC).replace(microsecond=0)
        self._recorded = RunFolder(options.replay).read_run() if options.replay else None
        self.selection = select_controls(options, controls, self._recorded)
        today = self._started.date()
        self._estate = Estate.load(options.estate, controls, today) if self._recorded is None else None
        self._entries = [] if self._estate is None else _entries(self._estate, options.accounts)
        self.sandbox: Sandbox | None = None
        self._missing = self._missing_kinds(controls)
        # Nothing has been made as long as nobody has claimed a folder: a listing of what would be judged needs none.
        self.folder: RunFolder | None = None

    @property
    def asked(self) -> set[Pair]:
        """Every pair of control and account that the options and the estate ask for, whatever pytest makes of it."""
        return {
            (name, account)
            for name in self.selection.controls
            for account, kind in self.account_names.items()
            if kind == self._controls[name].kind
        }

    def claim(self) -> RunFolder:
        """Make the folder of the run, under a name that no other run has."""
        self.folder = RunFolder.claim(self._options.reports, self._wanted_name())
        return self.folder

    @property
    def account_names(self) -> dict[str, str]:
        """The names of the accounts asked, the estate among them, and their kinds: what collection needs to know."""
        if self._recorded is not None:
            return {access["name"]: access["kind"] for access in self._recorded["accounts"]}
        others = (the_estate(), *self._missing)
        return {entry.name: entry.kind for entry in self._entries} | {access.name: access.kind for access in others}

    @property
    def is_mocked(self) -> bool:
        """Whether a sandbox is asked for."""
        return any(entry.sandbox for entry in self._entries)

    @property
    def frameworks(self) -> dict[str, Any]:
        """Every framework there is, as the run folder keeps it: requirements, and the controls that cover them."""
        if self._recorded is not None:
            return dict(self._recorded["frameworks"])
        return {
            name: {
                "title": framework.title,
                "requirements": {
                    number: {
                        "title": asked.title,
                        "level": asked.level,
                        "not_judged": asked.not_judged,
                        "controls": list(asked.controls),
                    }
                    for number, asked in framework.requirements.items()
                },
            }
            for name, framework in load_profiles(self._options.root / "profiles").frameworks.items()
        }

    def start_sandbox(self) -> None:
        """Start the sandbox, if one is asked for; it gets ready while pytest collects."""
        names = dict.fromkeys(entry.sandbox for entry in self._entries if entry.sandbox)
        if names:
            self.sandbox = Sandbox(list(names), self._options.root)

    def plan(self) -> Plan:
        """The plan; waits for the sandbox."""
        folder = self.folder or self.claim()
        common: dict[str, Any] = {
            "run": folder.path.name,
            "folder": folder.path,
            "started": self._started,
            "controls": self.selection.controls,
        }
        if self._recorded is not None:
            return _planned_again(self._recorded, self._options.replay, common)
        assert self._estate is not None
        accounts = [access_of(entry, self._sandbox_accounts()) for entry in self._entries]
        return Plan(
            **common,
            as_of=self._started,
            profiles=self._profiles(),
            accounts=(*accounts, the_estate(), *self._missing),
            facts=self._estate.facts,
            waivers=self._estate.waivers,
            attestations=tuple(entry.model_dump(mode="json") for entry in self._estate.attestations),
            redaction_key=redaction_key(os.environ),
            uncovered=self.selection.uncovered,
        )

    def _missing_kinds(self, controls: Mapping[str, Control]) -> list[Access]:
        """Stand-ins for the kinds of account that selected controls need and nobody asked for.

        Their controls must not go unsaid: not run where the estate has such an account, not applicable where not.
        """
        if self._estate is None:
            return []
        asked = {entry.kind for entry in self._entries} | {"estate"}
        needed = {controls[name].kind for name in self.selection.controls}
        return [absent_account(kind, self._estate) for kind in sorted(needed - asked)]

    def _profiles(self) -> tuple[str, ...]:
        if self._recorded is not None:
            return tuple(self._recorded["profiles"])
        return asked_profiles(self._options)

    def _sandbox_accounts(self) -> Mapping[str, Any]:
        return self.sandbox.ready() if self.sandbox is not None else {}

    def _wanted_name(self) -> str:
        stand_ins = {access.name for access in (the_estate(), *self._missing)}
        names = [name for name in self.account_names if name not in stand_ins]
        what = "+".join(self._profiles()) or "controls"
        who = "+".join(names) if len(names) <= 3 else f"{len(names)}-accounts"
        return f"{self._started:%Y%m%dT%H%M%SZ}-{what}-{who}" + ("-replay" if self._recorded else "")


def asked_profiles(options: Options) -> tuple[str, ...]:
    """The profiles to judge by; none where controls were named and no profile was."""
    return options.profiles or (() if options.controls else (DEFAULT_PROFILE,))


def select_controls(
    options: Options, controls: Mapping[str, Control], recorded: Mapping[str, Any] | None = None
) -> Selection:
    """The controls of the run with their effective parameters."""
    if recorded is not None:
        selection = Selection(_recorded_controls(recorded, controls), (), {})
    elif profiles := asked_profiles(options):
        selection = load_profiles(options.root / "profiles").resolve(profiles, controls)
    else:
        selection = Selection({name: {} for name in controls}, (), {})
    wanted = matching_controls(options.controls, selection.controls) if options.controls else selection.controls
    effective = {
        name: {**controls[name].parameters, **selection.controls[name]}
        for name in wanted
        if at_least(options.severity, controls[name])
    }
    if not effective:
        raise UsageError("no control is left: --profile, --control and --severity exclude each other")
    return Selection(effective, selection.frameworks, selection.uncovered)


def _recorded_controls(recorded: Mapping[str, Any], controls: Mapping[str, Control]) -> dict[str, Mapping[str, object]]:
    gone = [name for name in recorded["controls"] if name not in controls]
    if gone:
        raise UsageError(f"--replay: the recorded run judged {', '.join(gone)}, which is no control any more")
    return {name: entry["parameters"] for name, entry in recorded["controls"].items()}


def absent_account(kind: str, estate: Estate) -> Access:
    """The stand-in for an account of a kind that was not asked for."""
    known = [name for name, entry in estate.accounts.items() if entry.kind == kind]
    return Access(
        f"no {kind} account",
        "github" if kind == "github" else "aws",
        "",
        missing=f"no account of the run is of kind {kind}: add one with --account ({', '.join(known)})"
        if known
        else f"the estate has no account of kind {kind}",
        missing_status="not_run" if known else "not_applicable",
    )


def access_of(entry: AccountEntry, sandbox: Mapping[str, Any]) -> Access:
    """The way into an account of the estate; `sandbox` is what the sandbox process said of itself."""
    access = _way_in(entry, sandbox)
    return replace(access, mocked=is_mocked(access, [host_of(access.endpoint_url)] if access.endpoint_url else []))


def _way_in(entry: AccountEntry, sandbox: Mapping[str, Any]) -> Access:
    common: dict[str, Any] = {
        "name": entry.name,
        "tags": entry.tags,
        "sandbox": entry.sandbox is not None,
        "calls_per_second": entry.calls_per_second,
    }
    if entry.sandbox is not None and entry.sandbox not in sandbox["accounts"]:
        raise UsageError(f"account {entry.name}: there is no sandbox {entry.sandbox}")
    if not isinstance(entry, AwsAccountEntry):
        url = sandbox["github_endpoint"] if entry.sandbox else entry.endpoint_url
        return Access(**common, kind="github", id=entry.github, endpoint_url=url, token_env=entry.token_env)
    if entry.sandbox is not None:
        seeded = sandbox["accounts"][entry.sandbox]
        return Access(
            **common,
            kind="aws",
            id=seeded["id"],
            regions=tuple(seeded["regions"]),
            role_arn=seeded["role_arn"],
            endpoint_url=sandbox["aws_endpoint"],
        )
    return Access(
        **common,
        kind="aws",
        id=entry.id or "",
        regions=None if entry.regions == "all" else tuple(entry.regions),
        profile=entry.profile or entry.source_profile,
        role_arn=entry.role_arn,
        external_id=entry.external_id,
        external_id_env=entry.external_id_env,
        endpoint_url=entry.endpoint_url,
    )


def _entries(estate: Estate, wanted: Sequence[str]) -> list[AccountEntry]:
    def cli_profile(name: str) -> AccountEntry | None:
        from muster.reading.sessions.aws_login import (
            cli_profiles,  # boto3, needed for a name that the estate lacks only
        )

        return AwsAccountEntry(name=name, profile=name) if name in cli_profiles() else None

    return select_accounts(estate.accounts, wanted or (DEFAULT_ACCOUNT,), fallback=cli_profile)


def _planned_again(recorded: Mapping[str, Any], replay: Path | None, common: dict[str, Any]) -> Plan:
    """The plan of a replay: what the recorded run asked, of whom, as of when."""
    return Plan(
        **common,
        as_of=datetime.fromisoformat(recorded["as_of"]),
        profiles=tuple(recorded["profiles"]),
        accounts=tuple(Access.from_data(access) for access in recorded["accounts"]),
        facts=Facts.model_validate_json(json.dumps(recorded["facts"])),
        waivers=tuple(Waiver.model_validate_json(json.dumps(waiver)) for waiver in recorded["waivers"]),
        attestations=tuple(recorded["attestations"]),
        redaction_key=secrets.token_hex(32),
        replay=replay,
        uncovered={name: tuple(ids) for name, ids in recorded["uncovered"].items()},
    )
