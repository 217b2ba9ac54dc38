"""`run.json`: who asked what, of whom, when, with which code."""

from __future__ import annotations

import getpass
import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from muster.judging.closure import Closure, closure_of
from muster.judging.control import Control
from muster.reading.access import Access
from muster.reading.redaction import Redactor, key_id
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.own_questions import OF_DISCOVERY, OWN_QUESTIONS
from muster.run.kinds import is_mocked
from muster.run.options import Options
from muster.run.plan import Plan
from muster.suites import Suites

# The closure of each control that was last seen to pass and to fail where it should; tests/proofs writes it.
PROOFS = "controls/proved.json"
# The permission behind each question that controls ask; tests/docs writes it.
PERMISSIONS = "controls/permissions.json"
PACKAGES = (
    "muster",
    "pytest",
    "pytest-xdist",
    "pytest-html",
    "boto3",
    "botocore",
    "moto",
    "pydantic",
    "PyGithub",
    "graphql-core",
    "PyJWT",
    "zizmor",
)
# What of an entry of accounts.yaml no verdict and no replay depends on.
WAYS_IN = ("profile", "role_arn", "external_id_env", "token_env", "app_id", "private_key_path_env", "tags")


def run_record(
    plan: Plan,
    controls: Mapping[str, Control],
    options: Options,
    arguments: Sequence[str],
    frameworks: Mapping[str, Any],
) -> dict[str, Any]:
    """What is known when a run starts, of a plan `without_secrets`. `ended` and what follows are null until then."""
    redact = Redactor(bytes.fromhex(plan.redaction_key))
    closures = {name: closure_of(controls[name]) for name in plan.controls}
    suites = options.suites
    proofs = _made(suites, PROOFS)
    git = partial(_git_of_fleet, plan.fleet) if plan.fleet is not None else _git
    return {
        "run": plan.run,
        "profiles": list(plan.profiles),
        "replay_of": plan.replay_of.model_dump() if plan.replay_of else None,
        "resumed": plan.resumed.as_evidence() if plan.resumed else None,
        "unchanged_since": plan.earlier.as_evidence() if plan.earlier else None,
        "fleet": plan.fleet,
        "by": user_and_machine(),
        "arguments": redact.data(list(arguments)),
        "started": plan.started.isoformat().replace("+00:00", "Z"),
        "as_of": plan.as_of.isoformat().replace("+00:00", "Z"),
        "ended": None,
        "exit_code": None,
        "counts": None,
        "problems": None,
        "out_of_scope": None,
        "calls": None,
        "callers": {},
        "unreachable": {},
        **accounts_record(plan, Counts()),
        "controls": {
            name: _control(controls[name], plan, suites, closure, proofs.get(name))
            for name, closure in closures.items()
        },
        "permissions": _permissions(plan, closures.values(), _made(suites, PERMISSIONS)),
        "frameworks": dict(frameworks),
        "uncovered": {name: list(ids) for name, ids in plan.uncovered.items()},
        "organization": redact.data(dict(plan.discovered.record)) if plan.discovered is not None else None,
        "not_asked": redact.data(plan.not_asked.as_data()) if plan.not_asked is not None else None,
        "redaction_key_id": key_id(plan.redaction_key),
        "facts": plan.facts.model_dump(mode="json"),
        "waivers": [waiver.model_dump(mode="json") for waiver in plan.waivers],
        "attestations": [dict(attestation) for attestation in plan.attestations],
        "people": {id_: dict(person) for id_, person in plan.people.items()},
        "versions": {"python": platform.python_version(), **known_versions()},
        "git": git(suites.shipped),
        "own_git": git(suites.own) if suites.own is not None else None,
        "estate_git": git(options.estate) if options.replay is None else None,
    }


def accounts_record(plan: Plan, counts: Counts) -> dict[str, Any]:
    """`accounts` and `mocked`: how each account is entered, and where its requests have gone so far."""
    redact = Redactor(bytes.fromhex(plan.redaction_key))
    accounts = [_with_hosts(access, counts) for access in plan.accounts]
    return {
        "mocked": any(access.mocked for access in accounts),
        "accounts": [_account(access, redact) for access in accounts],
    }


def _with_hosts(access: Access, counts: Counts) -> Access:
    hosts = sorted({*access.hosts, *counts.hosts(access.name)})
    return replace(access, hosts=tuple(hosts), mocked=access.mocked or is_mocked(access, hosts))


def _account(access: Access, redact: Redactor) -> dict[str, Any]:
    evidence = access.as_evidence()
    return {**evidence, **redact.data({name: evidence[name] for name in WAYS_IN})}


def _made(suites: Suites, name: str) -> dict[str, str]:
    """What tests wrote down in a file of this name, in each suite that has it."""
    made: dict[str, str] = {}
    for root in suites.roots:
        if (root / name).is_file():
            made |= json.loads((root / name).read_text(encoding="utf-8"))
    return made


def _permissions(plan: Plan, closures: Iterable[Closure], known: Mapping[str, str]) -> dict[str, str]:
    """What the selected controls and the session need to be allowed, by operation; only AWS has such permissions."""
    asked = {operation for closure in closures for operation in closure.operations} | OWN_QUESTIONS
    if plan.discovered is not None and plan.discovered.is_asked:
        asked |= OF_DISCOVERY
    return {operation: known[operation] for operation in sorted(asked) if operation in known}


def _control(control: Control, plan: Plan, suites: Suites, closure: Closure, proof: str | None) -> dict[str, Any]:
    return {
        "title": control.title,
        "severity": control.severity,
        "domain": control.domain,
        "why": control.why,
        "fix": control.fix,
        "see": list(control.see),
        "kind": control.kind,
        "parameters": dict(plan.controls[control.id]),
        "defaults": dict(control.parameters),
        "scoped": control.id in plan.scoped,
        "facts": sorted(control.facts),
        "file": control.path.relative_to(suites.root_of(control.path)).as_posix(),
        "own": suites.root_of(control.path) == suites.own,
        "line": control.line,
        "source_sha256": control.source_hash,
        "closure_sha256": closure.sha256,
        "proved": proof == closure.sha256,
        "operations": sorted(closure.operations),
    }


@cache
def known_versions() -> Mapping[str, str]:
    """The versions of the packages that do the work."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _git(folder: Path) -> Mapping[str, Any]:
    """The commit of what was run, and whether files of the folder differed from it; nulls where this is no checkout."""
    commit = _git_says(folder, "rev-parse", "HEAD")
    changes = _git_says(folder, "status", "--porcelain", "--", ".")
    return {"commit": commit, "changed_files": None if changes is None else bool(changes)}


@lru_cache(maxsize=16)
def _git_of_fleet(_: str, folder: Path) -> Mapping[str, Any]:
    """The same, looked up once a fleet by each process that judges accounts of it."""
    return _git(folder)


def _git_says(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments
            ["git", *arguments],  # noqa: S607  # whichever git the user has
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def user() -> str:
    """Who runs this: the name of the login, or `uid 1000` where the system knows no name (in containers, say)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def user_and_machine() -> str:
    """Who runs this, and where."""
    return f"{user()}@{socket.gethostname()}"


def command_line() -> list[str]:
    """The arguments as the user gave them, after those that the environment has for pytest, as a shell takes them."""
    hidden = os.environ.get("PYTEST_ADDOPTS")
    return [*([f"PYTEST_ADDOPTS={hidden}"] if hidden else []), "pytest", *sys.argv[1:]]
