"""What a control says of itself on a terminal."""

from __future__ import annotations

import pytest

from muster.judging.control import Control
from muster.plugin.list_controls import print_explanation


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        pytest.param({}, "Parameter: max_key_age_days = 90 (1 to 3653 days)", id="as it comes"),
        pytest.param(
            {"max_key_age_days": 30},
            "Parameter: max_key_age_days = 30 (the default is 90; 1 to 3653 days)",
            id="as a profile sets it",
        ),
    ],
)
def test_a_threshold_is_told_with_its_default_and_its_bounds(
    chosen: dict[str, object], line: str, controls: dict[str, Control], capsys: pytest.CaptureFixture[str]
) -> None:
    print_explanation(controls["iam-user-key-age"], chosen, ["baseline"])

    assert line in capsys.readouterr().out.splitlines()


def test_it_is_told_with_its_profiles(controls: dict[str, Control], capsys: pytest.CaptureFixture[str]) -> None:
    print_explanation(controls["iam-user-key-age"], {}, ["baseline", "regulated"])

    assert "Profiles: baseline, regulated" in capsys.readouterr().out.splitlines()
