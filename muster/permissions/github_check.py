"""What an organization on GitHub answers: what is asked of it, and of one private and one public repository.

Repositories of a kind answer alike, since a token or an App has the same permissions in all that it sees. Of the others
nothing is asked, and what controls say of them is left out; the rest is what an audit would say.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from muster.judging.closure import closure_of, operations_of
from muster.judging.control import Control
from muster.permissions.entry_check import EntryCheck, RefusedKind
from muster.permissions.first_answers import NOT_TRIED, TRIES
from muster.reading.reads import Answer, ApiError, Call, Transport
from muster.run.run import Run

REPOSITORIES = "github:GET /orgs/{org}/repos"
# What the session adds to an error of what it says no for: "(GitHub wants administration=read)".
_WANTED = re.compile(r"\(GitHub wants (?P<what>.+)\)$")
# A 404 may say as well that there is none, and does not tell which.
_DENIES = ("401", "403", "FORBIDDEN", "INSUFFICIENT_SCOPES")
_PLAN = "Upgrade to GitHub"


class FewRepositories:
    """Sends what is asked of an organization and of two of its repositories; keeps which questions gave an error."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._tries: Counter[str] = Counter()
        self._chosen: frozenset[str] = frozenset()
        self._others: frozenset[str] = frozenset()
        self.errors: dict[str, ApiError] = {}

    @property
    def asked(self) -> set[str]:
        """The operations that were asked."""
        return {*self._tries}

    def send(self, call: Call) -> Answer:
        """The answer, but of other repositories, and of what has been asked often enough."""
        repository = call.request.get("repo")
        if repository is not None and repository not in self._chosen:
            return NOT_TRIED
        with self._lock:
            self._tries[call.name] += 1
            if self._tries[call.name] > TRIES:
                return NOT_TRIED
        answer = self._transport.send(call)
        if answer.error is not None:
            self.errors[call.name] = answer.error
        elif call.name == REPOSITORIES:
            self._choose([each for each in answer.content if isinstance(each, dict)])
        return answer

    def is_asked(self, resource: str) -> bool:
        """Whether what is known of a resource was asked of it: it belongs to no repository that was left out."""
        return not any(resource == other or resource.startswith(f"{other}/") for other in self._others)

    def _choose(self, repositories: Sequence[Mapping[str, Any]]) -> None:
        """One of each kind, and rather one in which something happens."""
        likely = sorted(repositories, key=lambda each: (bool(each.get("archived")), not each.get("size")))
        chosen = {bool(each.get("private")): each for each in reversed(likely)}.values()
        self._chosen = frozenset(str(each.get("name")) for each in chosen)
        self._others = frozenset(str(each.get("html_url")) for each in repositories if each not in chosen)


def check_github(run: Run, name: str, controls: Sequence[Control], answers: FewRepositories) -> EntryCheck:
    """What of the controls' questions the organization answers, and what of that could not be judged."""
    unread: defaultdict[tuple[str | None, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for control in controls:
        for operation, error, reason in _unread(run, control, name, answers):
            missing = _missing(error) if error is not None else None
            why = reason if error is None else f"{error.code}: {error.message}"
            operations, ids = unread[missing, why]
            operations |= {operation} - {""}
            ids.add(control.id)
    of_controls = {each for each in operations_of(controls) if each.startswith("github:")}
    return EntryCheck(
        name=name,
        caller=run.audit.account(name).caller,
        unreachable=None,
        tried=len(answers.asked),
        not_tried=tuple(sorted(of_controls - answers.asked)),
        refused=tuple(
            RefusedKind(tuple(sorted(operations)), missing, why, tuple(sorted(ids)))
            for (missing, why), (operations, ids) in sorted(unread.items(), key=str)
        ),
    )


def _unread(
    run: Run, control: Control, account: str, answers: FewRepositories
) -> Iterator[tuple[str, ApiError | None, str]]:
    """Why a control could not be judged: the question and its error, or what of an answer is missing."""
    for finding in run.judge(control, account).findings:
        if finding.status != "error" or not answers.is_asked(finding.resource):
            continue
        named = [(name, error) for name, error in answers.errors.items() if _says(finding.reason, name, error)]
        if NOT_TRIED.error is not None and NOT_TRIED.error.message in finding.reason:
            # It looks at all repositories, and met one that was left out before what else is in its way.
            asked = closure_of(control).operations
            named = [(name, error) for name, error in answers.errors.items() if name in asked and _denies(error)]
        elif not named:
            yield "", None, finding.reason
        for name, error in named:
            yield name, error, finding.reason


def _says(reason: str, operation: str, error: ApiError) -> bool:
    return f"{operation} in " in reason and f": {error.code}: " in reason


def _denies(error: ApiError) -> bool:
    return error.code in _DENIES and not error.message.startswith(_PLAN)


def _missing(error: ApiError) -> str | None:
    """The permission or scope that is missing, where GitHub says that one is."""
    wanted = _WANTED.search(error.message)
    return wanted["what"] if wanted and _denies(error) else None
