"""Who answers for a resource, as far as anybody has declared it: a guess is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muster.reading.marks import MARK
from muster.verdict import Verdict
from reports.run import ReportedRun

NOT_DECLARED = "not declared"
OWNER_TAGS = ("owner",)

_TAG_KEYS = ("tags", "taglist", "tagset")
# What a list is called after: UserDetailList, DBInstances, SecretList.
_LIST = re.compile(r"(detail)?list$|set$")


@dataclass(frozen=True)
class Owner:
    """A name, and where it was declared: a tag of the resource, an attestation, a waiver, a fact, the account."""

    name: str
    source: str


UNKNOWN = Owner(NOT_DECLARED, "")


class Owners:
    """Finds owners in the evidence of one run; `tags` are the tag names (in any case) that name an owner."""

    def __init__(self, run: ReportedRun, tags: Sequence[str] = OWNER_TAGS) -> None:
        record, self._run = run.record, run
        self._tags = {tag.casefold() for tag in tags}
        self._tagged: dict[str, dict[tuple[str, str], str]] = {}
        self._waivers = {waiver["id"]: waiver["owner"] for waiver in record["waivers"]}
        self._attested = {entry["control"]: entry["owner"] for entry in record["attestations"]}
        self._facts = list(_declared(record["facts"]))
        self._accounts = {
            account["name"]: value
            for account in record["accounts"]
            for tag, value in sorted(account["tags"].items())
            if tag.casefold() in self._tags
        }

    def of(self, row: Verdict) -> Owner:
        """The owner of a row's resource: the first that was declared, the closest to the resource first."""
        candidates = (
            (self._by_tag(row), "tag of the resource"),
            (self._attested.get(row.control), "attestations.yaml"),
            (self._waivers.get(row.waiver or ""), "waivers.yaml"),
            (self._by_fact(row.resource), "facts.yaml"),
            (self._accounts.get(row.account), "tag of the account in accounts.yaml"),
        )
        return next((Owner(name, source) for name, source in candidates if name), UNKNOWN)

    def _by_tag(self, row: Verdict) -> str | None:
        own = next((text for name, text in sorted((row.tags or {}).items()) if self._names_owner(name, text)), None)
        if own is not None:
            return own
        names = {
            self._in_answer(row.account, sha256).get(identity)
            for sha256 in row.reads
            for identity in _identities(row.resource)
        }
        found = sorted(name for name in names if name)
        return ", ".join(found) or None

    def _names_owner(self, tag: str, text: str) -> bool:
        return tag.casefold() in self._tags and bool(text.strip()) and not MARK.search(text)

    def _by_fact(self, resource: str) -> str | None:
        return next((owner for service, name, owner in self._facts if _is_named(resource, service, name)), None)

    def _in_answer(self, account: str, sha256: str) -> Mapping[tuple[str, str], str]:
        """The owners that the tags in an answer name, by what identifies their resource."""
        found = self._tagged.get(sha256)
        if found is None:
            said = self._run.answer(account, sha256).said
            found = self._tagged[sha256] = {}
            for kind, thing, owner in _tagged_things(said.get("content"), "", self._tags):
                found.update(dict.fromkeys(_own_names(kind, thing), owner))
        return found


def _tagged_things(content: Any, kind: str, tags: set[str]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Everything in an answer that has an owner's tag, and the kind of thing that the list around it holds."""
    if isinstance(content, list):
        for item in content:
            yield from _tagged_things(item, kind, tags)
    elif isinstance(content, dict):
        owner = next((owner for key, value in content.items() if (owner := _owner_tag(key, value, tags))), None)
        if owner is not None:
            yield kind, content, owner
        for key, value in content.items():
            yield from _tagged_things(value, _singular(key), tags)


def _owner_tag(key: str, value: Any, tags: set[str]) -> str | None:
    """The owner that a member of an answer names, if it is a list (or a mapping) of tags."""
    if _plain(key) not in _TAG_KEYS:
        return None
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        lowered = [{_plain(name): text for name, text in tag.items()} for tag in value if isinstance(tag, dict)]
        pairs = [(tag.get("key"), tag.get("value")) for tag in lowered]
    else:
        return None
    named = (text for name, text in pairs if isinstance(name, str) and name.casefold() in tags)
    return next((text for text in named if isinstance(text, str) and text.strip() and not MARK.search(text)), None)


def _own_names(kind: str, thing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What identifies a thing itself. Its other ids and ARNs are those of things that it refers to."""
    ids = {"id", "name", f"{kind}id", f"{kind}name"} | ({"groupid"} if kind == "securitygroup" else set())
    for key, value in thing.items():
        if isinstance(value, str):
            if _plain(key) in ("arn", f"{kind}arn"):
                yield "arn", value
            elif _plain(key) in ids:
                yield kind, value


def _identities(resource: str) -> Iterator[tuple[str, str]]:
    """What may identify a resource in an answer; what follows `#` is a part of the resource."""
    arn = resource.partition("#")[0]
    yield "arn", arn
    parts = arn.split(":", 5)
    if len(parts) == 6 and (found := re.fullmatch(r"([^/:]+)[/:](.+)", parts[5])):
        yield _plain(found[1]), found[2]


def _declared(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Service, name and owner of each thing that the estate declares to be public on purpose."""
    for fact, service in (("public_buckets", "s3"), ("public_functions", "lambda"), ("public_repositories", "")):
        entries = facts.get(fact)
        for entry in entries if isinstance(entries, list) else ():
            match entry:
                case {"name": str(name), "owner": str(owner)}:
                    yield service, name, owner


def _is_named(resource: str, service: str, name: str) -> bool:
    if not service:
        return resource.startswith("https://") and resource.casefold().endswith(f"/{name}".casefold())
    parts = resource.split(":")
    return len(parts) > 5 and parts[0] == "arn" and parts[2] == service and parts[-1] == name


def _singular(key: str) -> str:
    word = _LIST.sub("", _plain(key))
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith("sses") else word.removesuffix("s")


def _plain(key: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(key).lower())
