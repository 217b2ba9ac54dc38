"""Proofs: a control passes in the model company, and fails in the demo company on exactly what was broken there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.proving.recorded import Recording
from muster.run.kinds import KINDS

# What an account goes by as a whole: its root user, an organization's page on GitHub.
_ACCOUNT = re.compile(r".*:root|https://[^/]+/[^/]+")


def flaws_of_passing(control: Control, model: Recording) -> Iterator[str]:
    """What is wrong with how it passes in the model company."""
    findings = model.findings[control.id]
    yield from (f"cannot be read in {model.name}: {told}" for told in unreadable(findings))
    yield from (f"fails in {model.name}: {resource} ({region})" for resource, region in failing(findings))
    if statuses(findings)["pass"] == 0:
        yield f"passes nothing in {model.name}: make a resource there that keeps it"


def flaws_of_failing(control: Control, demo: Recording) -> Iterator[str]:
    """What is wrong with how it fails in the demo company: on what the seeds said they broke, and on nothing else."""
    findings = demo.findings[control.id]
    yield from (f"cannot be read in {demo.name}: {told}" for told in unreadable(findings))
    failed = failing(findings)
    if not failed:
        yield f"fails nothing in {demo.name}: make a resource there that breaks it"
    elif KINDS[control.kind].answers_come_from_outside:
        declared = sorted((resource, region) for resource, region in demo.declared.get(control.id, []))
        yield from (f"fails on {each}, which no seed said it breaks" for each in failed if each not in declared)
        yield from (f"does not fail on {each}, which a seed said it breaks" for each in declared if each not in failed)


def flaws_of_telling_apart(control: Control, model: Recording, demo: Recording, empty: Recording) -> Iterator[str]:
    """Whether what it says of the companies is of their making: it is not what it says where nobody made anything."""
    passes, before = passed(model, control), passed(empty, control)
    if is_one_of_a_kind(control, demo) and passes == before:
        # Good from the start: then what is broken in the demo company must be of somebody's making.
        if failed(demo, control) <= failed(empty, control):
            yield f"fails as much in {empty.name}, where nobody has made anything, as in {demo.name}"
    elif passes <= before:
        yield f"passes as much in {empty.name}, where nobody has made anything, as in {model.name}"


def is_one_of_a_kind(control: Control, recording: Recording) -> bool:
    """Whether a control judges one thing an account or region, which goes by the account's ARN, not each of many."""
    resources = {finding.resource for finding in recording.findings[control.id]}
    return len(resources) == 1 and _ACCOUNT.fullmatch(resources.pop()) is not None


def passed(recording: Recording, control: Control) -> int:
    """How much passes."""
    return statuses(recording.findings[control.id])["pass"]


def failed(recording: Recording, control: Control) -> int:
    """How much fails."""
    return statuses(recording.findings[control.id])["fail"]


def statuses(findings: Sequence[Finding]) -> Counter[str]:
    """How often each status is given."""
    return Counter(finding.status for finding in findings)


def failing(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """The resource and the region of each failure."""
    return sorted((finding.resource, finding.region) for finding in findings if finding.status == "fail")


def unreadable(findings: Sequence[Finding]) -> list[str]:
    """What could not be read, and why."""
    return [f"{finding.resource}: {finding.reason}" for finding in findings if finding.status == "error"]
