"""`run.json` says who ran it, also where the system has no name for them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

NAMELESS = 54_321
ASK = f"import os; from muster.run.record import user; os.setuid({NAMELESS}); print(user())"


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody else may become another user")
def test_a_user_without_a_name_goes_by_the_number() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("LOGNAME", "USER", "LNAME")}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout == f"uid {NAMELESS}\n", done.stderr
