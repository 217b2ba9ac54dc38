"""The pictures of docs/images, taken again: `python -m tests.reports.pictures` from the checkout, in about a minute.

They show two nights of the demo company, between which somebody changed two buckets; what could not be seen is of a
made-up run. It takes the sandbox, Chromium, and what the extra `dev` installs. Look at each picture before committing.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3
from PIL import Image

from muster.run.sandbox import Sandbox
from muster.suites import Suites
from reports.page.page import write_page
from reports.run import ReportedRun
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.reports.synthetic import make_run
from tests.runs.audits import write_estate

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
PROFILES = "--profile=baseline,cis-aws-7.0"
# Whoever takes them, on whichever machine, is nobody's business.
AS_ANYBODY = """
import platform, socket, sys, pytest
socket.gethostname = lambda: "nightly"
platform.platform = lambda *_, **__: platform.system()
sys.exit(pytest.main())
"""
VIEWS = {
    "page-overview": "#/overview",
    "page-controls": "#/controls",
    "page-control": "#/control/s3-bucket-tls-only",
    "page-accounts": "#/accounts",
    "page-account": "#/account/demo",
    "page-resources": "#/resources",
    "page-requirements": "#/framework/cis-aws-7.0",
    "page-changes": "#/changes",
    "page-waivers": "#/waivers",
    "page-run": "#/run",
}


def take_all() -> None:
    """Run the audits, and write each picture."""
    with TemporaryDirectory() as scratch:
        project = Path(scratch) / "acme"
        write_project(project)
        run = two_nights(project)
        unseen = write_page(ReportedRun.load(make_run(Path(scratch))), None)
        with opened() as page:
            for name, view in VIEWS.items():
                page.goto(f"{(run / 'index.html').as_uri()}{view}")
                page.reload()
                page.wait_for_selector("html[data-ready]")
                write(name, page)
            page.goto(f"{unseen.as_uri()}#/not-seen")
            page.wait_for_selector("html[data-ready]")
            write("page-not-seen", page)
            # The script of pytest-html stops at an escaped + in its own address; browsers escape none.
            page.goto((run / "report.html").as_uri().replace("%2B", "+"))
            page.wait_for_selector(".results-table-row")
            write("report", page)


def write_project(project: Path) -> None:
    """A folder like the checkout, in which paths are short and say nothing of the machine; reports stay in it."""
    (project / "reports").mkdir(parents=True)
    shutil.copytree(ROOT / "controls", project / "controls")
    for name in ("muster", "fixtures", "profiles", "conftest.py", "pytest.ini"):
        (project / name).symlink_to(ROOT / name)
    for path in (ROOT / "reports").iterdir():
        if path.name not in ("runs", "latest"):
            (project / "reports" / path.name).symlink_to(path)


def two_nights(project: Path) -> Path:
    """The folder of the second night's run."""
    sandbox = Sandbox(("demo",), Suites.at(ROOT))
    try:
        ready = sandbox.ready()
        write_estate(project / "estate", ROOT / "estate", "demo", ready)
        audit(project)
        change_buckets(ready)
        audit(project, "--since=latest")
    finally:
        sandbox.stop()
    return (project / "reports" / "latest").resolve()


def audit(project: Path, *arguments: str) -> None:
    environment = {**os.environ, "LOGNAME": "auditor", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    command = [sys.executable, "-c", AS_ANYBODY, PROFILES, "--account=demo", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)


def change_buckets(ready: dict[str, Any]) -> None:
    """What somebody did between the nights: one bucket is repaired, another one spoilt."""
    account = ready["accounts"]["demo"]
    nobody = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": account["regions"][0]}
    sts: Any = boto3.Session(**nobody).client("sts", endpoint_url=ready["aws_endpoint"])
    role = sts.assume_role(RoleArn=account["role_arn"], RoleSessionName="change")["Credentials"]
    s3: Any = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"]).client(
        "s3", endpoint_url=ready["aws_endpoint"]
    )
    policies = {bucket["Name"]: policy_of(s3, bucket["Name"]) for bucket in s3.list_buckets()["Buckets"]}
    spoilt = next(name for name, policy in policies.items() if "aws:SecureTransport" in policy)
    repaired = next(name for name, policy in policies.items() if not policy)
    s3.put_bucket_policy(Bucket=repaired, Policy=policies[spoilt].replace(spoilt, repaired))
    s3.delete_bucket_policy(Bucket=spoilt)


def policy_of(s3: Any, bucket: str) -> str:
    """The text of a bucket's policy; empty where it has none."""
    try:
        return str(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError:
        return ""


@contextmanager
def opened() -> Iterator[Page]:
    """A page of Chromium, in light colours."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise SystemExit("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light")
        browser.close()


def write(name: str, page: Page) -> None:
    """The picture in 256 colours, which is enough for text and bars, and a third of the size."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    take_all()
