"""The accounts that a run was asked to judge, by name, by tag, and by where they are in the organization."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry
from muster.files.problems import did_you_mean


def select_accounts(
    entries: Mapping[str, AccountEntry],
    wanted: Sequence[str],
    fallback: Callable[[str], AccountEntry | None] | None = None,
    units: Mapping[str, str] | None = None,
) -> list[AccountEntry]:
    """The entries that `wanted` names, in the order of the file and each once.

    An item of `wanted` holds names, separated by commas: an account's, `tag:key=value`, `ou:/path` (the unit with all
    that is under it; `units` tells where in the organization an account is), or `all`. What is none of these is
    offered to `fallback` (an AWS CLI profile of that name, say); what it gives comes last.

    Raises:
        UsageError: nothing is named, a name is unknown, or no account has the tag or is in the unit.
    """
    names = [name for item in wanted for part in item.split(",") if (name := part.strip())]
    if not names:
        raise UsageError(f"no account is named; {did_you_mean('', ['all', *entries])}")
    chosen: set[str] = set()
    found: dict[str, AccountEntry] = {}
    for name in names:
        matches = set(_matches(name, entries, units or {}))
        chosen |= matches
        if not matches and name not in found:
            found[name] = _fall_back(name, entries, fallback)
    return [entry for name, entry in entries.items() if name in chosen] + list(found.values())


def _matches(name: str, entries: Mapping[str, AccountEntry], units: Mapping[str, str]) -> Iterator[str]:
    if name == "all":
        yield from entries
    elif name.startswith("ou:"):
        yield from _in_unit(name, units)
    elif name.startswith("tag:"):
        yield from _tagged(name, entries)
    elif name in entries:
        yield name


def _in_unit(selector: str, units: Mapping[str, str]) -> list[str]:
    path = selector.removeprefix("ou:").rstrip("/")
    if path and not path.startswith("/"):
        raise UsageError(f'"{selector}" is no path of units; expected ou:/workloads/prod, or ou:/ for all')
    inside = [name for name, unit in units.items() if f"{unit.rstrip('/')}/".startswith(f"{path}/")]
    if not inside:
        known = {f"ou:{unit}" for unit in units.values()}
        raise UsageError(f"no account of the organization is in {selector}; {did_you_mean(selector, known)}")
    return inside


def _tagged(selector: str, entries: Mapping[str, AccountEntry]) -> list[str]:
    key, equals, value = selector.removeprefix("tag:").partition("=")
    if not key or not equals:
        raise UsageError(f'"{selector}" is not a tag; expected tag:key=value')
    tagged = [name for name, entry in entries.items() if entry.tags.get(key) == value]
    if not tagged:
        known = {f"tag:{key}={value}" for entry in entries.values() for key, value in entry.tags.items()}
        raise UsageError(f"no account of the estate has {selector}; {did_you_mean(selector, known)}")
    return tagged


def _fall_back(
    name: str, entries: Mapping[str, AccountEntry], fallback: Callable[[str], AccountEntry | None] | None
) -> AccountEntry:
    entry = fallback(name) if fallback is not None else None
    if entry is not None:
        return entry
    raise UsageError(f'there is no account "{name}" in the estate; {did_you_mean(name, entries)}')
