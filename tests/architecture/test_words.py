"""What controls and nouns must not know, what the engine must not know, and how long a file may be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import botocore.session
import pytest

from muster.estate.excuses import EXCUSING_FACTS
from muster.judging.control import Control
from muster.selection.parameters import checked_parameters

ROOT = Path(__file__).parents[2]
FRAMEWORKS = re.compile(r"\b(CIS|PCI|NIST|HIPAA|SOC ?2|FSBP|FedRAMP|GDPR|ISO[ /-]?(IEC )?27\d\d\d)\b")
AWS_SERVICES = botocore.session.Session().get_available_services()
AWS_OPERATION = re.compile(rf"['\"]({'|'.join(AWS_SERVICES)}):[A-Za-z_]+|\.client\(\s*['\"]")
LONGEST_FILE = 320
LONGEST_TABLE_OF_CASES = 520


def python_files(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize(
    "path", python_files("controls", "fixtures"), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_no_framework_is_named(path: Path) -> None:
    assert FRAMEWORKS.findall(path.read_text()) == []


@pytest.mark.parametrize("path", python_files("muster"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_engine_names_no_service_of_aws(path: Path) -> None:
    # The sessions ask; and one signer signs with a key of AWS, and reads nothing.
    if "sessions" not in path.parts and path.name != "kms_signer.py":
        assert AWS_OPERATION.findall(path.read_text()) == []


def test_a_service_would_be_seen_if_the_engine_named_it() -> None:
    asked = (ROOT / "muster" / "reading" / "sessions" / "aws_identity.py").read_text()

    assert set(AWS_OPERATION.findall(asked)) == {"sts", "ec2"}


@pytest.mark.parametrize("path", python_files("controls"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_control_knows_no_api(path: Path) -> None:
    text = path.read_text()

    assert "place." not in text
    assert ".read(" not in text
    assert "except" not in text


@pytest.mark.parametrize(
    "path",
    python_files("muster", "fixtures", "controls", "reports", "tests", "benchmarks"),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_file_is_short_enough_to_read(path: Path) -> None:
    longest = LONGEST_TABLE_OF_CASES if "tests" in path.parts else LONGEST_FILE

    assert len(path.read_text().splitlines()) <= longest


def test_a_file_of_controls_has_at_most_eight(controls: dict[str, Control]) -> None:
    by_file: dict[Path, list[str]] = {}
    for control in controls.values():
        by_file.setdefault(control.path, []).append(control.id)

    assert [path for path, ids in by_file.items() if len(ids) > 8] == []


def test_a_title_states_what_is_so(control: Control) -> None:
    assert control.title[0].isupper()
    assert len(control.title) <= 90
    assert not re.match(r"(Ensure|Check|Verify)\b", control.title)


def test_every_see_is_a_page_of_the_vendor(control: Control) -> None:
    for link in control.see:
        assert link.startswith(
            ("https://docs.aws.amazon.com/", "https://docs.github.com/", "https://aws.amazon.com/")
        ), link


EXCUSING = {kind.fact for kind in EXCUSING_FACTS}


@pytest.mark.parametrize("path", python_files("controls"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_fact_that_excuses_is_found_by_declared(path: Path) -> None:
    """Else a verdict would owe itself to a fact and not say so."""
    tree = ast.parse(path.read_text())
    found = {id(call.args[0]) for call in ast.walk(tree) if isinstance(call, ast.Call) and _calls(call, "declared")}
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in EXCUSING and id(node) not in found
    ]

    assert wrong == []


@pytest.mark.parametrize("path", python_files("controls"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_facts_are_read_one_by_one(path: Path) -> None:
    """Else nobody could tell which facts are read, and one that nobody reads would be taken without a word."""
    tree = ast.parse(path.read_text())
    looked_at = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    # `elsewhere("audit", facts, bucket)` reads the account of that role, as the engine sees.
    looked_at |= {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "elsewhere"
        for argument in node.args
    }
    whole = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "facts" and id(node) not in looked_at
    ]

    assert whole == []


def _calls(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


@pytest.mark.parametrize(
    "path",
    python_files("muster", "fixtures", "controls", "reports"),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_one_except_is_broad(path: Path) -> None:
    handlers = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler))
    broad = [handler for handler in handlers if _catches_all(handler)]

    assert len(broad) == (1 if path == ROOT / "muster" / "errors.py" else 0)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether it takes what it does not name, and does not raise it again at its end."""
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"all"}
    last = handler.body[-1]
    return bool(names & {"all", "Exception", "BaseException"}) and not (isinstance(last, ast.Raise) and not last.exc)


def test_the_defaults_of_a_control_are_within_their_bounds(control: Control) -> None:
    assert checked_parameters(control, control.parameters) == control.parameters
