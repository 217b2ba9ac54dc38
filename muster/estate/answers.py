"""What an estate answers of itself: the nouns that speak of it ask by these names, and its answers are evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.estate.files import Estate


def estate_answers(
    estate: Estate, accounts: Iterable[AccountEntry], profiles: Collection[str], frameworks: Collection[str]
) -> dict[str, Any]:
    """The answers by name, as plain JSON.

    `accounts` are those that the run judges, `profiles` those by which it does, those they extend among them, and
    `frameworks` all that there are.
    """
    return {
        "attestations": [entry.model_dump(mode="json") for entry in estate.attestations],
        "waivers": [waiver.model_dump(mode="json") for waiver in estate.waivers],
        "people": {id_: person.model_dump(mode="json") for id_, person in estate.people.items()},
        "profiles": sorted(profiles),
        "frameworks": sorted(frameworks),
        "regulated_accounts": [
            {"name": entry.name, "regulations": list(entry.regulations)}
            for entry in accounts
            if isinstance(entry, AwsAccountEntry) and entry.regulations
        ],
    }
