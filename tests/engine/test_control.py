"""Controls: what a test function must look like to be one, and what is known of it then."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import linecache
import textwrap
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from muster.errors import ControlError, NotApplicable
from muster.estate.declarations import Facts
from muster.judging.control import CONTROLS, Control, control, judged_in, not_applicable, retired
from tests.engine.lamps import House, Hub, Lamp

# By import_module, because the package has the function `control` in the place of its module.
MODULE = import_module("muster.judging.control")
_files = itertools.count()
DOCSTRING = '''"""Lamps are on.

    Why: It is dark.
    Fix: Switch it on.
    See: https://example.com/lamps https://example.com/light
    """'''


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, Control]:
    """A catalogue of its own for each test."""
    own: dict[str, Control] = {}
    monkeypatch.setattr(MODULE, "CONTROLS", own)
    monkeypatch.setattr(MODULE, "RETIRED", {})
    return own


def written(source: str, path: str | None = None) -> None:
    """Run a file of controls with this source."""
    path = path or f"/house/controls/lighting/file_{next(_files)}.py"
    text = textwrap.dedent(source)
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    exec(compile(text, path, "exec"), {"control": control, "Lamp": Lamp, "House": House, "Hub": Hub, "Facts": Facts})


def defined(signature: str = "lamp: Lamp", *, name: str = "test_lamp_on", docstring: str = DOCSTRING) -> str:
    return f'@control(severity="high")\ndef {name}({signature}) -> None:\n    {docstring}\n    assert True\n'


def test_everything_is_taken_from_the_function_and_its_place(registry: dict[str, Control]) -> None:
    written(defined("lamp: Lamp, facts: Facts, watts: int = 60"), "/house/controls/lighting/lamps.py")
    known = registry["lamp-on"]
    assert (known.id, known.severity, known.title, known.why, known.fix) == (
        "lamp-on",
        "high",
        "Lamps are on",
        "It is dark.",
        "Switch it on.",
    )
    assert known.see == ("https://example.com/lamps", "https://example.com/light")
    assert (known.domain, known.path.name, known.line) == ("lighting", "lamps.py", 1)
    assert (known.subject, dict(known.arguments), known.wants_facts) == ("lamp", {"lamp": Lamp}, True)
    assert dict(known.parameters) == {"watts": 60}
    assert (known.kind, known.service, known.first_noun) == ("aws", "lamps", Lamp)
    assert known.source_hash == hashlib.sha256(inspect.getsource(known.function).encode()).hexdigest()


@pytest.mark.parametrize(
    ("signature", "subject", "nouns"),
    [
        pytest.param("lamp: Lamp", "lamp", ["lamp"], id="each of them"),
        pytest.param("lamps: list[Lamp]", None, ["lamps"], id="all of them"),
        pytest.param("house: House", "house", ["house"], id="a global one"),
        pytest.param("lamp: Lamp, lamps: list[Lamp]", "lamp", ["lamp", "lamps"], id="each beside all"),
        pytest.param("lamps: list[Lamp], houses: list[House]", None, ["lamps", "houses"], id="two lists"),
        pytest.param("houses: list[House], lamp: Lamp", "lamp", ["houses", "lamp"], id="a list first"),
        pytest.param("hub: Hub", "hub", ["hub"], id="of another kind of account"),
    ],
)
def test_arguments_that_a_control_may_take(
    registry: dict[str, Control], signature: str, subject: str | None, nouns: list[str]
) -> None:
    written(defined(signature))
    assert (registry["lamp-on"].subject, list(registry["lamp-on"].arguments)) == (subject, nouns)


FORM = r"a noun under its own name \(bucket: Bucket\)"
KINDS = "nouns of one kind of account, at most one of them singular"


@pytest.mark.parametrize(
    ("signature", "complaint"),
    [
        pytest.param("", KINDS, id="nothing to judge"),
        pytest.param("facts: Facts", KINDS, id="facts alone"),
        pytest.param("watts: int = 60", KINDS, id="a threshold alone"),
        pytest.param("lamp: Lamp, house: House", KINDS, id="two singulars"),
        pytest.param("lamp: Lamp, hubs: list[Hub]", KINDS, id="two kinds of account"),
        pytest.param("lamp: House", FORM, id="another nouns name"),
        pytest.param("light: Lamp", FORM, id="a name of ones own"),
        pytest.param("lamp: list[Lamp]", FORM, id="a singular name for a list"),
        pytest.param("lamps: Lamp", FORM, id="a plural name for one"),
        pytest.param("lamps: tuple[Lamp]", FORM, id="not a list"),
        pytest.param("lamps: list", FORM, id="a list of nothing said"),
        pytest.param("lamp", FORM, id="no annotation"),
        pytest.param("lamp: 'Lamb'", ".", id="an annotation that names nothing"),
        pytest.param("lamp: Lamp, request", FORM, id="a fixture of pytest"),
        pytest.param("lamp: Lamp, watts: int", FORM, id="a threshold without a default"),
        pytest.param("lamp: Lamp, declared: Facts", FORM, id="facts under another name"),
        pytest.param("lamp: Lamp, *others", FORM, id="more positional arguments"),
        pytest.param("lamp: Lamp, **others", FORM, id="more named arguments"),
    ],
)
def test_arguments_that_are_refused(registry: dict[str, Control], signature: str, complaint: str) -> None:
    with pytest.raises(ControlError, match=rf"^/house/controls/\S+:1: test_lamp_on: .*{complaint}"):
        written(defined(signature))
    assert registry == {}


@pytest.mark.parametrize(
    "name",
    ["lamp_is_on", "test", "test_", "test_lamp", "test_Lamp_on", "test_lamp__on", "test_lamp_on_", "test_lämp_on"],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(ControlError, match=rf":1: {name}: a control is named test_<what>_<is so>$"):
        written(defined(name=name))


@pytest.mark.parametrize(
    "docstring",
    [
        pytest.param("", id="none"),
        pytest.param('"""Lamps are on."""', id="a title alone"),
        pytest.param(DOCSTRING.replace("on.", "on", 1), id="a title without a period"),
        pytest.param(DOCSTRING.replace("Lamps are on.", ""), id="no title"),
        pytest.param(DOCSTRING.replace("    Why: It is dark.\n", ""), id="no Why"),
        pytest.param(DOCSTRING.replace("    Fix: Switch it on.\n", ""), id="no Fix"),
        pytest.param(DOCSTRING.replace("See: https://example.com/lamps https://example.com/light", ""), id="no See"),
        pytest.param(DOCSTRING.replace("It is dark.", ""), id="an empty Why"),
        pytest.param(DOCSTRING.replace("Why", "See").replace("See: https", "Why: https"), id="another order"),
        pytest.param(DOCSTRING.replace("Why", "why"), id="other letters"),
    ],
)
def test_docstrings_that_are_refused(docstring: str) -> None:
    with pytest.raises(
        ControlError, match=r"the docstring is a title that ends with a period, then Why:, Fix: and See:$"
    ):
        written(defined(docstring=docstring))


def test_sections_may_run_over_lines() -> None:
    text = DOCSTRING.replace("It is dark.", "It is dark,\n        and one stumbles.")
    written(defined(docstring=text))


@pytest.mark.parametrize("severity", ["urgent", "High", "", None])
def test_severities_that_are_refused(severity: Any) -> None:
    with pytest.raises(ControlError, match=r"severity .* is none of critical, high, medium, low$"):
        written(defined().replace('"high"', repr(severity)))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(defined().replace("def ", "async def "), id="a coroutine"),
        pytest.param(defined() + "    yield\n", id="a generator"),
    ],
)
def test_a_function_whose_asserts_would_never_run_is_refused(source: str) -> None:
    with pytest.raises(ControlError):
        written(source)


def test_an_id_is_taken_once() -> None:
    written(defined(), "/house/controls/lighting/first.py")
    with pytest.raises(ControlError, match=r"second\.py:1: the id lamp-on is taken by /house/\S+first\.py:1$"):
        written(defined(), "/house/controls/lighting/second.py")


def test_an_id_is_taken_once_in_a_file_too() -> None:
    with pytest.raises(ControlError, match="the id lamp-on is taken"):
        written(defined() + "\n\n" + defined("house: House"))


def test_a_file_may_be_imported_again(registry: dict[str, Control]) -> None:
    for _ in range(2):
        written(defined(), "/house/controls/lighting/again.py")
    assert list(registry) == ["lamp-on"]


def test_the_function_stays_what_it_was() -> None:
    def test_lamp_dimmed(lamp: Lamp) -> None:
        """Lamps are dimmed.

        Why: It dazzles.
        Fix: Dim it.
        See: https://example.com
        """

    assert control(severity="low")(test_lamp_dimmed) is test_lamp_dimmed


@pytest.mark.parametrize(
    ("say", "account"),
    [
        (lambda: not_applicable("it is a candle"), None),
        (lambda: judged_in("444455556666", "it is a candle"), "444455556666"),
    ],
    ids=["not_applicable", "judged_in"],
)
def test_a_rule_may_not_speak_of_a_resource(say: Callable[[], None], account: str | None) -> None:
    with pytest.raises(NotApplicable) as raised:
        say()
    assert (raised.value.reason, raised.value.judged_in) == ("it is a candle", account)


@pytest.mark.parametrize(
    "say",
    [
        lambda: not_applicable(None),
        lambda: judged_in(None, "it is a candle"),
        lambda: judged_in("444455556666", None),
    ],
    ids=["no reason", "no account", "an account, but no reason"],
)
def test_where_there_is_no_reason_nothing_is_said(say: Callable[[], None]) -> None:
    say()


def test_the_controls_of_these_tests_are_not_in_the_catalogue() -> None:
    written(defined())
    assert "lamp-on" not in CONTROLS


def test_a_retired_id_is_never_used_again() -> None:
    retired("lamp-on", instead="lamp-lit asks it of every room")

    with pytest.raises(ControlError, match="the id lamp-on is retired for good"):
        written(defined())


def test_what_is_retired_is_gone() -> None:
    written(defined(), "/house/controls/lighting/lamps.py")

    with pytest.raises(ControlError, match=r"lamp-on is retired, and stands in /house/controls/lighting/lamps\.py"):
        retired("lamp-on", instead="lamp-lit asks it of every room")
