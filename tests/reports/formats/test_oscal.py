"""OSCAL assessment results: every row an observation, every control and account concluded upon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import Model

from muster.printable import spelled
from muster.verdict import Verdict
from reports.encodable import encodable
from reports.formats import oscal
from reports.formats.wording import whole_line
from reports.run import ReportedRun
from tests.reports.formats.readers import oscal_property, oscal_result
from tests.reports.formats.samples import HOSTILE, made, row, row_of_each_status, run_of, unfinished
from tests.reports.synthetic import Size, make_run


def result_of(run: ReportedRun, folder: Path) -> Any:
    text = made(run, "oscal", folder)
    Model.model_validate_json(text)
    return oscal_result(text)


@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_the_document_keeps_to_the_published_model(tmp_path: Path, hostile: bool) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=30, controls=8), hostile=hostile))

    document = Model.model_validate_json(made(run, "oscal", tmp_path)).assessment_results

    (result,) = document.results
    assert len(result.observations or ()) == sum(1 for _ in run.rows())


@pytest.mark.parametrize("rows", [[], row_of_each_status()], ids=["no rows", "rows"])
def test_the_document_of_a_run_that_did_not_end_keeps_to_the_model(tmp_path: Path, rows: list[Verdict]) -> None:
    result = result_of(unfinished(run_of(tmp_path, rows)), tmp_path)

    assert "end" not in result


def test_the_version_is_that_of_the_model() -> None:
    assert oscal.OSCAL_VERSION == OSCAL_VERSION


def test_an_observation_tells_what_was_seen_and_names_the_answers(tmp_path: Path) -> None:
    (seen,) = result_of(run_of(tmp_path, [row("error")]), tmp_path)["observations"]

    assert seen["description"] == "could not be judged: because of error"
    assert oscal_property(seen, "control") == "s3-bucket-encrypted"
    assert oscal_property(seen, "account") == "production"
    assert seen["relevant-evidence"][0]["href"] == f"reads/{'a' * 64}.json"
    assert seen["collected"] == "2026-11-20T22:01:00.250000Z"


@pytest.mark.parametrize(
    ("statuses", "state", "reason"),
    [
        (["pass"], "satisfied", "pass"),
        (["pass", "not_applicable"], "satisfied", "pass"),
        (["pass", "fail"], "not-satisfied", "fail"),
        (["pass", "error"], "not-satisfied", "other"),
        (["pass", "not_run"], "not-satisfied", "other"),
        (["pass", "waived"], "not-satisfied", "other"),
        (["error"], "not-satisfied", "other"),
        (["not_run"], "not-satisfied", "other"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else None,
)
def test_a_control_is_satisfied_only_where_all_was_seen_and_passes(
    tmp_path: Path, statuses: list[str], state: str, reason: str
) -> None:
    rows = [row(status, f"arn:{status}") for status in statuses]

    result = result_of(run_of(tmp_path, rows), tmp_path)

    (finding,) = result["findings"]
    assert (finding["target"]["status"]["state"], finding["target"]["status"]["reason"]) == (state, reason)
    assert len(finding["related-observations"]) == len(result["observations"]) == len(rows)


def test_where_nothing_was_applicable_nothing_is_concluded(tmp_path: Path) -> None:
    result = result_of(run_of(tmp_path, [row("not_applicable")]), tmp_path)

    assert "findings" not in result
    assert oscal_property(result["observations"][0], "status") == "not-applicable"


def test_a_waiver_is_a_risk_that_was_accepted(tmp_path: Path) -> None:
    result = result_of(run_of(tmp_path, row_of_each_status()), tmp_path)

    (risk,) = result["risks"]
    assert risk["status"] == "deviation-approved"
    assert "owner platform-team, approved by security-lead" in risk["description"]
    assert len(risk["related-observations"]) == 1


def test_whatever_is_referred_to_is_there_once(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=30, controls=8), hostile=True))

    result = result_of(run, tmp_path)

    items = [item["uuid"] for item in result["local-definitions"]["inventory-items"]]
    observations = [seen["uuid"] for seen in result["observations"]]
    assert len(set(items)) == len(items)
    assert len(set(observations)) == len(observations)
    assert {subject["subject-uuid"] for seen in result["observations"] for subject in seen["subjects"]} == set(items)
    for member in (*result["findings"], *result["risks"]):
        assert {seen["observation-uuid"] for seen in member["related-observations"]} <= set(observations)


def test_a_resource_of_many_rows_is_listed_once_and_each_row_is_its_own(tmp_path: Path) -> None:
    rows = [row("pass"), row("not_run"), row("not_run"), row(control="iam-user-encrypted")]

    result = result_of(run_of(tmp_path, rows), tmp_path)

    assert len(result["local-definitions"]["inventory-items"]) == 1
    assert len({seen["uuid"] for seen in result["observations"]}) == len(rows)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_account_and_region_keep_to_the_model(tmp_path: Path, name: str) -> None:
    result = result_of(run_of(tmp_path, [row(account=HOSTILE[name], region=HOSTILE[name])]), tmp_path)

    assert oscal_property(result["observations"][0], "account") == whole_line(encodable(HOSTILE[name])).strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_comes_back_with_its_controls_spelled_out(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]

    result = result_of(run_of(tmp_path, [row("fail", text, reason=f"is {text}")]), tmp_path)

    assert result["local-definitions"]["inventory-items"][0]["description"] == spelled(encodable(text))
    assert result["observations"][0]["description"] == spelled(encodable(f"is {text}"))


def test_the_figures_and_the_sandbox_are_properties_of_the_result(tmp_path: Path) -> None:
    result = result_of(run_of(tmp_path, [row("error"), row("not_run", "other")], mocked=True), tmp_path)

    assert oscal_property(result, "count-error") == "1"
    assert oscal_property(result, "count-not-run") == "1"
    assert oscal_property(result, "count-pass") == "0"
    assert str(oscal_property(result, "evidence")).startswith("SANDBOX")
    assert "SANDBOX" in result["title"]


@pytest.mark.parametrize(
    ("statuses", "reviewed"),
    [
        pytest.param(["pass"], {"s3-bucket-encrypted"}, id="what left a row"),
        pytest.param([], set(), id="nothing did"),
    ],
)
def test_a_control_that_was_selected_and_not_judged_is_not_reviewed(
    tmp_path: Path, statuses: list[str], reviewed: set[str]
) -> None:
    run = unfinished(run_of(tmp_path, [row(status) for status in statuses]))

    (selection,) = result_of(run, tmp_path)["reviewed-controls"]["control-selections"]

    named = {name: {each["control-id"] for each in selection.get(name, ())} for name in selection}
    included = set(run.record["controls"]) if "include-all" in selection else named["include-controls"]
    assert included - named.get("exclude-controls", set()) == reviewed
