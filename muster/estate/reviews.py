"""What was reviewed as it stood: a change by somebody else makes the review one of another thing."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from muster.estate.excuses import fits
from muster.files.aws_values import PrincipalPattern
from muster.files.forms import of_form
from muster.files.problems import problem_at, shown
from muster.files.values import Day, EstateModel, Expected, Items, Reason, Text


class ManagedPolicyReview(EstateModel):
    """A policy of AWS's that somebody has read, and found to fit: its ARN, and what it was on that day.

    `sha256` is of the document, as canonical JSON; `reason` says why it fits.
    """

    model_config = ConfigDict(title="a reviewed policy of AWS")

    arn: Annotated[
        str,
        Expected("the ARN of a policy of AWS's own"),
        of_form(
            r"arn:aws[a-z-]*:iam::aws:policy/[\w+=,.@/-]+",
            "is no policy of AWS; expected one such as arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ] = Field(description="The policy; none twice.")
    version: Annotated[
        str,
        Expected("`v` and a number"),
        of_form(r"v[1-9][0-9]*", "is no version of a policy; expected one such as v7"),
    ] = Field(description="Its version on that day.")
    sha256: Annotated[
        str,
        Expected("64 hexadecimal digits"),
        of_form(r"[0-9a-f]{64}", "is no SHA-256; expected the 64 digits that muster review managed-policies gives"),
    ] = Field(description="The SHA-256 of its document, as canonical JSON.")
    reviewer: Text = Field(description="Who read it; an id of people.yaml, where that is there.")
    date: Day = Field(description="The day of the review.")
    reason: Reason = Field(description="Why it fits.")
    attached_to: Items[PrincipalPattern] = Field(
        default=(), description="Whom a policy of full access may be attached to, as role/ops-*."
    )

    def may_be_attached_to(self, principal: str) -> bool:
        """Whether the review names a user, group or role (`role/ci/deploy`)."""
        return any(fits(principal, pattern) for pattern in self.attached_to)


def _each_once(reviews: tuple[ManagedPolicyReview, ...]) -> tuple[ManagedPolicyReview, ...]:
    for position, review in enumerate(reviews):
        if review.arn in (other.arn for other in reviews[:position]):
            raise problem_at((position, "arn"), f"{shown(review.arn)} is reviewed twice; keep the later review")
    return reviews


ManagedPolicyRegister = Annotated[Items[ManagedPolicyReview], AfterValidator(_each_once)]
