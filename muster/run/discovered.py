"""What a run knows of the organization of its estate: what was found before the first control was collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from muster.estate.organization import OrganizationEntry
from muster.printable import counted


@dataclass(frozen=True)
class Discovered:
    """The organization as `run.json` keeps it (`record`), and what the run must know beside that.

    `told` is what was counted while it was asked (`Counts.to_tell`); `texts` are the answers by their hashes, for the
    run folder, and with the controller alone; `units` says by the name of an account where it is.
    """

    record: Mapping[str, Any]
    told: Mapping[str, Any] = field(default_factory=lambda: {"calls": {}, "hosts": {}})
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def nothing(cls, declared: OrganizationEntry) -> Self:
        """Of an organization that is declared and was not asked."""
        return cls({**_declared(declared), "id": None, "accounts": None, "selected": [], "unmatched": [], "reads": []})

    @classmethod
    def of(cls, declared: OrganizationEntry, found: Mapping[str, Any], **known: Any) -> Self:
        """Of an organization that was asked: its id, accounts and reads."""
        return cls({**_declared(declared), **found}, **known)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for workers."""
        return {"record": dict(self.record)}

    @property
    def is_asked(self) -> bool:
        """Whether the organization was asked."""
        return self.record["accounts"] is not None

    @property
    def left_out(self) -> Iterator[str]:
        """The accounts that are not judged, each with the reason."""
        for account in self.record["accounts"] or ():
            if account["reason"] is not None:
                yield f"{account['id']} {account['name']}: {account['reason']}"

    @property
    def line(self) -> str:
        """What was found, in a line."""
        accounts, left_out = self.record["accounts"] or (), list(self.left_out)
        what = (
            f"organization {self.record['id']}: {counted(len(accounts), 'account')}, {len(left_out):,} of them left out"
        )
        return f"{what} ({'; '.join(left_out)})" if left_out else what


def _declared(entry: OrganizationEntry) -> dict[str, Any]:
    return {"management": entry.management, "role_name": entry.role_name}
