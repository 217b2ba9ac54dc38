"""How an audit ends: the exit code, and what a reader can rely on when it did not end by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.run_folder import RunFolder
from tests.runs.audits import Audits
from tests.runs.gate import gated

# Lists alone, so that the calls do not grow with the company: at one a second, seconds from the first row to the last.
FEW_CALLS = "--control=iam-*,rds-*"
IAM = "--control=iam-user-console-mfa"


def test_a_clean_company_ends_with_0(model_catalogue_audits: Audits) -> None:
    outcome = model_catalogue_audits("--profile=regulated,code-repository", "--account=model,model-github")

    assert outcome.code == 0, outcome.output
    assert outcome.run["problems"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile=basline"], "baseline"),
        (["--account=dmeo"], "demo"),
        (["--account=tag:env=none"], "tag:env=none"),
        (["--control=iam-rot-mfa"], "iam-root-mfa"),
        (["--severity=urgent"], "critical"),
        (["--estate=nowhere"], "nowhere"),
        (["--replay=nowhere"], "run.json"),
        (["--replay=nowhere", "--account=demo"], "--replay"),
        (["--explain=iam-rot-mfa"], "iam-root-mfa"),
        (["--account="], "--account=: empty"),
        (["--profile=baseline,"], "--profile=baseline,: empty"),
        (["--report="], "--report=: empty"),
        (["--replay="], "--replay=: empty"),
        (["--html=/proc/report.html"], "--html=/proc/report.html: cannot be written"),
        (["--reports=gs://bucket/runs"], "a folder of this machine is expected"),
        (["--reports=s3://BUCKET/runs"], "an address of runs is s3://BUCKET/PREFIX"),
        (["--reports=/dev/null"], "--reports=/dev/null: no run folder can be made there"),
        (["--profile=code-repository", "--control=rds-instance-encrypted"], "rds-instance-encrypted"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_word_is_a_usage_error(audits: Audits, arguments: list[str], message: str) -> None:
    outcome = audits(*arguments)

    assert outcome.code == 4, outcome.output
    assert message in outcome.output
    assert "Traceback" not in outcome.output
    assert outcome.folder is None


@pytest.mark.parametrize(
    ("way_in", "message"),
    [
        ("github: acme, token_env: NOT_SET", "its token is expected in $NOT_SET"),
        ('id: "111122223333", profile: nobody', "the AWS CLI has no profile nobody"),
        (
            'id: "111122223333", role_arn: "arn:aws:iam::111122223333:role/a", external_id_env: NOT_SET',
            "its external id is expected in $NOT_SET",
        ),
    ],
    ids=["token", "profile", "external id"],
)
def test_a_way_in_that_is_not_there_leaves_one_line_and_no_folder(audits: Audits, way_in: str, message: str) -> None:
    (audits.estate / "accounts.yaml").write_text(f"accounts:\n  shut: {{{way_in}}}\n")
    outcome = audits("--account=shut", "--control=*-mfa")

    assert outcome.code == 4, outcome.output
    assert outcome.output.strip().startswith(f"ERROR: account shut: {message}")
    assert len(outcome.output.strip().splitlines()) == 1
    assert outcome.folder is None


def test_the_sandbox_is_nobodys_whatever_the_environment_says(audits: Audits) -> None:
    environment = {
        "AWS_PROFILE": "nobody",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    (audits.estate / "accounts.yaml").write_text(
        "accounts: {demo: {sandbox: demo}, demo-github: {sandbox: demo, github: acme-demo}}"
    )
    controls = "--control=iam-root-mfa,gh-members-mfa"
    outcome = audits("--account=demo,demo-github", controls, environment=environment)

    assert "error" not in {row.status for row in outcome.rows}, outcome.output
    assert {row.account for row in outcome.rows} == {"demo", "demo-github"}


def test_a_malformed_file_is_a_usage_error_with_its_line(audits: Audits) -> None:
    (audits.estate / "facts.yaml").write_text("approved_regions:\n  - eu-west-1\naproved: []\n")
    outcome = audits(IAM)

    assert outcome.code == 4
    assert f"{audits.estate / 'facts.yaml'}:3: aproved: " in outcome.output
    assert outcome.folder is None


def test_an_account_that_the_estate_lacks_may_be_a_profile_of_the_aws_cli(
    audits: Audits, sandbox: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        "[profile stage]\naws_access_key_id = sandbox\naws_secret_access_key = sandbox\nregion = eu-west-1\n"
        f"endpoint_url = {sandbox['aws_endpoint']}\n"
    )
    environment = {"AWS_CONFIG_FILE": str(tmp_path / "config")}
    outcome = audits("--control=iam-root-mfa", "--account=stage", environment=environment)

    assert outcome.code == 1, outcome.output
    assert [(row.account, row.resource, row.status) for row in outcome.rows] == [
        ("stage", "arn:aws:iam::123456789012:root", "fail")
    ]


def test_credentials_of_another_account_stop_the_run_before_it_reads(audits: Audits) -> None:
    accounts = audits.estate / "accounts.yaml"
    without_role = [line for line in accounts.read_text().splitlines() if "role_arn" not in line]
    accounts.write_text("\n".join(without_role))
    outcome = audits(IAM, "--account=demo")

    assert outcome.code == 4, outcome.output
    assert "the estate expects 444455556666, but the credentials are of 123456789012" in outcome.output
    assert {row.status for row in outcome.rows} == {"not_run"}
    assert [(read["service"], read["operation"]) for read in outcome.reads()] == [("sts", "get_caller_identity")]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_an_interrupted_run_says_what_it_did_not_judge(
    audits: Audits, workers: list[str], sent: signal.Signals
) -> None:
    process = start(audits, FEW_CALLS, "--account=demo", *workers, slow=True)
    wait_for_rows(audits.reports)
    process.send_signal(sent)
    output, _ = process.communicate(timeout=60)
    folder = only_run(audits)

    assert process.returncode == 2, output
    assert folder.read_run()["exit_code"] == 2
    assert "not_run" in {row.status for row in folder.rows()}
    assert {row.control for row in folder.rows()} == set(folder.read_run()["controls"])
    assert folder.manifest.exists()
    assert (folder.path / "index.html").exists()


def test_a_killed_worker_leaves_a_folder_that_says_so(audits: Audits, sandbox: dict[str, Any]) -> None:
    with gated(audits, sandbox) as gate:
        # Each of the two workers judges one service, and cannot end it: whichever is killed leaves something.
        gate.held = (b"Action=GetCredentialReport", b"Action=DescribeDBClusters")
        process = start(audits, FEW_CALLS, "--account=demo", "-n", "2", "--max-worker-restart=0", slow=False)
        wait_for_rows(audits.reports)
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        gate.opened.set()
        output, _ = process.communicate(timeout=90)
    folder = only_run(audits)

    assert process.returncode != 0, output
    assert "not_run" in {row.status for row in folder.rows()}
    assert {row.control for row in folder.rows()} == set(folder.read_run()["controls"])
    assert folder.read_run()["calls_incomplete"]


def test_a_worker_that_dies_while_it_starts_leaves_a_folder_that_says_so(audits: Audits) -> None:
    process = start(audits, "--control=iam-*", "--account=demo", "-n", "2", slow=True)
    workers = wait_for_workers(process.pid)
    os.kill(workers[0], signal.SIGKILL)
    output, _ = process.communicate(timeout=90)
    folder = only_run(audits)
    record = folder.read_run()

    assert process.returncode != 0, output
    assert record["ended"]
    assert {row.control for row in folder.rows()} == set(record["controls"])


def test_workers_end_with_their_controller(audits: Audits) -> None:
    process = start(audits, FEW_CALLS, "--account=demo", "-n", "2", slow=True)
    wait_for_rows(audits.reports)
    workers = workers_of(process.pid)
    process.kill()
    process.wait(timeout=10)

    deadline = time.monotonic() + 10
    while any(is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker for worker in workers if is_alive(worker)] == []
    assert only_run(audits).read_run()["ended"] is None


def test_workers_that_still_start_end_with_their_controller(audits: Audits) -> None:
    process = start(audits, FEW_CALLS, "--account=demo", "-n", "2", slow=True)
    workers = wait_for_workers(process.pid)
    wait_for_run(audits.reports)
    process.kill()
    process.wait(timeout=10)

    deadline = time.monotonic() + 30
    while any(is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker for worker in workers if is_alive(worker)] == []
    assert list(only_run(audits).rows()) == []


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_what_the_environment_takes_away_makes_the_run_a_part(model_audits: Audits, workers: list[str]) -> None:
    environment = {"PYTEST_ADDOPTS": "-k versioned"}
    outcome = model_audits(
        "--control=iam-root-mfa,s3-bucket-versioned", "--account=model", *workers, environment=environment
    )

    assert outcome.code == 1, outcome.output
    assert [problem["kind"] for problem in outcome.run["problems"]] == ["part"]
    assert outcome.run["part"]["left_out"] == {"iam-root-mfa": ["model"]}
    assert outcome.run["part"]["by"] == ["-k versioned", "$PYTEST_ADDOPTS=-k versioned"]
    assert "this run is a part: 1 of 2" in outcome.output


def test_latest_always_leads_to_a_run(model_audits: Audits) -> None:
    for _ in range(2):
        model_audits("--control=iam-root-mfa", "--account=model")
    runs = sorted(path.name for path in model_audits.reports.glob("2*"))

    assert (model_audits.reports / "latest").resolve().name == runs[-1]
    assert sorted(path.name for path in model_audits.reports.iterdir()) == [*runs, "latest"]


def test_a_waiver_that_expired_fails_the_run(model_audits: Audits) -> None:
    write_waiver(model_audits.estate, "arn:aws:iam::*", datetime.now(UTC) - timedelta(days=3))
    outcome = model_audits(IAM, "--account=model")

    assert outcome.code == 1
    assert [problem["kind"] for problem in outcome.run["problems"]] == ["waiver_expired"]


def test_a_waiver_that_matches_nothing_fails_the_run(model_audits: Audits) -> None:
    write_waiver(model_audits.estate, "arn:aws:iam::*:user/nobody", datetime.now(UTC) + timedelta(days=30))
    outcome = model_audits(IAM, "--account=model")

    assert outcome.code == 1
    assert [problem["kind"] for problem in outcome.run["problems"]] == ["waiver_unmatched"]


def test_a_waiver_that_is_not_needed_any_more_fails_the_run(model_audits: Audits) -> None:
    write_waiver(model_audits.estate, "arn:aws:iam::*", datetime.now(UTC) + timedelta(days=30))
    outcome = model_audits(IAM, "--account=model")

    assert outcome.code == 1
    assert [problem["kind"] for problem in outcome.run["problems"]] == ["waiver_unneeded"]


def test_a_kind_of_account_that_nobody_asked_for_is_not_run(audits: Audits) -> None:
    outcome = audits("--control=gh-members-mfa", "--account=demo")

    assert outcome.code == 1
    assert [row.status for row in outcome.rows] == ["not_run"]
    assert "demo-github" in outcome.rows[0].reason


def test_a_killed_run_is_gone_on_from(audits: Audits) -> None:
    process = start(audits, FEW_CALLS, "--account=demo", slow=True)
    wait_for_rows(audits.reports)
    process.kill()
    process.communicate(timeout=60)
    killed = only_run(audits)
    read = len(list(killed.reads.glob("*.json")))
    accounts = audits.estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace("    calls_per_second: 1\n", ""))
    outcome = audits(FEW_CALLS, "--account=demo", f"--resume={killed.path}")

    assert outcome.code == 1
    assert outcome.run["resumed"]["run"] == killed.path.name
    assert 0 < outcome.run["resumed"]["answers"] < read
    assert f"given in {killed.path.name} and not asked again" in outcome.output
    assert "not_run" not in {row.status for row in outcome.rows}


def write_waiver(estate: Path, resource: str, expires: Any) -> None:
    (estate / "waivers.yaml").write_text(
        f"""waivers:
  - id: W-9
    control: iam-user-console-mfa
    account: "*"
    resource: "{resource}"
    reason: a waiver for a test of waivers
    owner: web-team
    approver: security-lead
    ticket: SEC-1
    granted: {(expires - timedelta(days=60)):%Y-%m-%d}
    expires: {expires:%Y-%m-%d}
