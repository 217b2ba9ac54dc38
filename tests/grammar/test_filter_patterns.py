"""Filter patterns: how they are read, and which of them count all of the events asked for and no others."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.described_events import EventCondition, kinds
from fixtures.grammar.filter_patterns import Either, Every, Expression, PatternError, catches, holds, parse

TYPE = EventCondition(("userIdentity", "type"), "=", "Root")
INVOKED = EventCondition(("userIdentity", "invokedBy"), "NOT EXISTS")
EVENT = EventCondition(("eventType",), "!=", "AwsServiceEvent")
ROOT_USE = kinds(
    {
        "userIdentity.type": ["Root"],
        "userIdentity.invokedBy": ["NOT EXISTS"],
        "eventType": ["!=AwsServiceEvent"],
    }
)
PLAIN = '$.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent"'


def one(*path: str, operator: str = "=", value: str = "v") -> EventCondition:
    return EventCondition(path, operator, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{$.a="v"}', one("a"), id="no spaces"),
        pytest.param('  {\n $.a\t= "v" }  ', one("a"), id="spaces of all kinds"),
        pytest.param("{ $.a = v }", one("a"), id="without quotes"),
        pytest.param("{ $.a = s3.amazonaws.com }", one("a", value="s3.amazonaws.com"), id="dots without quotes"),
        pytest.param("{ $.a != 123.123.* }", one("a", operator="!=", value="123.123.*"), id="wildcard"),
        pytest.param("{ $.a >= -1.5e3 }", one("a", operator=">=", value="-1.5e3"), id="number"),
        pytest.param('{ $.a = "two words && (more)" }', one("a", value="two words && (more)"), id="quoted operators"),
        pytest.param(r'{ $.a = "a \"word\"" }', one("a", value='a "word"'), id="quoted quotes"),
        pytest.param("{ $.a = %^Root$% }", one("a", operator="=%", value="^Root$"), id="regular expression"),
        pytest.param('{ $.a = "%Root%" }', one("a", value="%Root%"), id="percent signs in quotes are text"),
        pytest.param("{ $.a.b-c.d_e = v }", one("a", "b-c", "d_e"), id="path"),
        pytest.param("{ $.['a.b'].c = v }", one("a.b", "c"), id="name in brackets"),
        pytest.param('{ $["a"]["b"] = v }', one("a", "b"), id="names in brackets only"),
        pytest.param("{ $.list[0].a = v }", one("list", "[0]", "a"), id="index"),
        pytest.param("{ $.a IS NULL }", one("a", operator="IS NULL", value=""), id="null"),
        pytest.param("{ $.a IS TRUE }", one("a", operator="IS TRUE", value=""), id="true"),
        pytest.param("{ $.a IS  FALSE }", one("a", operator="IS FALSE", value=""), id="false"),
        pytest.param("{ $.a NOT EXISTS }", one("a", operator="NOT EXISTS", value=""), id="absent"),
        pytest.param("{ (($.a = v)) }", one("a"), id="needless parentheses"),
        pytest.param("{ $.a = v && $.b = v }", Every((one("a"), one("b"))), id="and"),
        pytest.param("{($.a=v)||($.b=v)}", Either((one("a"), one("b"))), id="or"),
        pytest.param(
            "{ $.a = v || $.b = v && $.c = v }",
            Either((one("a"), Every((one("b"), one("c"))))),
            id="and binds tighter",
        ),
        pytest.param(
            "{ ($.a = v || $.b = v) && $.c = v }",
            Every((Either((one("a"), one("b"))), one("c"))),
            id="parentheses bind tightest",
        ),
    ],
)
def test_a_json_pattern_is_read(text: str, expected: Expression) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty, which matches everything"),
        pytest.param("Root", id="a term"),
        pytest.param("?Root ?root", id="alternative terms"),
        pytest.param("[ip, user, ...]", id="space-delimited"),
        pytest.param("%Root%", id="a regular expression alone"),
        pytest.param("{ }", id="no condition"),
        pytest.param("{ $.a = v", id="not closed"),
        pytest.param("{ $.a = v } x", id="something after it"),
        pytest.param("{ ($.a = v }", id="parenthesis not closed"),
        pytest.param("{ $.a = v & $.b = v }", id="single ampersand"),
        pytest.param("{ $.a = v && }", id="nothing after and"),
        pytest.param("{ a = v }", id="no selector"),
        pytest.param("{ $ = v }", id="selector without a name"),
        pytest.param("{ $.a }", id="no comparison"),
        pytest.param("{ $.a && v }", id="no comparison but an operator"),
        pytest.param("{ $.a not exists }", id="lower case"),
        pytest.param("{ $.a EXISTS }", id="half a keyword"),
        pytest.param('{ $.a = "v }', id="quote not closed"),
        pytest.param("{ " + "(" * 600 + "$.a = v" + ")" * 600 + " }", id="nested beyond reason"),
    ],
)
def test_what_is_no_json_pattern_is_refused(text: str) -> None:
    with pytest.raises(PatternError, match="character"):
        parse(text)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(f"{{ {PLAIN} }}", id="as AWS's documentation has it"),
        pytest.param(
            '{$.eventType!="AwsServiceEvent"&&($.userIdentity.invokedBy NOT EXISTS)&&$.userIdentity.type=Root}',
            id="another order, other spaces, fewer quotes",
        ),
        pytest.param(f'{{ ({PLAIN}) || $.eventName = "StopLogging" }}', id="a further alternative"),
        pytest.param(
            "{ $.userIdentity.invokedBy NOT EXISTS && $.eventType != AwsServiceEvent"
            " && ($.userIdentity.type = Root || $.userIdentity.type = FederatedUser) }",
            id="alternatives within",
        ),
    ],
)
def test_a_filter_that_counts_all_and_only_these_events_catches_them(pattern: str) -> None:
    assert catches(pattern, ROOT_USE)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(f'{{ {PLAIN} && $.sourceIPAddress != "192.0.2.1" }}', id="narrowed: one address is let off"),
        pytest.param(f'{{ {PLAIN} && $.eventName = "ConsoleLogin" }}', id="narrowed: sign-in only"),
        pytest.param(f"{{ ({PLAIN}) && ($.a = 1 || $.b = 2) }}", id="narrowed by alternatives"),
        pytest.param(
            '{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }', id="a condition is missing"
        ),
        pytest.param(f'{{ ({PLAIN}) || $.userIdentity.type = "Root" }}', id="the alternative swallows a condition"),
        pytest.param(f"{{ {PLAIN.replace('&&', '||')} }}", id="alternatives, so nearly everything"),
        pytest.param(f"{{ {PLAIN.replace('!=', '=')} }}", id="the opposite"),
        pytest.param(f"{{ {PLAIN.replace('NOT EXISTS', 'IS NULL')} }}", id="null is not absent"),
        pytest.param(f"{{ {PLAIN.replace('Root', 'root')} }}", id="another case"),
        pytest.param(f"{{ {PLAIN.replace('Root', 'Root*')} }}", id="a wildcard"),
        pytest.param(f"{{ {PLAIN.replace('userIdentity.type', 'type')} }}", id="another property"),
        pytest.param("", id="everything"),
        pytest.param("Root", id="a term"),
    ],
)
def test_a_filter_that_misses_some_or_counts_others_does_not(pattern: str) -> None:
    assert not catches(pattern, ROOT_USE)


KEY_REMOVAL = {"eventName": ["DisableKey", "ScheduleKeyDeletion"]}
EITHER = "$.eventName = DisableKey || $.eventName = ScheduleKeyDeletion"
BY_KMS = "$.eventSource = kms.amazonaws.com"


@pytest.mark.parametrize(
    ("pattern", "source", "is_caught"),
    [
        pytest.param(f"{{ {BY_KMS} && ({EITHER}) }}", "eventSource", True, id="asked for, and there"),
        pytest.param(f"{{ {EITHER} }}", "eventSource", False, id="asked for, and not there"),
        pytest.param(f"{{ {BY_KMS} && ({EITHER}) }}", "eventSource?", True, id="implied, and there"),
        pytest.param(f"{{ {EITHER} }}", "eventSource?", True, id="implied, and not there"),
        pytest.param(f"{{ {BY_KMS} }}", "eventSource?", False, id="implied, and nothing else"),
        pytest.param(f"{{ {BY_KMS} || {EITHER} }}", "eventSource?", False, id="implied, and swallowing the rest"),
        pytest.param(f"{{ {BY_KMS} && $.eventName = DisableKey }}", "eventSource?", False, id="one name is missing"),
        pytest.param(
            "{ $.eventSource = s3.amazonaws.com && ($.eventName = DisableKey) }", "eventSource?", False, id="not it"
        ),
    ],
)
def test_each_alternative_has_to_be_caught_and_what_is_implied_may_be_asked_for(
    pattern: str, source: str, is_caught: bool
) -> None:
    assert catches(pattern, kinds({source: ["kms.amazonaws.com"], **KEY_REMOVAL})) is is_caught


conditions = st.builds(
    EventCondition,
    st.lists(st.from_regex(r"[A-Za-z][\w-]{0,4}", fullmatch=True), min_size=1, max_size=3).map(tuple),
    st.sampled_from(("=", "!=", "<", "<=", ">", ">=")),
    st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs")), max_size=8),
) | st.sampled_from([TYPE, INVOKED, EVENT])
expressions: st.SearchStrategy[Expression] = st.recursive(
    conditions,
    lambda parts: st.builds(
        lambda kind, several: kind(tuple(several)),
        st.sampled_from((Every, Either)),
        st.lists(parts, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


def written(expression: Expression) -> str:
    match expression:
        case EventCondition(path, operator, value):
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            return f"${''.join(f'.{name}' for name in path)} {operator}" + (
                f' "{quoted}"' if operator not in ("NOT EXISTS",) else ""
            )
        case Every(parts):
            return "&&".join(f"({written(part)})" for part in parts)
        case Either(parts):
            return " || ".join(f"( {written(part)})" for part in parts)


def alternatives(expression: Expression) -> set[frozenset[EventCondition]]:
    """The sets of conditions of which one has to be met: the slow and plain way to say what a pattern asks for."""
    match expression:
        case EventCondition():
            return {frozenset((expression,))}
        case Every(parts):
            every: set[frozenset[EventCondition]] = {frozenset()}
            return reduce(lambda left, part: {a | b for a in left for b in alternatives(part)}, parts, every)
        case Either(parts):
            return {each for part in parts for each in alternatives(part)}


@given(expressions)
def test_what_was_written_is_read_back(expression: Expression) -> None:
    assert parse(f"{{{written(expression)}}}") == expression


@given(st.text() | st.text(st.sampled_from("{}()$.ab=!<>&|%\"\\[]' \n")).map(lambda text: f"{{{text}}}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(PatternError):
        assert isinstance(parse(text), EventCondition | Every | Either)


@given(expressions, st.frozensets(conditions, max_size=5))
def test_an_expression_holds_where_one_of_its_alternatives_is_met(
    expression: Expression, known: frozenset[EventCondition]
) -> None:
    assert holds(expression, known) == any(each <= known for each in alternatives(expression))


@given(expressions)
def test_a_pattern_catches_events_if_they_are_just_what_one_alternative_asks_for(expression: Expression) -> None:
    wanted = frozenset((TYPE, INVOKED, EVENT))
    asked = alternatives(Either((Every((TYPE, INVOKED, EVENT)), expression)))
    plain = not any(each < wanted for each in asked)
    assert catches(f"{{({PLAIN}) || ({written(expression)})}}", ROOT_USE) == plain
