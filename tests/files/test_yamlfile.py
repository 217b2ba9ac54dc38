"""Reading strict YAML: what is taken, what is refused, and where a message points."""

from __future__ import annotations

import contextlib
import datetime
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from muster.errors import FileError
from muster.files.strict_yaml import MAX_BYTES, MAX_DEPTH, YamlFile, load, validate

ESTATE = """\
# a comment
accounts:
  demo: {sandbox: demo}
  prod:
    id: "111122223333"
    regions:
      - eu-west-1
      - us-east-1
"""

ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 8)
)


def written(folder: Path, text: str | bytes, name: str = "some.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        load(path)
    return caught.value


def test_data_is_what_safe_load_gives(tmp_path: Path) -> None:
    text = "a: [1, 2.5, true, null, 2026-11-23, text]\nb: {c: '2026-11-23', d: \"x\"}\n"
    assert load(written(tmp_path, text)).data == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param((), 2, id="the whole"),
        pytest.param(("accounts",), 2, id="a key"),
        pytest.param(("accounts", "demo", "sandbox"), 3, id="a key on its parent's line"),
        pytest.param(("accounts", "prod", "id"), 5, id="a nested key"),
        pytest.param(("accounts", "prod", "regions", 1), 8, id="a list item"),
        pytest.param(("accounts", "prod", "role_arn"), 4, id="a missing key is told at its mapping"),
        pytest.param(("accounts", "stage", "regions", 0), 2, id="a missing branch is told where it would begin"),
    ],
)
def test_line_of_a_path(tmp_path: Path, path: tuple[str | int, ...], line: int) -> None:
    assert load(written(tmp_path, ESTATE)).line(path) == line


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("a: 1\nb: [\n", 3, "not YAML", id="unclosed list"),
        pytest.param("a: 1\n\tb: 2\n", 2, "not YAML", id="tab for indentation"),
        pytest.param("a: 1\nb: \x01\n", 2, "not YAML", id="control character"),
        pytest.param("a: 1\n---\nb: 2\n", 2, "not YAML", id="two documents"),
        pytest.param(b"a: 1\nb: \xff\n", 2, "not UTF-8", id="not UTF-8"),
        pytest.param("- a\n- b\n", 1, "the top level is a list", id="list at the top"),
        pytest.param("\n\njust text\n", 3, "the top level is a single value", id="scalar at the top"),
        pytest.param("a: 1\nb: 2\na: 3\n", 3, 'the key "a" stands here twice (first on line 1)', id="duplicate key"),
        pytest.param("a:\n  b: {c: 1, c: 1}\n", 2, 'the key "c"', id="duplicate key inside, of equal value"),
        pytest.param("a: &x 1\n", 1, "anchors and aliases are not taken (&x)", id="anchor"),
        pytest.param("a: 1\nb: *x\n", 2, "anchors and aliases are not taken (*x)", id="alias"),
        pytest.param("a: &x [*x]\n", 1, "anchors and aliases", id="list that holds itself"),
        pytest.param("a:\n  <<: {b: 1}\n", 2, "merge keys", id="merge key"),
        pytest.param("a: !!python/object/apply:os.system [id]\n", 1, "tags are not taken", id="python tag"),
        pytest.param("a: 1\nb: !!str 2\n", 2, "tags are not taken", id="harmless tag"),
        pytest.param("a: 1\n2.10: x\n", 2, 'quote it: "2.10"', id="number as key"),
        pytest.param("on: x\n", 1, 'quote it: "on"', id="boolean as key"),
        pytest.param("a: 1\n? [b]\n: 1\n", 2, "a key is a list", id="list as key"),
        pytest.param("a: 1\nb: 2026-02-30\n", 2, "2026-02-30 is no timestamp", id="day that does not exist"),
        pytest.param(f"a: {'9' * 5000}\n", 1, "longer than", id="number of 5,000 digits"),
        pytest.param(f"a: {'1:' * 200000}1\n", 1, "another notation", id="base-60 number of 200,000 places"),
        pytest.param("a: " + "[" * 100000, 1, "nested deeper", id="100,000 open brackets"),
        pytest.param("a: " + "{b: " * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), 1, "nested deeper", id="deep"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    error = refused(written(tmp_path, text))
    assert (error.line, says in error.problem) == (line, True), str(error)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"], ids=["nothing", "blank lines", "comment"])
def test_an_empty_file_is_an_error(tmp_path: Path, text: str) -> None:
    assert "the file is empty" in refused(written(tmp_path, text)).problem


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "facts.yaml")
    assert "it is a folder, a pipe or a device" in refused(tmp_path / "facts.yaml").problem


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    assert str(refused(tmp_path / "none.yaml")).startswith(f"{tmp_path / 'none.yaml'}: there is no such file")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path).problem