"""
    )


def start(audits: Audits, *arguments: str, slow: bool) -> subprocess.Popen[str]:
    """An audit in the background; a slow one pauses before each request, so that there is time to end it."""
    if slow:
        accounts = audits.estate / "accounts.yaml"
        text = accounts.read_text()
        accounts.write_text(text.replace("    role_arn:", "    calls_per_second: 1\n    role_arn:"))
    return subprocess.Popen(
        audits.command(*arguments),
        cwd=audits.project,
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=hear_ctrl_c,
    )


def hear_ctrl_c() -> None:
    """Whoever starts the tests in the background lets a shell ignore Ctrl-C, and all that they start inherits it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for_rows(reports: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(path.stat().st_size for path in reports.glob("2*/verdicts.jsonl")):
            return
        time.sleep(0.05)
    raise AssertionError("the audit wrote no row")


def wait_for_run(reports: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not list(reports.glob("2*/run.json")):
        assert time.monotonic() < deadline, "the audit began no run"
        time.sleep(0.02)


def wait_for_workers(pid: int, seconds: float = 60) -> list[int]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if len(workers := workers_of(pid)) == 2:
            return workers
        time.sleep(0.02)
    raise AssertionError("the audit started no workers")


def only_run(audits: Audits) -> RunFolder:
    (path,) = audits.reports.glob("2*")
    return RunFolder(path)


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def workers_of(pid: int) -> list[int]:
    """The processes that a process started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]
