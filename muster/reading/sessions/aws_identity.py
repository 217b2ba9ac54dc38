"""Who an AWS account is: asked before anything else, so that no control is judged in another account than was meant."""

from __future__ import annotations

import re
from typing import Any

from muster.errors import Malformed, Unreadable, UsageError, malformed, unreadable_if_broken
from muster.reading.access import Access, Identity, home_region
from muster.reading.reads import Reads

CALLER = "sts:get_caller_identity"
REGIONS = "ec2:describe_regions"
CALLER_ARN = re.compile(r"arn:(aws[a-z-]*):(?:iam|sts)::[0-9]{12}:.+")


def identify(access: Access, reads: Reads) -> Identity:
    """The identity of the account behind these reads: its id, the caller's ARN, the regions that are enabled.

    Raises `UsageError` if the credentials are of another account than the estate expects.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    home = home_region(access.regions)
    caller, partition, account_id, regions, unreachable = "", "aws", access.id, access.regions, None
    asked = CALLER
    try:
        with unreadable_if_broken(lambda error: f"{asked}: {malformed(error)}", UsageError):
            found, caller, partition = _caller(reads.content(CALLER, home, {}))
            account_id = account_id or found
            if found != account_id:
                raise UsageError(
                    f"account {access.name}: the estate expects {access.id}, but the credentials are of {found}"
                    f" ({caller}). Nothing else was asked: correct the id or the credentials"
                )
            if regions is None:
                asked = REGIONS
                regions = _regions(reads.content(REGIONS, home, {}))
    except Unreadable as error:
        unreachable = f"the account {access.name} could not be entered: {error}"
    return Identity(account_id, f"arn:{partition}:iam::{account_id}:root", regions or (), home, caller, unreachable)


def _caller(answer: Any) -> tuple[str, str, str]:
    """The account's id, the caller's ARN and its partition. Raises one of `MALFORMED`."""
    account_id, caller = answer["Account"], answer["Arn"]
    form = CALLER_ARN.fullmatch(caller)
    if form is None or not re.fullmatch("[0-9]{12}", account_id):
        raise Malformed(f"Account {account_id!r}, Arn {caller!r}")
    return account_id, caller, form[1]


def _regions(answer: Any) -> tuple[str, ...]:
    """The names of the regions. Raises one of `MALFORMED`, also where there is none: every account has some."""
    regions = [region["RegionName"] for region in answer["Regions"]]
    if not regions:
        raise Malformed("Regions is empty, and every account has some")
    for region in regions:
        if not re.fullmatch(r"[a-z0-9-]+", region):
            raise Malformed(f"Regions: {region!r} is no name of a region")
    return tuple(sorted(set(regions)))