def test_a_relative_path_stays_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "a: 1\na: 2\n")
    monkeypatch.chdir(tmp_path)
    assert str(refused(Path("some.yaml"))).startswith("some.yaml:2: a: ")


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    text = "a: 1\n#".ljust(MAX_BYTES, "x")
    assert load(written(tmp_path, text)).data == {"a": 1}


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(ALIAS_BOMB, id="a small file that would grow to 100 million values"),
        pytest.param(ALIAS_BOMB + "#".ljust(10_000_000, "x"), id="a file of 10 MB"),
        pytest.param("#".ljust(MAX_BYTES - 2000, "x") + "\n" + ALIAS_BOMB, id="a bomb behind a long comment"),
    ],
)
def test_an_alias_bomb_is_refused_fast_and_without_memory(tmp_path: Path, bomb: str) -> None:
    path = written(tmp_path, bomb)
    tracemalloc.start()
    begin = time.process_time()
    refused(path)
    seconds = time.process_time() - begin
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 1
    assert peak < 12 * MAX_BYTES


class Door(BaseModel):
    model_config = ConfigDict(title="a door", extra="forbid", strict=True)

    width: int
    colour: str
    opened: datetime.date | None = None


class House(BaseModel):
    model_config = ConfigDict(title="a house", extra="forbid", strict=True)

    doors: dict[str, Door]


def judged(folder: Path, text: str) -> str:
    with pytest.raises(FileError) as caught:
        validate(load(written(folder, text)), House)
    return str(caught.value).removeprefix(f"{folder}/")


def test_a_valid_document_becomes_the_model(tmp_path: Path) -> None:
    house = validate(load(written(tmp_path, "doors: {front: {width: 90, colour: red}}")), House)
    assert house.doors["front"].width == 90


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "doors:\n  front:\n    colour: red\n    width: wide\n",
            'some.yaml:4: doors.front.width: "wide" is not a whole number',
            id="wrong type",
        ),
        pytest.param(
            "doors:\n  front:\n    width: true\n    colour: red\n",
            "some.yaml:3: doors.front.width: true is not a whole number",
            id="a boolean is no number",
        ),
        pytest.param(
            "doors:\n  front:\n    width: 90\n    colour: 7\n",
            "some.yaml:4: doors.front.colour: 7 is not text to YAML; quote it",
            id="number for text",
        ),
        pytest.param(
            "doors:\n  front:\n    width: 90\n    colour:\n",
            "some.yaml:4: doors.front.colour: empty; write a value, or null where nothing is meant",
            id="nothing for text",
        ),
        pytest.param(
            "doors:\n  front:\n    width: 90\n",
            "some.yaml:2: doors.front.colour: missing; add it",
            id="missing key",
        ),
        pytest.param(
            "doors:\n  front:\n    width: 90\n    color: red\n    colour: red\n",
            'some.yaml:4: doors.front.color: not a key of a door; did you mean "colour"?',
            id="unknown key, nearly right",
        ),
        pytest.param(
            "doors:\n  front:\n    width: 90\n    colour: red\n    lock: yes\n",
            "some.yaml:5: doors.front.lock: not a key of a door; known: colour, opened, width",
            id="unknown key, like none",
        ),
        pytest.param(
            "doors:\n  front: red\n",
            'some.yaml:2: doors.front: "red" stands where a mapping (key: value) is expected',
            id="text for a mapping",
        ),
        pytest.param(
            "doors:\n  front: {width: x, colour: red}\n  back: {width: y}\n  side: 1\n",
            'some.yaml:2: doors.front.width: "x" is not a whole number (and 3 more)',
            id="the first of several",
        ),
        pytest.param(
            "doors:\n  front: {lock: 1, width: x, colour: red}\n",
            "some.yaml:2: doors.front.lock: not a key of a door; known: colour, opened, width (and 1 more)",
            id="the first within a line",
        ),
    ],
)
def test_what_validation_says(tmp_path: Path, text: str, message: str) -> None:
    assert judged(tmp_path, text) == message


YAML_PIECES = st.text(alphabet="ab12:-[]{}&*!<>?|#%@'\"\\ \n\t~.=,", max_size=60)


@given(content=YAML_PIECES.map(str.encode) | st.binary(max_size=60))
def test_whatever_the_bytes_only_a_file_error_comes_out(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    with contextlib.suppress(FileError):
        document = load(written(tmp_path_factory.getbasetemp(), content, "random.yaml"))
        # libyaml, as `load` reads: it takes a tab behind a colon, which PyYAML's own scanner refuses.
        assert document.data == yaml.load(content, Loader=yaml.CSafeLoader)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(data=st.dictionaries(st.text(max_size=5), PLAIN, min_size=1, max_size=4))
def test_plain_data_survives_the_round_trip(tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]) -> None:
    text = yaml.dump(data, Dumper=_WithoutAliases, allow_unicode=False)
    document = load(written(tmp_path_factory.getbasetemp(), text, "plain.yaml"))
    assert document.data == data
    assert all(_at(document, path) is not None for path in document.places)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _at(document: YamlFile, path: tuple[str | int, ...]) -> tuple[object]:
    """The value at a noted place, in a tuple; raises KeyError or IndexError if there is none."""
    value: object = document.data
    for part in path:
        assert isinstance(value, dict | list)
        value = value[part]  # type: ignore[index]  # a mapping's key or a list's position, as noted
    return (value,)
