"""Muster from Python: judge an account behind any boto3 session, without a pytest session or a run folder."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from muster.errors import UsageError
from muster.estate.declarations import Facts
from muster.files.problems import did_you_mean, file_problems
from muster.files.strict_yaml import dotted
from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.reading.access import Access
from muster.reading.reads import THREADS
from muster.reading.sessions.aws import AwsTransport
from muster.run.kinds import AWS
from muster.run.plan import Plan
from muster.run.run import Run
from muster.selection.chosen import matching_controls
from muster.selection.parameters import ParameterError, checked_parameters
from muster.selection.profiles import load_profiles
from muster.suites import Suites, shipped_suite
from muster.verdict import Verdict

if TYPE_CHECKING:
    import boto3

SESSION = "session"
"""The name of the account behind the session, in verdicts."""


def judge(
    session: boto3.Session,
    controls: Sequence[str] = (),
    regions: Sequence[str] | None = None,
    facts: Mapping[str, Any] | None = None,
    *,
    profile: str | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    endpoint_url: str | None = None,
    threads: int = THREADS,
    suite: Path | str | None = None,
) -> list[Verdict]:
    """Judge the session's account by these controls (ids or patterns): one verdict a control and resource.

    `profile` is one or several of profiles/, by commas, with the thresholds that it sets; `controls` then choose among
    its own. Controls of other kinds of account are left out, unless one is named by its id. `regions` are all enabled
    ones where None; `facts` are those of facts.yaml; `parameters` override thresholds by control id; `suite` is a
    folder with controls and profiles of your own, which stand beside the shipped ones.

    Reads only; nothing is written to disk. Raises `UsageError`, before anything is asked, for a control, a profile, a
    threshold or a fact that does not exist or is of another type.
    """
    suites = Suites.at(Path(suite)) if suite is not None else Suites(shipped_suite())
    known = import_controls(suites)
    overrides, scoped = _of_profile(profile, suites, known)
    chosen = _chosen(controls, overrides, known)
    if regions is not None and not regions:
        raise UsageError("regions is empty: name some, or leave it out for all that are enabled")
    effective = _effective(chosen, overrides, parameters or {})
    plan = replace(_plan(effective, _declared(facts or {}), regions, endpoint_url), scoped=scoped)
    lent = {SESSION: lambda access, counts: AwsTransport(session, counts, endpoint_url=access.endpoint_url)}
    run = Run(plan, threads=threads, lent=lent)
    run.enter()
    run.audit.judge_ahead((control, SESSION) for control in chosen)
    try:
        return [verdict for control in chosen for verdict in run.judge(control, SESSION).verdicts]
    finally:
        run.audit.stop()


def _of_profile(
    profile: str | None, suites: Suites, known: Mapping[str, Control]
) -> tuple[Mapping[str, Mapping[str, object]], frozenset[str]]:
    """The controls of the profile with the thresholds that it sets, and those of them that spare what is out of scope.

    All controls where there is no profile.
    """
    if profile is None:
        return {name: {} for name in known}, frozenset()
    selection = load_profiles(*suites.folders("profiles")).resolve([profile], known)
    return selection.controls, selection.scoped


def _chosen(patterns: Sequence[str], among: Collection[str], known: Mapping[str, Control]) -> list[Control]:
    """The controls of an AWS account that the patterns name, or all. Raises `UsageError` for one of another kind."""
    wanted = [known[name] for name in matching_controls(patterns or ("*",), among)]
    other = [control.id for control in wanted if control.kind != AWS.name]
    found = [control for control in wanted if control.kind == AWS.name]
    named = other if not found else [name for name in other if name in patterns]
    if named:
        raise UsageError(f"{', '.join(named)}: not controls of an AWS account, which is what a boto3 session reaches")
    return found


def _plan(
    controls: Mapping[str, Mapping[str, object]],
    facts: Facts,
    regions: Sequence[str] | None,
    endpoint_url: str | None,
) -> Plan:
    """The plan of a run over one lent session that keeps nothing."""
    now = datetime.now(UTC)
    asked = None if regions is None else tuple(regions)
    return Plan(
        run="",
        folder=None,
        started=now,
        as_of=now,
        profiles=(),
        accounts=(Access(SESSION, AWS.name, "", asked, endpoint_url=endpoint_url),),
        controls=controls,
        facts=facts,
        waivers=(),
        attestations=(),
        redaction_key=secrets.token_hex(32),
    )


def _effective(
    chosen: Sequence[Control],
    overrides: Mapping[str, Mapping[str, object]],
    parameters: Mapping[str, Mapping[str, Any]],
) -> dict[str, Mapping[str, object]]:
    by_id = {control.id: control for control in chosen}
    for control in parameters:
        if control not in by_id:
            raise UsageError(f"parameters: {control} is not among the controls; {did_you_mean(control, by_id)}")
    try:
        return {
            name: {**control.parameters, **overrides[name], **checked_parameters(control, parameters.get(name, {}))}
            for name, control in by_id.items()
        }
    except ParameterError as error:
        raise UsageError(f"parameters: {dotted(error.path)}: {error.problem}") from error


def _declared(facts: Mapping[str, Any]) -> Facts:
    try:
        return Facts.model_validate_json(json.dumps(dict(facts)))
    except ValidationError as error:
        first = file_problems(error, dict(facts), Facts)[0]
        raise UsageError(f"facts: {dotted(first.path)}: {first.text}") from error
