"""Event selectors: what they record, and what limits them."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.event_selectors import EventSelectors

OBJECTS = "AWS::S3::Object"


def advanced(*fields: dict[str, Any]) -> EventSelectors:
    return EventSelectors.of({"AdvancedEventSelectors": [{"Name": "some", "FieldSelectors": list(fields)}]})


def classic(*data: tuple[str, str], kind: str = "All", management: bool = True) -> EventSelectors:
    resources = [{"Type": type_, "Values": [value]} for type_, value in data]
    selector = {"ReadWriteType": kind, "IncludeManagementEvents": management, "DataResources": resources}
    return EventSelectors.of({"EventSelectors": [selector]})


def field(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"Field": name, operator: list(values)}


MANAGEMENT = field("eventCategory", "Equals", "Management")
DATA = (field("eventCategory", "Equals", "Data"), field("resources.type", "Equals", OBJECTS))


@pytest.mark.parametrize(
    ("selectors", "recorded"),
    [
        pytest.param(classic(), True, id="classic, all"),
        pytest.param(classic(kind="WriteOnly"), False, id="classic, writing only"),
        pytest.param(classic(kind="ReadOnly"), False, id="classic, reading only"),
        pytest.param(classic(management=False), False, id="classic, data events only"),
        pytest.param(
            EventSelectors([*classic(kind="ReadOnly").classic, *classic(kind="WriteOnly").classic], ()),
            True,
            id="classic, reading and writing apart",
        ),
        pytest.param(advanced(MANAGEMENT), True, id="advanced, all"),
        pytest.param(advanced(MANAGEMENT, field("readOnly", "Equals", "false")), False, id="advanced, writing only"),
        pytest.param(
            advanced(MANAGEMENT, field("eventSource", "NotEquals", "kms.amazonaws.com")), True, id="without key use"
        ),
        pytest.param(
            advanced(MANAGEMENT, field("eventSource", "NotEquals", "iam.amazonaws.com")), False, id="without IAM"
        ),
        pytest.param(
            advanced(MANAGEMENT, field("userIdentity.arn", "NotStartsWith", "arn:aws:iam")), False, id="not all callers"
        ),
        pytest.param(advanced(*DATA), False, id="advanced, data events only"),
    ],
)
def test_management_events_are_recorded_if_nothing_limits_them(selectors: EventSelectors, recorded: bool) -> None:
    assert selectors.record_management_events == recorded


KMS = "kms.amazonaws.com"
WITHOUT_KMS = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": [KMS]}


@pytest.mark.parametrize(
    ("selectors", "left_out"),
    [
        pytest.param(classic(), False, id="classic, all"),
        pytest.param(EventSelectors([WITHOUT_KMS], ()), True, id="classic, without key use"),
        pytest.param(EventSelectors([WITHOUT_KMS, *classic().classic], ()), False, id="classic, in another selector"),
        pytest.param(
            EventSelectors([WITHOUT_KMS, *classic(kind="ReadOnly").classic], ()), True, id="classic, reading alone"
        ),
        pytest.param(advanced(MANAGEMENT), False, id="advanced, all"),
        pytest.param(
            advanced(MANAGEMENT, field("eventSource", "NotEquals", KMS)), True, id="advanced, without key use"
        ),
        pytest.param(
            advanced(MANAGEMENT, field("eventSource", "NotEquals", "rdsdata.amazonaws.com")),
            False,
            id="without queries",
        ),
    ],
)
def test_what_leaves_out_the_use_of_keys_leaves_out_their_deletion(selectors: EventSelectors, left_out: bool) -> None:
    assert selectors.record_management_events
    assert selectors.leave_out(KMS) is left_out


def test_management_events_are_there_or_not() -> None:
    selectors = EventSelectors([{"ReadWriteType": "All", "IncludeManagementEvents": "false"}], ())
    with pytest.raises(ValueError, match="IncludeManagementEvents is 'false'"):
        assert selectors.record_management_events


@pytest.mark.parametrize(
    ("selectors", "recorded"),
    [
        pytest.param(classic((OBJECTS, "arn:aws:s3")), True, id="classic, all of S3"),
        pytest.param(classic((OBJECTS, "arn:aws:s3:::")), True, id="classic, all buckets"),
        pytest.param(classic((OBJECTS, "arn:aws-cn:s3:::"), kind="WriteOnly"), True, id="classic, writing, in China"),
        pytest.param(classic((OBJECTS, "arn:aws:s3:::"), kind="ReadOnly"), False, id="classic, reading only"),
        pytest.param(classic((OBJECTS, "arn:aws:s3:::orders/")), False, id="classic, one bucket"),
        pytest.param(classic(("AWS::Lambda::Function", "arn:aws:s3")), False, id="classic, another type"),
        pytest.param(classic(), False, id="classic, none"),
        pytest.param(advanced(*DATA), True, id="advanced, all"),
        pytest.param(advanced(*DATA, field("readOnly", "Equals", "false")), True, id="advanced, writing"),
        pytest.param(advanced(*DATA, field("readOnly", "Equals", "true")), False, id="advanced, reading only"),
        pytest.param(
            advanced(*DATA, field("resources.ARN", "NotStartsWith", "arn:aws:s3:::audit/")), True, id="not audit data"
        ),
        pytest.param(
            advanced(*DATA, field("resources.ARN", "NotStartsWith", "arn:aws:s3:::audit")),
            False,
            id="not what begins like audit data",
        ),
        pytest.param(
            advanced(*DATA, field("resources.ARN", "NotEquals", "arn:aws:s3:::orders/2026")), False, id="not an object"
        ),
        pytest.param(
            advanced(*DATA, field("resources.ARN", "StartsWith", "arn:aws:s3:::audit/")), False, id="audit data only"
        ),
        pytest.param(advanced(*DATA, field("eventName", "Equals", "DeleteObject")), False, id="deleting only"),
        pytest.param(advanced(DATA[0]), False, id="no type"),
        pytest.param(advanced(MANAGEMENT), False, id="management events only"),
    ],
)
def test_object_writes_are_recorded_if_all_buckets_but_audit_data_are_covered(
    selectors: EventSelectors, recorded: bool
) -> None:
    assert selectors.record_objects("write", ["audit"]) == recorded


@pytest.mark.parametrize(
    ("selectors", "recorded"),
    [
        pytest.param(classic((OBJECTS, "arn:aws:s3")), True, id="classic, all buckets"),
        pytest.param(classic((OBJECTS, "arn:aws:s3"), kind="ReadOnly"), True, id="classic, reads alone"),
        pytest.param(classic((OBJECTS, "arn:aws:s3"), kind="WriteOnly"), False, id="classic, writes alone"),
        pytest.param(advanced(*DATA), True, id="advanced, all buckets"),
        pytest.param(advanced(*DATA, field("readOnly", "Equals", "true")), True, id="advanced, reads alone"),
        pytest.param(advanced(*DATA, field("readOnly", "Equals", "false")), False, id="advanced, writes alone"),
    ],
)
def test_reads_are_recorded_if_nothing_limits_them(selectors: EventSelectors, recorded: bool) -> None:
    assert selectors.record_objects("read", []) == recorded


def test_selectors_of_no_kind_are_malformed() -> None:
    with pytest.raises(KeyError, match="EventSelectors"):
        EventSelectors.of({"TrailARN": "arn"})
