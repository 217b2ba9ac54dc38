"""The accounts of a run as the formats need them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from muster.reading.access import home_region
from reports.kinds import reported_kind
from reports.run import ReportedRun

_AWS_ACCOUNT_ID = re.compile(r"\d{12}")


@dataclass(frozen=True)
class AccountFacts:
    """An account of a run: `id` is empty where the run never learned it, `kind` where `run.json` does not name it."""

    name: str
    id: str
    kind: str
    home: str

    @property
    def is_aws(self) -> bool:
        """Whether this is an AWS account whose id is known."""
        return reported_kind(self.kind).is_aws and bool(_AWS_ACCOUNT_ID.fullmatch(self.id))

    @property
    def partition(self) -> str:
        """The AWS partition that the account is of.

        https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
        """
        return {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}.get(self.home, "aws")

    def region(self, region: str) -> str:
        """The region of a row; where it has none, the one that answers for the account as a whole."""
        return self.home if region == "global" else region


def accounts_of(run: ReportedRun) -> Mapping[str, AccountFacts]:
    """The accounts of a run by name."""
    entered = run.record.get("account_ids", {})
    regions = run.record.get("regions", {})
    return {
        account["name"]: AccountFacts(
            name=account["name"],
            id=entered.get(account["name"]) or account["id"] or "",
            kind=account["kind"],
            home=home_region(tuple(regions.get(account["name"]) or account["regions"] or ())),
        )
        for account in run.record["accounts"]
    }


def account_of(name: str, accounts: Mapping[str, AccountFacts]) -> AccountFacts:
    """The account of that name; one that `run.json` does not know has neither id nor kind."""
    return accounts.get(name) or AccountFacts(name, "", "", home_region(None))
