"""Write down which source of each control is proved, once all proofs hold: `python -m tests.proofs`."""

from __future__ import annotations

import json
import sys

import pytest

from muster.run.record import PROOFS
from tests.conftest import CONTROLS, ROOT


def main() -> int:
    """Run the proofs, and write the record if they hold."""
    code = pytest.main(["-q", "-k", "not record_of_proofs", str(ROOT / "tests" / "proofs")])
    if code == pytest.ExitCode.OK:
        sources = {name: control.source_hash for name, control in CONTROLS.items()}
        (ROOT / PROOFS).write_text(json.dumps(sources, indent=2) + "\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
