"""Two spellings of one name are one name: an approver is nobody else for a space or a letter of another script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.files.look_alikes import look_alike


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("web-team", id="the same"),
        pytest.param(" Web-Team ", id="in another case, with spaces around"),
        pytest.param("WEB-TEAM", id="in capitals"),
        pytest.param("web  team", id="two spaces"),
        pytest.param("web\u00a0team", id="no-break space"),
        pytest.param("web\u200bteam", id="zero-width space"),
        pytest.param("web-\u2060team", id="word joiner"),
        pytest.param("web\u00adteam", id="soft hyphen"),
        pytest.param("web\u2011team", id="no-break hyphen"),
        pytest.param("web_team", id="underscore"),
        pytest.param("ｗｅｂ－ｔｅａｍ", id="full width"),
        pytest.param("𝐰𝐞𝐛-𝐭𝐞𝐚𝐦", id="mathematical bold"),
        pytest.param("wеb-tеаm", id="Cyrillic e and a"),
        pytest.param("web-Теam", id="Cyrillic capital Te"),
        pytest.param("wéb-team", id="an accent"),
        pytest.param("web-tearn", id="r and n for m"),
    ],
)
def test_what_reads_as_the_same_name(other: str) -> None:
    assert look_alike("web-team", other)
    assert look_alike(other, "web-team")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("security-lead", "security-1ead", id="one for l"),
        pytest.param("Ian", "lan", id="capital I for l"),
        pytest.param("bob", "b0b", id="nought for o"),
        pytest.param("ορ", "op", id="Greek omicron and rho"),
        pytest.param("...", "... ", id="no letters at all"),
        pytest.param("Aiko Tanaka", "Tanaka, Aiko", id="words in another order"),
        pytest.param("Aiko Tanaka", "TANAKA,Áiko", id="words in another order and case"),
        pytest.param("Aiko Tanaka", "Tаnаkа Аiko", id="words in another order and script"),
        pytest.param("aiko.tanaka", "Tanaka Aiko", id="an id and the name it is made of"),
    ],
)
def test_other_names_that_read_alike(one: str, other: str) -> None:
    assert look_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("web-team", "web-teams"),
        ("Aiko Tanaka", "Aiko Tanabe"),
        ("Web Data", "Data Web Two"),
        ("anna", "anne"),
        ("team-2", "team-3"),
        ("山田", "山口"),
        ("Ιάννης", "Μαρία"),
        ("a", "-"),
    ],
)
def test_names_that_differ(one: str, other: str) -> None:
    assert not look_alike(one, other)


@given(name=st.text(min_size=1, max_size=12), other=st.text(min_size=1, max_size=12))
def test_it_is_the_same_both_ways_round(name: str, other: str) -> None:
    assert look_alike(name, name)
    assert look_alike(name, other) is look_alike(other, name)
