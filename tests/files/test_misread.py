"""Files in which an indentation, a `#` or a missing sign makes another structure than the one that meets the eye."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from muster.errors import FileError
from muster.files.strict_yaml import load
from tests.files.estates import ACCOUNTS, estate, problem

OVER_LINES = "goes on over several lines, which may be items or keys to their writer; quote it, or use > or |"

NEXT_ITEM = "holds a dash as the next item would have it; write that on a line of its own, or quote the value"

WAIVER = """\
waivers:
  - id: W-1
    control: iam-root-mfa
    account: prod
    resource: "arn:aws:iam::111122223333:root"
    reason: root has no password
    owner: web-team
    approver: security-lead
    ticket: SEC-1
    expires: 2027-01-31
"""
ATTESTATION = """\
attestations:
  - control: attest-root-custody
    statement: Root is sealed
    owner: security-lead
    date: 2026-11-01
    valid_for_days: 30
    evidence: Custody sheet 4
    decision: Two keepers
    reasons:
      - Neither can act alone
"""


def loaded(folder: Path, text: str) -> FileError:
    (folder / "some.yaml").write_text(text)
    with pytest.raises(FileError) as caught:
        load(folder / "some.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("a: text\n  - item\n", 1, OVER_LINES, id="an item under a value"),
        pytest.param("a:\n  - one\n    - two\n", 2, OVER_LINES, id="an item indented under an item"),
        pytest.param("a:\n- one\n - two\n", 2, OVER_LINES, id="an item indented by one"),
        *(
            pytest.param(
                f"a:\n  - zero\n  - one{lost}- two\n", 3, NEXT_ITEM, id=f"a lost line end before an item: {lost!r}"
            )
            for lost in (" ", "   ", "\t")
        ),
        pytest.param("a: [one - two]\n", 1, NEXT_ITEM, id="a dash for a comma"),
        pytest.param("a: text\n  b:c\n", 1, OVER_LINES, id="a key without the space after its colon"),
        pytest.param("a: text\n  goes on\n", 1, OVER_LINES, id="plain text over two lines"),
        pytest.param("a: [one\n  two]\n", 1, OVER_LINES, id="a forgotten comma in a list"),
        pytest.param("a: {b: one\n  two}\n", 1, OVER_LINES, id="a forgotten comma in a mapping"),
        pytest.param("a:\nb: 1\n", 1, "empty; write a value, or null where nothing is meant", id="nothing"),
        pytest.param("a:\n  -\n  - b\n", 2, "empty; write a value", id="an empty item"),
        pytest.param("a: {b}\n", 1, "empty; write a value", id="a key without a value in a mapping"),
        pytest.param("a: team# since May\n", 1, "a comment needs a space before its #", id="no space before #"),
        pytest.param("a: SEC #4\n", 1, "#4 is a comment to YAML; quote the value", id="no space after #"),
        pytest.param("a: 'SEC' #4\n", 1, "#4 is a comment to YAML", id="no space after #, behind quotes"),
        pytest.param("a: [é, b] #4\n", 1, "#4 is a comment to YAML", id="no space after #, behind a list"),
        pytest.param("a: see: wiki\n", 1, "quote a value that holds a colon and a space", id="a colon in a value"),
        pytest.param(
            "a: {b: see: wiki}\n", 1, "quote a value that holds a colon and a space", id="a colon in a mapping"
        ),
        pytest.param("a: text\n  b: c\n", 2, "or correct the indentation", id="a key under a value"),
        pytest.param("a: 1\nb\n", 3, "write key: value, with a space after the colon", id="a key alone"),
        pytest.param("a:\n\t- b\n", 2, "indent by spaces", id="a tab"),
        *(
            pytest.param(f"a: {number}\n", 1, f"{number} is a number in another notation", id=f"a number: {number}")
            for number in ("030", "0x1F", "0b101", "1:30", "1_000", "1:30.5", "1_0.5", ".5")
        ),
    ],
)
def test_what_reads_as_another_structure_is_refused(tmp_path: Path, text: str, line: int, says: str) -> None:
    error = loaded(tmp_path, text)
    assert says in error.problem, error.problem
    assert error.line == line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: web-team  # since May\n", "web-team", id="a comment"),
        pytest.param("a: web-team ## since May\n", "web-team", id="a comment with two signs"),
        pytest.param("a: https://wiki.example.com/x#part\n", "https://wiki.example.com/x#part", id="a part of a page"),
        pytest.param("a: '# 4 - see: x'\n", "# 4 - see: x", id="anything in quotes"),
        pytest.param('a: "one\n  - two"\n', "one - two", id="quoted, over two lines"),
        pytest.param("a: >-\n  one\n  two\n", "one two", id="folded text"),
        pytest.param("a: |\n  - one\n  - two\n", "- one\n- two\n", id="a list within a text"),
        pytest.param("a: null\n", None, id="null"),
        pytest.param("a: ''\n", "", id="empty text"),
        pytest.param("a:\n  - 'one - two'\n  - web-team\n", ["one - two", "web-team"], id="a dash in a quoted item"),
        pytest.param("a: one - two\n", "one - two", id="a dash in a value that is no item"),
        pytest.param("a: -30\n", -30, id="a number"),
        pytest.param("a: 0.5\n", 0.5, id="a number with a point"),
        pytest.param("a: '030'\n", "030", id="digits in quotes"),
        pytest.param("a: 1\n#b: 2\n", 1, id="a line that was made a comment"),
    ],
)
def test_what_is_what_it_looks_like_is_taken(tmp_path: Path, text: str, value: object) -> None:
    (tmp_path / "some.yaml").write_text(text)
    assert load(tmp_path / "some.yaml").data["a"] == value


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "message"),
    [
        pytest.param(
            "waivers",
            WAIVER,
            "reason: root has no password\n",
            "reason: root has no password\n      - and nobody knows it\n",
            f"6: waivers.0.reason: {OVER_LINES}",
            id="waiver: an item under the reason",
        ),
        pytest.param(
            "waivers",
            WAIVER,
            "    reason: root has no password\n    owner",
            "    reason: >\n      root has no password\n      granted: 2026-01-01\n    owner",
            "8: waivers.0.reason: granted: stands inside this text; move it to the left, or write the text in quotes",
            id="waiver: a key in the reason",
        ),
        pytest.param(
            "attestations",
            ATTESTATION,
            "    statement: Root is sealed\n",
            "    statement: |\n      Root is sealed\n      approver: head-of-engineering\n",
            "5: attestations.0.statement: approver: stands inside this text; move it to the left, or write the text in"
            " quotes",
            id="attestation: the approver in the statement",
        ),
        pytest.param(
            "attestations",
            ATTESTATION,
            "- Neither can act alone\n",
            "- >\n        Neither can act alone\n        - The safe has two locks\n",
            "12: attestations.0.reasons.0: an item stands inside this text; move it to the left, or write the text in"
            " quotes",
            id="attestation: a reason in a reason",
        ),
        pytest.param(
            "attestations",
            ATTESTATION,
            "- Neither can act alone\n",
            "- >\n        Neither can act alone\n        approver: head-of-engineering\n",
            "12: attestations.0.reasons.0: approver: stands inside this text; move it to the left, or write the text in"
            " quotes",
            id="attestation: the approver in a reason",
        ),
        pytest.param(
            "accounts",
            ACCOUNTS,
            "    tags: {env: prod, team: shop}\n",
            "    tags:\n      env: prod\n      calls_per_second: '5'\n",
            "11: accounts.prod.tags.calls_per_second: a key of the account, indented as one of its tags; move it to the"
            " left, or rename the tag",
            id="account: a key among the tags",
        ),
    ],
)
def test_what_is_lost_in_an_estate(tmp_path: Path, name: str, text: str, old: str, new: str, message: str) -> None:
    assert old in text
    estate(tmp_path, **{name: text})
    assert problem(tmp_path, **{name: text.replace(old, new)}) == f"{name}.yaml:{message}"


FACTS = """\
admin_principals:
  - name: role/MusterBreakGlass*
    owner: security-lead
    approver: managing-director
    reason: Roles that nobody holds until an emergency
    granted: 2026-11-02
    expires: 2027-10-31
