"""No false green, however a read fails: every operation that controls ask, with every kind of error there is."""

from __future__ import annotations

import pytest

from muster.judging.closure import operations_of
from muster.judging.control import Control
from muster.proving.recorded import Recording
from muster.reading.reads import Call
from tests.conftest import CONTROLS
from tests.counts import Count
from tests.honesty.honest import assert_honest
from tests.honesty.kinds_of_error import KINDS

# Asked of neither company. Of an endpoint that stands in for AWS's: tests/stand_ins has one that answers. Of users with
# a boundary, which moto keeps none of: tests/hostile/cases/iam-service-account-no-admin.yaml has such users.
# Of buckets by a tag that a profile names, which none of ours does: tests/hostile/cases/s3-bucket-mfa-delete.yaml.
# Of origins within a VPC, which moto keeps none of: tests/hostile/cases/cloudfront-origins-https.yaml.
# Of volumes of ONTAP, which moto keeps none of: tests/hostile/cases/backup-plan-covers.yaml.
# Of repositories of over a hundred branches: tests/nouns/test_github_branches.py.
ASKED_ELSEWHERE = {
    *("s3:get_bucket_location", "iam:get_policy", "iam:get_policy_version", "s3:get_bucket_tagging"),
    *("cloudfront:get_vpc_origin", "fsx:describe_volumes"),
    "github:QUERY BranchesOfRepository",
}
OPERATIONS = sorted(operations_of(CONTROLS.values()) - ASKED_ELSEWHERE)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_error_of_an_operation_is_an_error(operation: str, demo: Recording, model: Recording, count: Count) -> None:
    control, recording, call = who_asks(operation, demo, model)

    for error in KINDS[control.kind]:
        assert_honest(recording, control, call, error)
        count("operations × kinds of error: {}, all of them errors and none a pass")


def who_asks(operation: str, *recordings: Recording) -> tuple[Control, Recording, Call]:
    """A control that asks it in one of the companies, and the question."""
    found = (
        (control, recording, call)
        for recording in recordings
        for control in CONTROLS.values()
        for call in recording.reads_of(control)
        if call.name == operation
    )
    first = next(found, None)
    assert first is not None, f"no control asks {operation} in either company: seed what it is asked of"
    return first
