"""The table of faults: what goes wrong, and what the audit says then. Nothing is lost, nothing is wrongly green.

Every fault leaves its neighbours alone: where one region or one service fails, the others are judged as ever.

What befalls whole processes stands in tests/runs, beside the runs that it takes: a full disk in test_full_disk, workers
that are killed in test_kills, Ctrl-C and SIGTERM in test_endings; credentials that are renewed in mid-run in
tests/engine/test_sessions_default_chain.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest
from botocore.config import Config

from muster.reading.sessions import clients
from muster.reading.sessions.limits import AnswerLimits
from tests.engine.loopback import Response, slowly
from tests.faults.small_aws import (
    EFS,
    HERE,
    KMS,
    THERE,
    Fault,
    Question,
    error,
    file_system,
    json_response,
    night,
    nothing,
    regions,
    sound_json,
)

PATIENCE = 10.0
"""Seconds that a night may take here, where pauses between attempts are none."""
POLICIES = "kms-key-not-public"
Statuses = dict[tuple[str, str], str]
ALL_PASS: Statuses = {(control, region): "pass" for control in (EFS, KMS) for region in (HERE, THERE)}
SLOWER = error("ThrottlingException", "Rate exceeded")
BROKEN = Response(500)
RESET = Response(raw=())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts, and time-outs of seconds."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    config = Config(connect_timeout=2, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 5})
    monkeypatch.setattr(clients, "client_config", lambda _: config)


def of_lists(response: Response, region: str = "", times: int | None = None) -> Fault:
    """The lists of file systems and keys fail so: in one region or all, so many times or for ever."""

    def fault(question: Question) -> Response | None:
        is_list = question.operation in ("DescribeFileSystems", "ListKeys")
        is_there = region in ("", question.region)
        return response if is_list and is_there and (times is None or question.number <= times) else None

    return fault


def of(operation: str, response: Response, region: str = "") -> Fault:
    """One operation fails so, in one region or all."""
    return lambda question: response if question.operation == operation and region in ("", question.region) else None


def too_large(question: Question) -> Response | None:
    """Lists of four megabytes."""
    if question.operation not in ("DescribeFileSystems", "ListKeys"):
        return None
    return Response(raw=itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b" " * 65_536, 64)))


def besides(**changed: str) -> Statuses:
    """All pass but these, by `control_region`."""
    names = {"efs_here": (EFS, HERE), "efs_there": (EFS, THERE), "kms_here": (KMS, HERE), "kms_there": (KMS, THERE)}
    return ALL_PASS | {names[name]: status for name, status in changed.items()}


THERE_ALONE = besides(efs_there="error", kms_there="error")
BOTH_LISTS = besides(efs_here="error", efs_there="error", kms_here="error", kms_there="error")

TABLE = [
    pytest.param(nothing, ALL_PASS, "", id="no fault: all pass"),
    pytest.param(of_lists(SLOWER, times=3), ALL_PASS, "", id="a burst of throttles: asked again, all pass"),
    pytest.param(of_lists(SLOWER), BOTH_LISTS, "ThrottlingException", id="throttled for ever: error"),
    pytest.param(of_lists(SLOWER, THERE), THERE_ALONE, "Throttling", id="one region throttled for ever: error there"),
    pytest.param(of_lists(BROKEN, times=2), ALL_PASS, "", id="a burst of 500s: asked again, all pass"),
    pytest.param(of_lists(BROKEN, THERE), THERE_ALONE, "500", id="500 for ever in one region: error there"),
    pytest.param(of_lists(RESET, times=2), ALL_PASS, "", id="connections reset a while: asked again, all pass"),
    pytest.param(of_lists(RESET, THERE), THERE_ALONE, "Connection", id="reset for ever in one region: error there"),
    pytest.param(
        of_lists(error("AccessDeniedException", "with an explicit deny in a service control policy"), THERE),
        THERE_ALONE,
        "explicit deny in a service control policy",
        id="a region denied by a policy of the organization: error there, with AWS's words",
    ),
    pytest.param(
        of("ListKeys", error("ExpiredTokenException", "The security token included in the request is expired"), THERE),
        besides(kms_there="error"),
        "ExpiredToken",
        id="a token that expires in mid-run and is nobody's to renew: error from there on",
    ),
    pytest.param(
        of("ListKeys", error("InvalidSignatureException", "Signature expired: the clock is 20 minutes off")),
        besides(kms_here="error", kms_there="error"),
        "Signature expired",
        id="a clock that is off: error, with AWS's words",
    ),
    pytest.param(
        of("DescribeKey", error("NotFoundException", "there is no such key"), HERE),
        besides(kms_here="error"),
        "NotFoundException",
        id="not found, and listed still on a second look: error",
    ),
    pytest.param(of_lists(Response(302), THERE), THERE_ALONE, "", id="a redirect where a list is due: error"),
    pytest.param(of_lists(Response(200), THERE), THERE_ALONE, "", id="an empty body where a list is due: error"),
    pytest.param(
        of_lists(Response(200, b'{"FileSystems": [', {"Content-Type": "application/x-amz-json-1.1"}), THERE),
        THERE_ALONE,
        "",
        id="a body that breaks off: error",
    ),
    pytest.param(
        of_lists(Response(200, b'{"Keys":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), THERE),
        THERE_ALONE,
        "",
        id="10,000 levels: error",
    ),
    pytest.param(too_large, BOTH_LISTS, "AnswerTooLarge", id="an answer larger than one may be: error"),
]


@pytest.mark.parametrize(("fault", "statuses", "said"), TABLE)
def test_a_fault(fault: Fault, statuses: Statuses, said: str) -> None:
    found = night(fault, AnswerLimits(page_bytes=1_000_000, page_seconds=5, seconds=8))

    assert found.statuses == statuses, found.reasons
    assert said in found.reasons
    assert found.seconds < PATIENCE


def test_slow_answers_past_the_time_out_are_errors_and_the_others_pass() -> None:
    drip = (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",)

    def fault(question: Question) -> Response | None:
        if question.operation != "ListKeys" or question.region != THERE:
            return None
        return Response(raw=slow_pieces(drip))

    found = night(fault, AnswerLimits(page_seconds=0.5, seconds=2))

    assert found.statuses == besides(kms_there="error")
    assert "DeadlinePassed" in found.reasons
    assert found.seconds < PATIENCE


def slow_pieces(head: tuple[bytes, ...]) -> itertools.chain[bytes]:
    return itertools.chain(head, slowly(b" " * 100, 0.05))


def test_an_answer_of_100_megabytes_is_an_error_and_the_others_pass() -> None:
    spaces = itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b" " * 1_000_000, 100))
    found = night(of("ListKeys", Response(raw=spaces), THERE))

    assert found.statuses == besides(kms_there="error")
    assert "AnswerTooLarge" in found.reasons
    assert found.seconds < PATIENCE


def paged(page: Callable[[Question], dict[str, object]]) -> Fault:
    """The list of file systems of one region comes in pages."""

    def fault(question: Question) -> Response | None:
        if question.operation == "DescribeFileSystems" and question.region == THERE:
            return json_response(page(question))
        return None

    return fault


def test_endless_pages_end_in_an_error() -> None:
    fault = paged(lambda each: {"FileSystems": [], "NextMarker": f"page-{each.number}"})
    found = night(fault, AnswerLimits(pages=20))

    assert found.statuses == besides(efs_there="error")
    assert "AnswerTooLong" in found.reasons


def test_pages_that_repeat_are_an_error() -> None:
    found = night(paged(lambda _: {"FileSystems": [file_system(THERE, "fs-0")], "NextMarker": "the-same"}))

    assert found.statuses == besides(efs_there="error")
    assert "The same next token was received twice" in found.reasons


def test_what_moved_from_one_page_to_the_next_meanwhile_is_judged_and_never_lost() -> None:
    def page(question: Question) -> dict[str, object]:
        if question.page:
            return {"FileSystems": [file_system(THERE, "fs-0"), file_system(THERE, "fs-2")]}
        return {"FileSystems": [file_system(THERE, "fs-0"), file_system(THERE, "fs-1")], "NextMarker": "second"}

    found = night(paged(page))

    names = {row.resource.rpartition("/")[2] for row in found.rows if row.region == THERE and row.control == EFS}
    assert names == {"fs-0", "fs-1", "fs-2"}


def test_a_region_whose_name_does_not_resolve_is_an_error_and_the_others_pass() -> None:
    found = night(nothing, nowhere=THERE)

    assert found.statuses == THERE_ALONE
    assert "Could not connect to the endpoint URL" in found.reasons
    assert found.seconds < PATIENCE


def test_a_region_that_is_not_enabled_is_not_asked() -> None:
    found = night(of("DescribeRegions", regions(HERE)))

    assert {region for _, region in found.statuses} == {HERE}
    assert not [asked for asked in found.asked if asked[1] == THERE]


def test_no_regions_at_all_is_no_answer_and_all_controls_are_errors() -> None:
    found = night(of("DescribeRegions", regions()))

    assert {row.status for row in found.rows} == {"error"}
    assert "every account has some" in found.reasons


def test_a_key_that_is_gone_between_list_and_read_is_not_applicable_and_both_answers_are_kept() -> None:
    def fault(question: Question) -> Response | None:
        if question.region != THERE:
            return None
        if question.operation == "DescribeKey":
            return error("NotFoundException", "there is no such key")
        if question.operation == "ListKeys" and question.number > 1:
            return json_response({"Keys": [], "Truncated": False})
        return None

    found = night(fault)
    (row,) = [row for row in found.rows if row.status == "not_applicable"]

    assert found.statuses == besides(kms_there="not_applicable")
    assert row.reason.startswith("was gone during the run")
    assert found.asked["kms", THERE, "ListKeys"] == 2
    assert len(row.reads) >= 3


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("{", id="no whole JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"Statement": [{"Effect": "Perhaps"}]}', id="an effect that is none"),
        pytest.param('{"Statement": "everything"}', id="a text in the place of statements"),
    ],
)
def test_a_malformed_policy_is_an_error_and_the_other_region_passes(policy: str) -> None:
    found = night(of("GetKeyPolicy", json_response({"Policy": policy}), THERE), controls=(POLICIES,))

    assert found.statuses == {(POLICIES, HERE): "pass", (POLICIES, THERE): "error"}


def test_a_value_that_aws_may_add_tomorrow_is_an_error_and_no_excuse() -> None:
    def fault(question: Question) -> Response | None:
        if question.operation != "DescribeKey" or question.region != THERE:
            return None
        answer = sound_json(question)
        return json_response({"KeyMetadata": {**answer["KeyMetadata"], "KeyManager": "SOMEBODY"}})

    assert night(fault).statuses == besides(kms_there="error")


def test_throttles_are_counted() -> None:
    assert night(of_lists(SLOWER, times=3)).total("throttles") == 3 * 4


def test_one_throttled_region_does_not_spend_the_attempts_of_another() -> None:
    found = night(lambda question: SLOWER if question.operation == "ListKeys" and question.region == THERE else None)

    assert found.asked["kms", THERE, "ListKeys"] == 5
    assert found.asked["kms", HERE, "ListKeys"] == 1


def test_what_fails_is_said_once_a_region_and_never_in_the_words_of_a_pass() -> None:
    found = night(of_lists(error("InternalFailure", json.dumps({"Encrypted": True}), 500)))

    assert [row.status for row in found.rows] == ["error"] * 4