audit_account_id: "111122223333"
audit_buckets:
  - logs-one
  - logs-two
"""
OPTIONAL_KEYS = {
    "accounts": ACCOUNTS.replace("regions: all", "regions:\n      - eu-west-1\n      - us-east-1").replace(
        "tags: {env: prod, team: shop}", "tags:\n      env: prod\n      team: shop\n    calls_per_second: 5"
    ),
    "waivers": WAIVER.replace("    expires", "    granted: 2026-11-01\n    expires"),
    "attestations": ATTESTATION.replace("    date", "    approver: head\n    date")
    + "      - The safe has two locks\n",
    "facts": FACTS,
}


@pytest.mark.parametrize("name", OPTIONAL_KEYS)
def test_a_line_that_is_moved_is_refused_or_changes_nothing(tmp_path: Path, name: str) -> None:
    """Each line in turn, by up to four spaces to the left and to the right, alone and with all that follows."""
    lines = OPTIONAL_KEYS[name].splitlines()
    meant = estate(tmp_path, **{name: OPTIONAL_KEYS[name]})
    taken = []
    for number, by in product(range(len(lines)), (-4, -3, -2, -1, 1, 2, 3, 4)):
        for end in (number + 1, len(lines)):
            moved = [*lines[:number], *(_moved(line, by) for line in lines[number:end]), *lines[end:]]
            with suppress(FileError):
                if estate(tmp_path, **{name: "\n".join(moved) + "\n"}) != meant:
                    taken.append((number + 1, by, end))

    assert taken == []


def _moved(line: str, by: int) -> str:
    text = line.lstrip(" ")
    return " " * max(0, len(line) - len(text) + by) + text
