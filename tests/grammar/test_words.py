"""Names and sentences as words."""

from __future__ import annotations

import pytest

from fixtures.grammar.words import says, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dbPassword", ["db", "password"]),
        ("DB_PASSWORD", ["db", "password"]),
        ("db-password.old", ["db", "password", "old"]),
        ("APIKey", ["api", "key"]),
        ("PaymentAPIKey2", ["payment", "api", "key", "2"]),
        ("apikey", ["apikey"]),
        ("open for now!", ["open", "for", "now"]),
        ("", []),
        ("--", []),
    ],
)
def test_a_name_is_words_however_it_is_written(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        pytest.param("db-password", ("password",), True, id="a word of its own"),
        pytest.param("db-passwords", ("password",), True, id="its plural"),
        pytest.param("template-name", ("temp",), False, id="a part of a word"),
        pytest.param("apiKey", ("api_key",), True, id="two words in a row"),
        pytest.param("api-of-key", ("api_key",), False, id="two words apart"),
        pytest.param("key-api", ("api_key",), False, id="in another order"),
        pytest.param("Open for now", ("temp", "for now"), True, id="one of several phrases"),
        pytest.param("now", ("for now",), False, id="a part of a phrase"),
        pytest.param("anything", (), False, id="no phrase"),
        pytest.param("anything", ("",), False, id="an empty phrase"),
        pytest.param("", ("temp",), False, id="no text"),
    ],
)
def test_a_phrase_is_found_as_words(text: str, phrases: tuple[str, ...], found: bool) -> None:
    assert says(words_of(text), phrases) is found
