"""What a verdict rests on: change any of it and the closure is another; change anything else and it is not."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.errors import ControlError
from muster.judging import resource, source
from muster.judging.closure import Closure, closure_of
from muster.judging.control import CONTROLS
from tests.conftest import CONTROLS as REAL

HOUSE = {
    "__init__.py": '"""A house."""\n',
    "light.py": '''"""How bright is bright."""

from __future__ import annotations

BRIGHT = 40
DIM = 10


def is_bright(watts: int) -> bool:
    """Whether it is bright."""
    return watts >= BRIGHT


def is_dim(watts: int) -> bool:
    """Whether it is dim."""
    return watts <= DIM
''',
    "torches.py": '''"""Torches."""

from __future__ import annotations

from dataclasses import dataclass

from muster import Resource, key, read
from HOUSE import light
from HOUSE.light import is_bright as shines

KINDS = ("led",)


@dataclass(frozen=True)
class Bulb:
    """A bulb."""

    watts: int

    def __post_init__(self) -> None:
        """Every bulb has a positive power."""
        assert self.watts > 0

    @property
    def is_bright(self) -> bool:
        """Whether it is bright."""
        return shines(self.watts)

    @property
    def is_dim(self) -> bool:
        """Whether it is dim."""
        return light.is_dim(self.watts)


class Torch(Resource, lists=("lamps:list_torches", "Torches")):
    """A torch."""

    arn: str = key("Arn")

    @read
    def bulb(self) -> Bulb:
        """Its bulb."""
        return Bulb(self.place.read("lamps:get_bulb", Arn=self.arn)["Watts"])

    @read
    def battery(self) -> int:
        """Its battery, which no control looks at."""
        return self.place.read("lamps:get_battery", Arn=self.arn)["Charge"]
''',
    "checks.py": '''"""Controls of torches."""

from muster import control
from HOUSE.torches import KINDS, Torch


@control(severity="low")
def test_torch_bright(torch: Torch) -> None:
    """Torches are bright.

    Why: It is dark.
    Fix: Change the bulb.
    See: https://docs.aws.amazon.com/
    """
    assert torch.bulb.is_bright, f"is dim: {KINDS}"
''',
}
_houses = itertools.count()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of its own, which is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(resource, "NOUNS", {})
    before = dict(CONTROLS)
    yield tmp_path
    CONTROLS.clear()
    CONTROLS.update(before)


def built(folder: Path, old: str = "", new: str = "") -> Closure:
    """The closure of the control of a house, in which a text was put in the place of another."""
    name = f"house_of_torches_{next(_houses)}"
    package = folder / name
    package.mkdir()
    assert not old or sum(text.count(old) for text in HOUSE.values()) == 1, f"{old!r} stands in the house once"
    for file, text in HOUSE.items():
        (package / file).write_text(
            text.replace(old, new).replace("HOUSE", name) if old else text.replace("HOUSE", name)
        )
    CONTROLS.pop("torch-bright", None)
    resource.NOUNS.clear()
    importlib.import_module(f"{name}.checks")
    closure = closure_of(CONTROLS["torch-bright"])
    return Closure(
        {key.replace(name, "house"): text.replace(name, "house") for key, text in closure.sources.items()},
        closure.operations,
    )


def test_it_is_the_control_its_nouns_and_what_they_use(house: Path) -> None:
    assert sorted(built(house).sources) == [
        "house.checks.test_torch_bright",
        "house.light.BRIGHT",
        "house.light.is_bright",
        "house.torches.Bulb",
        "house.torches.Bulb.__post_init__",
        "house.torches.Bulb.is_bright",
        "house.torches.KINDS",
        "house.torches.Torch",
        "house.torches.Torch.bulb",
    ]


def test_it_knows_every_question_that_the_control_may_ask(house: Path) -> None:
    assert built(house).operations == {"lamps:list_torches", "lamps:get_bulb"}


@pytest.mark.parametrize("operation", ["lamps:get_leds", "lamps:GET /leds/{led}", "lamps:QUERY Leds"])
def test_a_question_is_known_where_it_stands_in_a_constant(house: Path, operation: str) -> None:
    assert operation in built(house, '("led",)', f'("{operation}",)').operations


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("torch.bulb.is_bright,", "not torch.bulb.is_bright,", id="the control"),
        pytest.param('key("Arn")', 'key("TorchArn")', id="a field of the noun"),
        pytest.param('"Torches")', '"AllTorches")', id="where the noun is listed"),
        pytest.param('["Watts"]', '["Power"]', id="a read of the noun"),
        pytest.param("return shines(self.watts)", "return True", id="a property of what the read returns"),
        pytest.param("assert self.watts > 0", "assert self.watts", id="a method that Python calls by itself"),
        pytest.param("watts >= BRIGHT", "watts > BRIGHT", id="a function of another file"),
        pytest.param("BRIGHT = 40", "BRIGHT = 0", id="a constant of another file"),
        pytest.param('("led",)', '("led", "halogen")', id="a constant beside the noun"),
        pytest.param("DIM = 10", "DIM = 10\nBRIGHT = 0", id="a constant that is set again"),
    ],
)
def test_a_change_of_any_of_it_is_seen(house: Path, old: str, new: str) -> None:
    assert built(house).sha256 != built(house, old, new).sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('["Charge"]', '["Volts"]', id="a read that the control does not use"),
        pytest.param("watts <= DIM", "watts < DIM", id="a function that nobody calls"),
        pytest.param('"""How bright is bright."""', '"""How bright?"""', id="the title of a file"),
        pytest.param("DIM = 10", "# Rather dark.\nDIM = 10", id="a comment beside it"),
    ],
)
def test_a_change_of_something_else_is_not(house: Path, old: str, new: str) -> None:
    assert built(house).sha256 == built(house, old, new).sha256


def test_a_module_is_looked_into_by_its_own_name(house: Path) -> None:
    found = built(house, "torch.bulb.is_bright,", "torch.bulb.is_dim,").sources

    assert {"house.light.is_dim", "house.light.DIM"} <= set(found)


def test_what_has_no_source_cannot_be_told(house: Path) -> None:
    built(house)
    control = CONTROLS["torch-bright"]
    control.function.__name__ = "gone"

    with pytest.raises(ControlError, match=r"checks\.gone has no source"):
        closure_of(control)


def test_every_control_of_the_catalogue_asks_something() -> None:
    silent = [control.id for control in REAL.values() if not closure_of(control).operations]

    assert silent == []


def test_no_two_controls_rest_on_the_same() -> None:
    assert len({closure_of(control).sha256 for control in REAL.values()}) == len(REAL)


def test_a_file_is_parsed_once() -> None:
    assert source.module_of("fixtures.efs") is source.module_of("fixtures.efs")
