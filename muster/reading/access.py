"""Access: how an account is entered, told so fully that a worker or a replay can do it; and who it turned out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from muster.verdict import Status

ESTATE = "estate"


@dataclass(frozen=True)
class Access:
    """One account's way in.

    `id` is empty where only the credentials tell it; `regions` is None for "all that are enabled". A `sandbox` is
    entered with nobody's credentials; what is `mocked` (a sandbox, and whatever is no endpoint of AWS's or GitHub's)
    is no evidence. `hosts` says where its requests went, once they did. `profile` is the AWS CLI profile signed in
    with, or from which the role is assumed. `external_id` is left out of evidence; `kind` names a kind of account.
    """

    name: str
    kind: str
    id: str
    regions: tuple[str, ...] | None = ()
    sandbox: bool = False
    mocked: bool = False
    hosts: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    external_id_env: str | None = None
    endpoint_url: str | None = None
    token_env: str | None = None
    app_id: str | None = None
    private_key_path_env: str | None = None
    calls_per_second: float | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for workers."""
        return asdict(self)

    def as_evidence(self) -> dict[str, Any]:
        """Plain JSON without the external id, for the run folder."""
        return {name: value for name, value in asdict(self).items() if name != "external_id"}


@dataclass(frozen=True)
class AbsentAccount(Access):
    """The stand-in for an account that selected controls need and no account of the run is.

    `missing` says why there is none, and `missing_status` what that makes of its controls: they must not go unsaid.
    """

    missing: str = field(kw_only=True)
    missing_status: Status = field(kw_only=True)


@dataclass(frozen=True)
class Identity:
    """Who an account turned out to be when it was entered.

    `arn` is by what the account as a whole goes in verdicts, `caller` as whom it was entered, `home` the region that
    answers for what has none. `unreachable` says why nobody could enter; what is not known then is empty.
    """

    id: str
    arn: str
    regions: tuple[str, ...] = ()
    home: str = "global"
    caller: str = ""
    unreachable: str | None = None


def access_from_data(data: Mapping[str, Any]) -> Access:
    """The access that `as_data` or `as_evidence` wrote down."""
    regions = data["regions"]
    # Runs of an earlier Muster noted no hosts.
    hosts = tuple(data.get("hosts", ()))
    given = {**data, "regions": None if regions is None else tuple(regions), "hosts": hosts}
    if given.get("missing") is not None:
        return AbsentAccount(**given)
    # Folders of earlier versions say of every account that it is not missing.
    return Access(**{name: value for name, value in given.items() if name not in ("missing", "missing_status")})


def the_estate() -> Access:
    """The estate itself as a subject: what it declares is judged once a run, whatever accounts there are."""
    return Access(ESTATE, ESTATE, ESTATE)


def home_region(regions: tuple[str, ...] | None) -> str:
    """The region that answers for what has no region, by partition of the regions used.

    https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
    """
    first = (regions or ("",))[0]
    if first.startswith("cn-"):
        return "cn-north-1"
    return "us-gov-west-1" if first.startswith("us-gov-") else "us-east-1"
