"""Judging: one control, one account, every resource; whatever happens, there is a finding for it.

A population is cut into chunks, a thread each, so that the reads of many resources overlap.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from muster.errors import NotApplicable, RunOver, Unreadable, malformed, told, unreadable_if_broken
from muster.estate.declarations import Facts
from muster.estate.scope import ScopeRule, rule_for
from muster.helpers import Helpers
from muster.judging.account import Account, Gap, Listing
from muster.judging.control import Control
from muster.judging.excused import noted_facts
from muster.judging.resource import Resource
from muster.reading.reads import THREADS, utc_now
from muster.reading.trace import Frame, GoneReason
from muster.verdict import Status, Verdict

LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Finding:
    """What a control says of one resource, before waivers; `exception` is kept for a debugger.

    `may_be_gone` marks an error that says of something that it is not there: perhaps the resource itself.
    """

    region: str
    resource: str
    status: Status
    reason: str
    reads: tuple[str, ...]
    judged_in: str | None = None
    exception: BaseException | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    scope: str | None = None
    may_be_gone: bool = False

    def as_verdict(
        self,
        control: str,
        account: str,
        parameters: Mapping[str, object],
        *,
        run: str = "",
        waiver: str | None = None,
        at: str | None = None,
    ) -> Verdict:
        """The row of this finding, made now unless `at` says when; a failure that a waiver covers is `waived`."""
        return Verdict(
            run=run,
            control=control,
            account=account,
            region=self.region,
            resource=self.resource,
            status=self.status if waiver is None else "waived",
            reason=self.reason,
            parameters=parameters,
            reads=self.reads,
            waiver=waiver,
            judged_in=self.judged_in,
            at=at or utc_now(),
            name=self.name,
            tags=self.tags,
            scope=self.scope,
        )


def judge_control(
    control: Control,
    account: Account,
    parameters: Mapping[str, object],
    facts: Facts,
    *,
    scope: Sequence[ScopeRule] = (),
    threads: int = THREADS,
    stop: threading.Event | None = None,
) -> list[Finding]:
    """Judge every resource of the account by the control, in the order of the lists.

    Never empty: an account without resources of the type, or one that cannot be entered or listed, leaves a finding
    that says so. By a rule of `scope` a resource, or the account as a whole, is not judged but out of scope; what could
    not be listed never is. With `threads=1` all of it happens in the calling thread. Once `stop`
    is set no further resource is judged: who sets it wants no findings any more.
    """
    if account.unreachable is not None:
        return [_of_account(account, account.unreachable_status, account.unreachable, account.unreachable_reads)]
    if control.subject is None and (rule := rule_for(scope, account.id, account.arn, None)):
        return [_out_of_scope(rule, "global", account.arn, ())]
    if threads > 1:
        account.warm(control.arguments.values())
    listings = {name: account.listing(noun) for name, noun in control.arguments.items()}
    given: dict[str, Any] = {**parameters, **({"facts": facts} if control.wants_facts else {})}
    wholes = {name: listing for name, listing in listings.items() if name != control.subject}
    for listing in wholes.values():
        # "At least one …" cannot be told from a part of the list.
        if listing.gaps:
            return [_of_gap(account, gap) for gap in listing.gaps]
    given |= {name: listing.resources for name, listing in wholes.items()}
    hashes = tuple(sha256 for listing in wholes.values() for sha256 in listing.hashes)
    if control.subject is None:
        finding = _judge(control, given, "global", account.arn, hashes)
        return [finding]
    subject, given_stop = listings[control.subject], stop or threading.Event()
    return _judge_each(control, account, subject, given, hashes, scope, threads, given_stop)


def _judge_each(
    control: Control,
    account: Account,
    listing: Listing[Any],
    given: Mapping[str, Any],
    hashes: tuple[str, ...],
    scope: Sequence[ScopeRule],
    threads: int,
    stop: threading.Event,
) -> list[Finding]:
    assert control.subject is not None
    subject = control.subject

    def judge_one(resource: Resource) -> Finding:
        try:
            with unreadable_if_broken(lambda error: f"{type(resource).__name__}: what it is called {malformed(error)}"):
                region, arn = resource.region, resource.arn
                name, tags = resource.shown_name, resource.shown_tags
        except Unreadable as nameless:
            finding = _of_account(account, "error", str(nameless), resource.sources)
            return replace(finding, exception=nameless.__cause__)
        rule = rule_for(scope, account.id, arn, tags)
        if rule is not None:
            finding = _out_of_scope(rule, region, arn, resource.sources)
        else:
            finding = _judge(control, {**given, subject: resource}, region, arn, resource.sources + hashes)
        if finding.may_be_gone:
            finding = _looked_again(finding, account, resource)
        return replace(finding, name=name, tags=tags)

    findings = [_of_gap(account, gap) for gap in listing.gaps]
    findings += in_chunks(judge_one, listing.resources, threads, account.helpers, stop)
    if not findings:
        noun = control.arguments[subject].plural.replace("_", " ")
        nothing = f"there are no {noun} in the account"
        findings.append(_of_account(account, "not_applicable", nothing, listing.hashes))
    return findings


def in_chunks(
    judge_one: Callable[[Resource], Finding],
    resources: Sequence[Resource],
    threads: int,
    helpers: Helpers,
    stop: threading.Event,
) -> list[Finding]:
    """Judge all resources, cut into as many chunks as there are threads; findings keep the resources' order.

    Raises `RunOver` where `stop` is set: what was judged by then is a part, and would be taken for all.
    """
    if threads <= 1 or len(resources) <= 1:
        return [judge_one(resource) for resource in resources]

    # Of this population alone: others are judged beside it, and go on.
    given_up = threading.Event()

    def judge_chunk(chunk: Sequence[Resource]) -> list[Finding]:
        return [judge_one(resource) for resource in chunk if not (stop.is_set() or given_up.is_set())]

    size = -(-len(resources) // threads)
    chunks = [resources[start : start + size] for start in range(0, len(resources), size)]
    try:
        judged = helpers.together([partial(judge_chunk, chunk) for chunk in chunks])
    except BaseException:  # Ctrl-C: the threads end at their next resource, and nothing of this item is kept
        given_up.set()
        raise
    if stop.is_set():
        raise RunOver("the run was stopped before all of these resources were judged")
    return [finding for findings in judged for finding in findings]


def _judge(
    control: Control, arguments: Mapping[str, Any], region: str, resource: str, sources: Sequence[str]
) -> Finding:
    """The finding, which names the facts that it owes its pass or exemption to."""
    with noted_facts() as noted:
        finding = _judge_once(control, arguments, region, resource, sources)
    facts = list(dict.fromkeys(noted))
    if not facts or finding.status not in ("pass", "not_applicable"):
        return finding
    if finding.status == "pass":
        without = {**arguments, "facts": arguments["facts"].without(facts)}
        if _judge_once(control, without, region, resource, sources).status == "pass":
            return finding  # it needs no excuse
    reason = ": ".join(filter(None, [finding.reason, "; ".join(map(str, facts))]))
    return replace(finding, reason=reason[:LONGEST_REASON])


def _judge_once(
    control: Control, arguments: Mapping[str, Any], region: str, resource: str, sources: Sequence[str]
) -> Finding:
    status: Status = "pass"
    reason = ""
    elsewhere: str | None = None
    exception: BaseException | None = None
    with Frame() as frame:
        frame.touch(sources)
        try:
            judge: Callable[..., object] = control.function
            with unreadable_if_broken(_broken, AssertionError, NotApplicable):
                result = judge(**arguments)
            if result is not None:
                status, reason = "error", f"the control returned {result!r}: it must assert, and return nothing"
        except AssertionError as failure:
            status, reason, exception = "fail", explanation(failure), failure
        except NotApplicable as exempt:
            status, reason, elsewhere = "not_applicable", exempt.reason, exempt.judged_in
        except Unreadable as unreadable:
            status, reason, exception = "error", str(unreadable), unreadable.__cause__ or unreadable
    if frame.unreadable is not None:
        status, reason, elsewhere = "error", frame.unreadable, None
    return Finding(
        region=region,
        resource=resource,
        status=status,
        reason=reason[:LONGEST_REASON],
        reads=tuple(frame.hashes),
        judged_in=elsewhere,
        exception=exception,
        may_be_gone=isinstance(reason, GoneReason),
    )


def _looked_again(finding: Finding, account: Account, resource: Resource) -> Finding:
    """The finding of a resource that was listed, and was not there when it was asked about.

    It is not applicable if it is listed no more, which a second look tells: both answers are kept.
    """
    is_gone, hashes = account.is_gone(resource)
    reads = tuple(dict.fromkeys((*finding.reads, *hashes)))
    if not is_gone:
        return replace(finding, reads=reads)
    reason = f"was gone during the run: it was listed, and no more on a second look ({finding.reason})"
    return replace(finding, status="not_applicable", reason=reason[:LONGEST_REASON], reads=reads, exception=None)


def _broken(error: BaseException) -> str:
    """What became of a control that neither passed nor failed nor said that it is not applicable."""
    if isinstance(error, Exception):
        return f"the control broke: {told(error)}"
    return f"the control ended by {told(error)}: it must assert, or call not_applicable(reason)"


def explanation(failure: AssertionError) -> str:
    """Why an assertion failed: the message its author gave it, else pytest's explanation, else its source."""
    text = str(failure.args[0]) if failure.args else ""
    if text:
        return text if text.startswith("assert ") else text.partition("\nassert ")[0]
    frames = inspect.getinnerframes(failure.__traceback__) if failure.__traceback__ else []
    lines = frames[-1].code_context if frames else None
    return f"{lines[0].strip()} does not hold" if lines else "the assertion does not hold"


def _out_of_scope(rule: ScopeRule, region: str, resource: str, reads: tuple[str, ...]) -> Finding:
    reason = f"out of scope by {rule}"[:LONGEST_REASON]
    return Finding(region, resource, "not_applicable", reason, reads, scope=rule.name)


def _of_account(account: Account, status: Status, reason: str, reads: tuple[str, ...] = ()) -> Finding:
    return Finding("global", account.arn, status, reason[:LONGEST_REASON], reads)


def _of_gap(account: Account, gap: Gap) -> Finding:
    region = "global" if gap.place.is_global else gap.place.region
    return Finding(region, account.arn, "error", gap.reason[:LONGEST_REASON], gap.hashes, exception=gap.exception)
