"""IAM policies of grants, as many as IAM's limit of size takes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: a managed policy has 6,144 characters at
most, white space not counted; a role has ten of them, and more on request.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from muster.permissions.actions import EVERYTHING, GrantedAction

LARGEST = 6144
"""Characters of a managed policy, without white space."""


def policy_documents(grants: Iterable[GrantedAction]) -> list[dict[str, Any]]:
    """The policies that allow these and nothing else, services in order; one is split only if it is too large alone."""
    documents: list[dict[str, Any]] = []
    current: list[GrantedAction] = []
    for portion in _portions(sorted(set(grants))):
        if current and not _fits([*current, *portion]):
            documents.append(_document(current))
            current = []
        current += portion
    return [*documents, _document(current)] if current else documents


def policy_files(documents: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The text of each policy by the name of its file, as `aws iam create-policy` takes it."""
    return {
        f"audit-role-policy-{number}.json": json.dumps(document, indent=2) + "\n"
        for number, document in enumerate(documents, start=1)
    }


def size_of(document: dict[str, Any]) -> int:
    """The characters that IAM counts of a policy."""
    return len(json.dumps(document, separators=(",", ":")))


def _portions(grants: Sequence[GrantedAction]) -> Iterator[list[GrantedAction]]:
    """What stays together: a service's grants, or each alone where they fit into no policy."""
    for _, group in groupby(grants, key=lambda grant: grant.service):
        together = list(group)
        if _fits(together):
            yield together
        else:
            yield from ([grant] for grant in together)


def _fits(grants: Sequence[GrantedAction]) -> bool:
    return size_of(_document(grants)) <= LARGEST


def _document(grants: Sequence[GrantedAction]) -> dict[str, Any]:
    """The policy: a statement for all that is read of everything, and one for each action with resources of its own."""
    everywhere = [grant.action for grant in grants if grant.resource == EVERYTHING]
    resources: dict[str, list[str]] = defaultdict(list)
    for grant in grants:
        if grant.resource != EVERYTHING:
            resources[grant.action].append(grant.resource)
    statements = [_statement("MusterReads", everywhere, EVERYTHING)] if everywhere else []
    for action, of_action in resources.items():
        named = "".join(letter for letter in action.title() if letter.isalnum())
        statements.append(_statement(f"MusterReads{named}", [action], of_action))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(sid: str, actions: list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
