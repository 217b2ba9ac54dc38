"""Who is asked: the accounts that a run was told to judge, and stand-ins for the kinds of account that it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry
from muster.estate.files import Estate
from muster.estate.selecting import select_accounts
from muster.reading.access import AbsentAccount
from muster.run.discovered import Discovered
from muster.run.kinds import known_elsewhere
from muster.run.options import DEFAULT_ACCOUNT

# Of the 255 bytes that a folder's name may have, the profiles' part and the accounts' part may have so many each.
LONGEST_PART = 100


def asked_accounts(estate: Estate, wanted: Sequence[str], discovered: Discovered | None = None) -> list[AccountEntry]:
    """The accounts to judge: those of the estate, and what this machine knows by a name that the estate lacks."""
    is_asked = discovered is not None and discovered.is_asked
    default = "all" if is_asked else DEFAULT_ACCOUNT
    units = discovered.units if discovered is not None else None
    try:
        return select_accounts(estate.accounts, wanted or (default,), fallback=known_elsewhere, units=units)
    except UsageError as error:
        if discovered is None or is_asked:
            raise
        raise UsageError(f"{error} (--discover finds the accounts of the organization)") from error


def absent_account(kind: str, estate: Estate) -> AbsentAccount:
    """The stand-in for an account of a kind that was not asked for."""
    known = [name for name, entry in estate.accounts.items() if entry.kind == kind]
    return AbsentAccount(
        f"no {kind} account",
        kind,
        "",
        missing=f"no account of the run is of kind {kind}: add one with --account ({', '.join(known)})"
        if known
        else f"the estate has no account of kind {kind}",
        missing_status="not_run" if known else "not_applicable",
    )


def run_name(started: datetime, profiles: Sequence[str], accounts: Sequence[str], *, is_replay: bool) -> str:
    """What a run is to be called: when it began, by which profiles, of whom."""
    what = "+".join(profiles) or "controls"
    what = what if len(what) <= LONGEST_PART else f"{len(profiles)}-profiles"
    who = "+".join(accounts)
    who = who if len(accounts) <= 3 and len(who) <= LONGEST_PART else f"{len(accounts)}-accounts"
    return f"{started:%Y%m%dT%H%M%SZ}-{what}-{who}" + ("-replay" if is_replay else "")
