"""Overriding a parameter: what is taken for a default, and in which type it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.selection.parameters import ParameterError, checked_parameters


@dataclass(frozen=True)
class KnownControl:
    id: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("default", "given", "taken"),
    [
        pytest.param(90, 30, 30, id="whole number"),
        pytest.param(0.5, 1, 1.0, id="whole number for a decimal one"),
        pytest.param(True, False, False, id="boolean"),
        pytest.param("1.32", "1.33", "1.33", id="text"),
        pytest.param((22,), [22, 80], (22, 80), id="list for a tuple"),
        pytest.param([], [], [], id="empty list for one"),
        pytest.param(frozenset({"a"}), ["b"], frozenset({"b"}), id="list for a set"),
        pytest.param((), ["anything", 1], ("anything", 1), id="list whose default is empty"),
        pytest.param({"critical": 14}, {"high": 30}, {"high": 30}, id="mapping"),
        pytest.param({"postgres": ("log",)}, {"mysql": ["error"]}, {"mysql": ("error",)}, id="mapping of lists"),
        pytest.param((1, "a"), ["b", 2], ("b", 2), id="list of mixed kinds"),
    ],
)
def test_an_override_of_the_kind_of_its_default(default: object, given: object, taken: object) -> None:
    checked = checked_parameters(KnownControl("c", {"p": default}), {"p": given})["p"]
    assert (checked, type(checked)) == (taken, type(taken))


@pytest.mark.parametrize(
    ("default", "given", "message"),
    [
        pytest.param(90, True, "true is not a whole number; expected one, such as 90", id="boolean for a number"),
        pytest.param(90, 1.5, "1.5 is not a whole number; expected one, such as 90", id="decimal for a whole number"),
        pytest.param(90, None, "nothing is not a whole number; expected one, such as 90", id="nothing"),
        pytest.param(False, 1, "1 is not true or false; expected one, such as false", id="number for a boolean"),
        pytest.param(0.5, True, "true is not a number; expected one, such as 0.5", id="boolean for a decimal"),
        pytest.param(
            0.5, float("nan"), "nan is a number that nothing can be compared with; expected a finite one", id="NaN"
        ),
        pytest.param(
            90, float("inf"), "inf is a number that nothing can be compared with; expected a finite one", id="infinity"
        ),
        pytest.param("1.32", 1.3, '1.3 is not text; expected one, such as "1.32"; quote it', id="number for text"),
        pytest.param((22,), 22, "22 is not a list; expected one, such as [22]", id="number for a list"),
        pytest.param((22,), [[22]], "a list is not a whole number; expected one, such as 22", id="list in a list"),
        pytest.param({"a": 1}, ["a"], "a list is not a mapping; expected one, such as {a: 1}", id="list for a mapping"),
        pytest.param(
            {"a": 1}, {"a": "x"}, '"x" is not a whole number; expected one, such as 1', id="text in a mapping"
        ),
    ],
)
def test_an_override_of_another_kind(default: object, given: object, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        checked_parameters(KnownControl("c", {"p": default}), {"p": given})
    assert caught.value.problem == message


@pytest.mark.parametrize(
    ("name", "default", "given", "message"),
    [
        pytest.param("max_key_age_days", 90, 99999, "99999 is out of bounds; expected 1 to 3653 days", id="absurd"),
        pytest.param("max_key_age_days", 90, 0, "0 is out of bounds; expected 1 to 3653 days", id="no day"),
        pytest.param("max_key_age_days", 90, -1, "-1 is out of bounds; expected 1 to 3653 days", id="negative"),
        pytest.param("min_length", 14, 0, "0 is out of bounds; expected 1 to 128 characters", id="no character"),
        pytest.param("open_share", 0.1, 1.5, "1.5 is out of bounds; expected 0 to 1 of the whole", id="share"),
        pytest.param(
            "admin_ports", (22,), [22, 70000], "70000 is out of bounds; expected 0 to 65535 as a port", id="port"
        ),
        pytest.param(
            "days_by_severity", {"high": 30}, {"high": 0}, "0 is out of bounds; expected 1 to 3653 days", id="map"
        ),
        pytest.param("min_approvals", 1, 0, "0 is out of bounds; expected 1 to 10000", id="a count"),
        pytest.param("min_severity", 7, 3, "3 is out of bounds; expected 4 to 10 of 10", id="a scale"),
        pytest.param("max_administrators", 0, -1, "-1 is out of bounds; expected 0 to 10000", id="a count from nought"),
        pytest.param("admin_ports", (22,), [], "empty, so that nothing is asked; expected such as [22]", id="no port"),
        pytest.param("limits", {"a": 1}, {}, "empty, so that nothing is asked; expected such as {a: 1}", id="nothing"),
    ],
)
def test_a_threshold_out_of_its_bounds(name: str, default: object, given: object, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        checked_parameters(KnownControl("c", {name: default}), {name: given})
    assert caught.value.problem == message
    assert caught.value.path[0] == name


@pytest.mark.parametrize(
    ("name", "default", "given"),
    [("max_age_days", 90, 3653), ("min_length", 14, 128), ("max_administrators", 0, 0), ("is_strict", True, False)],
)
def test_a_threshold_within_its_bounds(name: str, default: object, given: object) -> None:
    assert checked_parameters(KnownControl("c", {name: default}), {name: given}) == {name: given}


SCALARS = st.booleans() | st.integers(1, 9) | st.floats(1, 9) | st.text(max_size=3)


@given(default=SCALARS, given_value=SCALARS)
def test_an_override_never_changes_the_type_of_a_parameter(default: object, given_value: object) -> None:
    try:
        checked = checked_parameters(KnownControl("c", {"p": default}), {"p": given_value})["p"]
    except ParameterError:
        assert type(default) is not type(given_value)
    else:
        assert type(checked) is type(default)
        assert checked == given_value
