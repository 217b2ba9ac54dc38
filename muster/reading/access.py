"""Access: how an account of the estate is entered, resolved so far that a worker or a replay can do it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from muster.verdict import Status

Kind = Literal["aws", "github", "estate"]
ESTATE = "estate"


@dataclass(frozen=True)
class Access:
    """One account's way in.

    `id` is empty where only the credentials tell it; `regions` is None for "all that are enabled". A `sandbox` is
    entered with nobody's credentials; what is `mocked` (a sandbox, and whatever is no endpoint of AWS's or GitHub's)
    is no evidence. `hosts` says where its requests went, once they did. `profile` is the AWS CLI profile signed in
    with, or from which the role is assumed. `external_id` is left out of evidence. `missing` says why there is no such
    account at all, and `missing_status` what that makes of its controls.
    """

    name: str
    kind: Kind
    id: str
    regions: tuple[str, ...] | None = ()
    sandbox: bool = False
    mocked: bool = False
    hosts: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    external_id_env: str | None = None
    endpoint_url: str | None = None
    token_env: str | None = None
    calls_per_second: float | None = None
    missing: str | None = None
    missing_status: Status = "error"

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for workers."""
        return asdict(self)

    def as_evidence(self) -> dict[str, Any]:
        """Plain JSON without the external id, for the run folder."""
        return {name: value for name, value in asdict(self).items() if name != "external_id"}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The access that `as_data` or `as_evidence` wrote down."""
        regions = data["regions"]
        # Runs of an earlier Muster noted no hosts.
        hosts = tuple(data.get("hosts", ()))
        return cls(**{**data, "regions": None if regions is None else tuple(regions), "hosts": hosts})


def the_estate() -> Access:
    """The estate itself as a subject: what it declares is judged once a run, whatever accounts there are."""
    return Access(ESTATE, "estate", ESTATE)


def home_region(regions: tuple[str, ...] | None) -> str:
    """The region that answers for what has no region, by partition of the regions used.

    https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
    """
    first = (regions or ("",))[0]
    if first.startswith("cn-"):
        return "cn-north-1"
    return "us-gov-west-1" if first.startswith("us-gov-") else "us-east-1"
