"""Event patterns: which of them match every event of a kind, and are about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.described_events import kinds
from fixtures.grammar.event_patterns import API_CALL, SIGN_IN, are_reads, matches_events

(ROOT,) = kinds(
    {"userIdentity.type": ["Root"], "userIdentity.invokedBy": ["NOT EXISTS"], "eventType": ["!=AwsServiceEvent"]}
)
(DELETED,) = kinds({"eventName": ["DeleteTrail"], "eventSource?": ["cloudtrail.amazonaws.com"]})
(REFUSED,) = kinds({"errorCode": ["AccessDenied*"], "eventType?": ["AwsApiCall"]})
(FAILED,) = kinds({"eventName": ["ConsoleLogin"], "errorMessage": ["Failed authentication"]})
(NO_MFA,) = kinds(
    {"eventName": ["ConsoleLogin"], "additionalEventData.MFAUsed": ["!=Yes"], "additionalEventData.MFAUsed?": ["No"]}
)
BY_ROOT = {"userIdentity": {"type": ["Root"]}}


def detail(*types: str, **content: Any) -> dict[str, Any]:
    return {"detail-type": list(types), "detail": content}


@pytest.mark.parametrize(
    ("kind", "pattern", "expected"),
    [
        pytest.param(ROOT, detail(API_CALL, SIGN_IN, **BY_ROOT), True, id="root: calls and sign-ins"),
        pytest.param(ROOT, {"detail": BY_ROOT}, True, id="root: events of every type"),
        pytest.param(ROOT, detail(SIGN_IN, **BY_ROOT), False, id="root: sign-ins only"),
        pytest.param(ROOT, detail(API_CALL, **BY_ROOT), False, id="root: calls only"),
        pytest.param(ROOT, {"detail": {**BY_ROOT, "eventName": ["CreateUser"]}}, False, id="root: one call"),
        pytest.param(ROOT, {"source": ["aws.iam"], "detail": BY_ROOT}, False, id="root: one service"),
        pytest.param(ROOT, {"detail": {"userIdentity": {"type": ["root"]}}}, False, id="root: another case"),
        pytest.param(
            ROOT, {"detail": {"userIdentity": {"type": [{"equals-ignore-case": "ROOT"}]}}}, True, id="root: any case"
        ),
        pytest.param(
            ROOT, {"detail": {"userIdentity": {"type": [{"anything-but": "Root"}]}}}, False, id="root: all others"
        ),
        pytest.param(
            ROOT, {"detail": {"userIdentity": {"type": [{"anything-but": "IAMUser"}]}}}, False, id="root: not users"
        ),
        pytest.param(
            ROOT,
            {"detail": {"userIdentity": {"type": ["Root"], "invokedBy": [{"exists": False}]}}},
            True,
            id="root: in person",
        ),
        pytest.param(
            ROOT,
            {"detail": {"userIdentity": {"type": ["Root"], "invokedBy": [{"exists": True}]}}},
            False,
            id="root: by a service",
        ),
        pytest.param(
            ROOT,
            {"detail": {**BY_ROOT, "eventType": [{"anything-but": "AwsServiceEvent"}]}},
            True,
            id="root: no service event",
        ),
        pytest.param(
            ROOT,
            {"detail": {**BY_ROOT, "eventType": [{"anything-but": ["AwsServiceEvent", "AwsApiCall"]}]}},
            False,
            id="root: no call",
        ),
        pytest.param(ROOT, detail(API_CALL, SIGN_IN), False, id="root: everybody"),
        pytest.param(ROOT, {"source": [{"prefix": ""}]}, False, id="root: everything"),
        pytest.param(DELETED, detail(API_CALL, eventName=["StopLogging", "DeleteTrail"]), True, id="call: one of two"),
        pytest.param(DELETED, detail(SIGN_IN, eventName=["DeleteTrail"]), False, id="call: as a sign-in"),
        pytest.param(
            DELETED,
            {"source": ["aws.cloudtrail"], **detail(API_CALL, eventName=["DeleteTrail"])},
            True,
            id="call: source",
        ),
        pytest.param(
            DELETED,
            {"source": ["aws.ec2"], **detail(API_CALL, eventName=["DeleteTrail"])},
            False,
            id="call: another source",
        ),
        pytest.param(
            DELETED, {"source": ["aws.cloudtrail"], "detail-type": [API_CALL]}, False, id="call: all of the service"
        ),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"prefix": "Delete"}]), True, id="call: prefix"),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"suffix": "Trail"}]), True, id="call: suffix"),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"wildcard": "D*Tr*"}]), True, id="call: wildcard"),
        pytest.param(
            DELETED, detail(API_CALL, eventName=[{"wildcard": "D*Tr"}]), False, id="call: wildcard that stops short"
        ),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"wildcard": "*"}]), False, id="call: wildcard of anything"),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"prefix": ""}]), False, id="call: prefix of anything"),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"exists": True}]), False, id="call: any name at all"),
        pytest.param(DELETED, detail(API_CALL, eventName=[{"numeric": [">", 1]}]), False, id="call: a number"),
        pytest.param(
            DELETED, detail(API_CALL, eventName=["DeleteTrail"], awsRegion=["eu-west-1"]), False, id="call: narrowed"
        ),
        pytest.param(
            DELETED, {"detail": {"$or": [{"eventName": ["DeleteTrail"]}, {"errorCode": ["x"]}]}}, True, id="call: or"
        ),
        pytest.param(DELETED, {"detail": {"$or": [{"errorCode": ["x"]}]}}, False, id="call: or of others"),
        pytest.param(
            DELETED, detail(API_CALL, eventName=[{"anything-but": {"prefix": "Create"}}]), False, id="call: but some"
        ),
        pytest.param(
            DELETED, detail(API_CALL, eventName=[{"anything-but": {"prefix": "Del"}}]), False, id="call: but these"
        ),
        pytest.param(
            DELETED, detail(API_CALL, eventName=[{"anything-but": {"cidr": "Del"}}]), False, id="call: but what"
        ),
        pytest.param(DELETED, detail(API_CALL, eventName=[]), False, id="call: none"),
        pytest.param(DELETED, detail(API_CALL, eventName="DeleteTrail"), False, id="call: no list"),
        pytest.param(REFUSED, detail(API_CALL, errorCode=[{"prefix": "AccessDenied"}]), True, id="refused: prefix"),
        pytest.param(
            REFUSED, detail(API_CALL, errorCode=[{"wildcard": "AccessDenied*"}]), True, id="refused: wildcard"
        ),
        pytest.param(REFUSED, detail(API_CALL, errorCode=["AccessDenied"]), False, id="refused: one code"),
        pytest.param(
            REFUSED, detail(API_CALL, errorCode=[{"prefix": "AccessDeniedEx"}]), False, id="refused: too long"
        ),
        pytest.param(FAILED, detail(SIGN_IN, errorMessage=["Failed authentication"]), True, id="sign-in: by its type"),
        pytest.param(
            FAILED,
            detail(API_CALL, eventName=["ConsoleLogin"], errorMessage=["Failed authentication"]),
            False,
            id="sign-in: as a call",
        ),
        pytest.param(FAILED, detail(SIGN_IN), False, id="sign-in: every one"),
        pytest.param(NO_MFA, detail(SIGN_IN, additionalEventData={"MFAUsed": ["No"]}), True, id="no MFA: said so"),
        pytest.param(
            NO_MFA,
            detail(SIGN_IN, additionalEventData={"MFAUsed": [{"anything-but": "Yes"}]}),
            True,
            id="no MFA: not yes",
        ),
        pytest.param(NO_MFA, detail(SIGN_IN, additionalEventData={"MFAUsed": ["Yes"]}), False, id="no MFA: yes"),
    ],
)
def test_a_pattern_matches_all_events_of_a_kind_and_is_about_them(
    kind: Any, pattern: dict[str, Any], expected: bool
) -> None:
    assert matches_events(json.dumps(pattern), kind) is expected


@pytest.mark.parametrize("text", ["", "{", "[]", '"DeleteTrail"', "null", '{"detail": null}', '{"$or": [1]}'])
def test_what_is_no_pattern_matches_nothing(text: str) -> None:
    assert not matches_events(text, DELETED)


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(st.sampled_from(["detail", "eventName", "$or", "prefix", "anything-but"]), part)
        ),
    ).map(json.dumps)
)
def test_any_text_is_judged(text: str) -> None:
    assert matches_events(text, DELETED) in (True, False)


@pytest.mark.parametrize(
    ("names", "reads"),
    [
        ({"eventName": ["DeleteTrail"]}, False),
        ({"eventName": ["ConsoleLogin"]}, False),
        ({"eventName": ["GetObject"]}, True),
        ({"eventName": ["Getaway"]}, False),
        ({"eventName": ["*Trail"]}, True),
        ({"userIdentity.type": ["Root"]}, True),
    ],
)
def test_calls_that_only_read_are_told_by_their_names(names: dict[str, list[str]], reads: bool) -> None:
    (kind,) = kinds(names)
    assert are_reads(kind) is reads
