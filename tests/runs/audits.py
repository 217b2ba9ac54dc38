"""Audits as users run them: pytest in a process of its own, against the session's sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.evidence.run_folder import RunFolder
from muster.proving.dates import copy_estate
from muster.verdict import Verdict
from tests.runs.prepared import SECONDS, prepared

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """How an audit ended, and the run folder it left (None if it left none)."""

    code: int
    output: str
    folder: Path | None

    @property
    def run(self) -> dict[str, Any]:
        assert self.folder is not None, self.output
        return RunFolder(self.folder).read_run()

    @property
    def rows(self) -> list[Verdict]:
        assert self.folder is not None, self.output
        return list(RunFolder(self.folder).rows())

    @property
    def statuses(self) -> dict[tuple[str, str, str, str], str]:
        return {(row.control, row.account, row.resource, row.region): row.status for row in self.rows}

    def reads(self) -> list[dict[str, Any]]:
        assert self.folder is not None, self.output
        return [json.loads(path.read_text()) for path in (self.folder / "reads").glob("*.json")]


@dataclass(frozen=True)
class Audits:
    """Runs audits with an estate whose accounts lead to the session's sandbox; reports go to `reports`.

    `project` is the folder whose controls are run.
    """

    estate: Path
    reports: Path
    project: Path = ROOT

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None, text: str = "") -> Outcome:
        before = set(self.reports.glob("2*"))
        variables = {**os.environ, "COLUMNS": "200", **(environment or {})}
        if any(name.startswith("PYTHON") for name in environment or {}):
            code, output = self._by_another_interpreter(arguments, variables, text)
        else:
            code, output = prepared(self.project).run(self.arguments(*arguments), variables, text)
        made = sorted(set(self.reports.glob("2*")) - before)
        return Outcome(code, output, made[-1] if made else None)

    def _by_another_interpreter(
        self, arguments: Sequence[str], variables: Mapping[str, str], text: str
    ) -> tuple[int, str]:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.project,
            env=variables,
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def command(self, *arguments: str) -> Sequence[str]:
        """The command line of an audit."""
        return [sys.executable, "-m", "pytest", *self.arguments(*arguments)]

    def arguments(self, *arguments: str) -> Sequence[str]:
        """What stands behind `pytest` in the command line of an audit."""
        # Hypothesis is no part of Muster; its plugin would import all of it at the end of each audit, for 0.8 s.
        without = ["-p", "no:hypothesispytest"]
        places = ["-o", f"cache_dir={self.reports.parent / 'cache'}", f"--reports={self.reports}"]
        if not any(argument.startswith("--replay") for argument in arguments):
            places.append(f"--estate={self.estate}")
        return [*without, *places, *arguments]


def write_estate(folder: Path, like: Path, company: str, sandbox: Mapping[str, Any], names: str = "*.yaml") -> Path:
    """An estate like another, whose accounts of these names lead to a sandbox that is already there."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_estate(like, folder, names)
    seeded = sandbox["accounts"][company]
    (folder / "accounts.yaml").write_text(
        f"""accounts:
  {company}:
    id: "{seeded["id"]}"
    role_arn: {seeded["role_arn"]}
    endpoint_url: {sandbox["aws_endpoint"]}
    regions: {json.dumps(seeded["regions"])}
    roles: [management, audit, security]
  {company}-github:
    github: {seeded["github"]}
    endpoint_url: {sandbox["github_endpoint"]}
    token_env: MUSTER_TEST_TOKEN
"""
    )
    return folder
