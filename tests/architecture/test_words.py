"""What controls and nouns must not know, what the engine must not know, and how long a file may be.

A rule is one test over all files: its failure names each file that breaks it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import botocore.session

from muster.estate.excuses import EXCUSING_FACTS
from muster.judging.control import Control
from muster.selection.parameters import checked_parameters
from tests.architecture.sources import ROOT, places, python_files, text_of, tree_of

FRAMEWORKS = re.compile(r"\b(CIS|PCI|NIST|HIPAA|SOC ?2|FSBP|FedRAMP|GDPR|ISO[ /-]?(IEC )?27\d\d\d)\b")
AWS_SERVICES = botocore.session.Session().get_available_services()
AWS_OPERATION = re.compile(rf"['\"]({'|'.join(AWS_SERVICES)}):[A-Za-z_]+|\.client\(\s*['\"]")
OF_AN_API = re.compile(r"place\.|\.read\(|except")
OF_A_VENDOR = ("https://docs.aws.amazon.com/", "https://docs.github.com/", "https://aws.amazon.com/")
LONGEST_FILE = 320
LONGEST_TABLE_OF_CASES = 520
EXCUSING = {kind.fact for kind in EXCUSING_FACTS}


def test_no_framework_is_named() -> None:
    assert places(("controls", "fixtures"), lambda path: FRAMEWORKS.finditer(text_of(path))) == []


def test_the_engine_names_no_service_of_aws() -> None:
    def named(path: Path) -> Iterator[object]:
        # The sessions ask; and a signer, a store of runs and a topic that is told read nothing of any account.
        if "sessions" not in path.parts and path.name not in ("kms_signer.py", "s3_store.py", "sns_topic.py"):
            yield from AWS_OPERATION.findall(text_of(path))

    assert places(("muster",), named) == []


def test_a_service_would_be_seen_if_the_engine_named_it() -> None:
    asked = text_of(ROOT / "muster" / "reading" / "sessions" / "aws_identity.py")

    assert set(AWS_OPERATION.findall(asked)) == {"sts", "ec2"}


def test_a_control_knows_no_api() -> None:
    assert places(("controls",), lambda path: iter(OF_AN_API.findall(text_of(path)))) == []


def test_a_file_is_short_enough_to_read() -> None:
    def too_many(path: Path) -> Iterator[object]:
        lines = len(text_of(path).splitlines())
        if lines > (LONGEST_TABLE_OF_CASES if "tests" in path.parts else LONGEST_FILE):
            yield f"{lines} lines"

    assert places(("muster", "fixtures", "controls", "reports", "tests", "benchmarks"), too_many) == []


def test_a_file_of_controls_has_at_most_eight(controls: dict[str, Control]) -> None:
    by_file: dict[Path, list[str]] = {}
    for control in controls.values():
        by_file.setdefault(control.path, []).append(control.id)

    assert [path for path, ids in by_file.items() if len(ids) > 8] == []


def test_a_title_states_what_is_so(controls: dict[str, Control]) -> None:
    titles = {control.id: control.title for control in controls.values()}

    assert {name: title for name, title in titles.items() if not title[0].isupper()} == {}
    assert {name: title for name, title in titles.items() if len(title) > 90} == {}
    assert {name: title for name, title in titles.items() if re.match(r"(Ensure|Check|Verify)\b", title)} == {}


def test_every_see_is_a_page_of_the_vendor(controls: dict[str, Control]) -> None:
    links = [(control.id, link) for control in controls.values() for link in control.see]

    assert [(name, link) for name, link in links if not link.startswith(OF_A_VENDOR)] == []


def test_the_defaults_of_a_control_are_within_their_bounds(controls: dict[str, Control]) -> None:
    for control in controls.values():
        assert checked_parameters(control, control.parameters) == control.parameters, control.id


def test_a_fact_that_excuses_is_found_by_declared() -> None:
    """Else a verdict would owe itself to a fact and not say so."""

    def read_otherwise(path: Path) -> Iterator[object]:
        tree = tree_of(path)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        found = {id(call.args[0]) for call in calls if ast.unparse(call.func) == "declared"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in EXCUSING and id(node) not in found:
                yield f"line {node.lineno}: {ast.unparse(node)}"

    assert places(("controls",), read_otherwise) == []


def test_facts_are_read_one_by_one() -> None:
    """Else nobody could tell which facts are read, and one that nobody reads would be taken without a word."""

    def read_whole(path: Path) -> Iterator[object]:
        tree = tree_of(path)
        looked_at = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        # `elsewhere("audit", facts, bucket)` reads the account of that role, as the engine sees.
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "elsewhere":
                looked_at |= {id(argument) for argument in node.args}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "facts" and id(node) not in looked_at:
                yield f"line {node.lineno}"

    assert places(("controls",), read_whole) == []


def test_one_except_is_broad() -> None:
    broad = [
        path.relative_to(ROOT).as_posix()
        for path in python_files("muster", "fixtures", "controls", "reports")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    ]

    assert broad == ["muster/errors.py"]


COUNTED = re.compile(
    r"\A (?:more |other )?(?:accounts|answers|bytes|characters|controls|days|files|findings|hours|members|nights|owners"
    r"|pages|problems|repositories|requests|resources|runs|secrets|statements|verdicts)\b"
)


def test_a_number_of_things_is_spelled_by_counted() -> None:
    """Else a reason says `1 days`."""

    def by_hand(path: Path) -> Iterator[object]:
        texts = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.JoinedStr)]
        for number, what in (pair for text in texts for pair in pairwise(text.values)):
            if isinstance(number, ast.FormattedValue) and isinstance(what, ast.Constant) and _is_number(number):
                yield from (f"line {number.lineno}: {found}" for found in COUNTED.findall(str(what.value)))

    assert places(("controls", "fixtures", "reports", "muster/plugin", "muster/commands", "muster/run"), by_hand) == []


def _is_number(part: ast.FormattedValue) -> bool:
    """Whether it may be one thing: no constant is, and nothing that is formatted as `1.5`."""
    name = ast.unparse(part.value)
    spec = ast.unparse(part.format_spec) if part.format_spec else ""
    return not name.replace("_", "").isupper() and "g" not in spec and not name.startswith("counted(")


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether it takes what it does not name, and does not raise it again at its end."""
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"all"}
    last = handler.body[-1]
    return bool(names & {"all", "Exception", "BaseException"}) and not (isinstance(last, ast.Raise) and not last.exc)
