"""What is told of a day that is still to come is an error: it would pass for young, used and renewed.

The clock of the run is set to years before all that the account tells has happened. Dates that may well be to come,
when a certificate ends say, are not among these.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import CONTROLS
from tests.hostile.case import cases_of, sound_for
from tests.hostile.test_hostile import BENIGN, SoundAccount, judged, sound
from tests.hostile.told_aws import Told

__all__ = ["sound"]
YEARS_BEFORE = datetime(2016, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "of_control",
    [
        "alarm-root-use",
        "backup-plan-covers",
        "cloudtrail-delivering",
        "cloudtrail-multi-region",
        "cloudtrail-organization-trail",
        "codebuild-project-unused",
        "codecommit-access-audited",
        "codecommit-credentials-current",
        "config-rules-evaluating",
        "ec2-instance-age",
        "ec2-instance-key-current",
        "ec2-key-pair-age",
        "gh-branches-tidy",
        "gh-code-alerts-closed",
        "gh-dependency-alerts-closed",
        "gh-deploy-keys",
        "gh-inactive-archived",
        "gh-reported-flaws-handled",
        "iam-role-unused",
        "iam-service-api-keys-bounded",
        "iam-user-mfa",
        "inspector-benchmark-scans",
        "secret-rotated",
        "secret-unused",
        "stack-not-drifted",
    ],
)
def test_the_sound_account_is_not_judged_before_its_time(sound: SoundAccount, of_control: str) -> None:
    case = BENIGN.model_copy(update={**sound_for(of_control), "now": YEARS_BEFORE})
    found = judged(sound, CONTROLS[of_control], case, Told({**sound.answers, **case.answers}))

    assert (found.status, "is told of what has happened" in found.reason) == ("error", True), found.reason


@pytest.mark.parametrize(
    ("of_control", "name"),
    [
        ("access-analyzer-findings-handled", "six days old"),
        ("ecr-images-clean", "a critical finding of 11 days"),
        ("gh-code-scanning", "advanced set-up, analysed this week"),
        ("gh-secret-alerts-closed", "an alert of this morning"),
        ("gh-secrets-current", "sound: secrets of a month"),
        ("gh-tokens-bounded", "sound: a token for sixty days, used yesterday"),
        ("guardduty-findings-handled", "six days old"),
        ("inspector-findings-handled", "a young finding of each severity"),
        ("org-stack-instances-current", "the last drift check is young enough"),
    ],
)
def test_a_passing_account_is_not_judged_before_its_time(sound: SoundAccount, of_control: str, name: str) -> None:
    (case,) = (each for each in cases_of(of_control) if each.case == name)
    told = {**sound.answers, **case.told(sound.answers)}

    assert judged(sound, CONTROLS[of_control], case, Told(told)).status == "pass"

    found = judged(sound, CONTROLS[of_control], case.model_copy(update={"now": YEARS_BEFORE}), Told(told))
    assert (found.status, "is told of what has happened" in found.reason) == ("error", True), found.reason
