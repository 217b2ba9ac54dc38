"""Which controls a run judges by: those of its profiles, or those that are named."""

from __future__ import annotations

from collections.abc import Mapping

from muster.errors import UsageError
from muster.judging.control import Control
from muster.run.options import DEFAULT_PROFILE, Options
from muster.run.replay import RecordedRun
from muster.selection.chosen import at_least, matching_controls
from muster.selection.profiles import Profiles, Selection, load_profiles


def asked_profiles(options: Options) -> tuple[str, ...]:
    """The profiles to judge by; none where controls were named and no profile was."""
    return options.profiles or (() if options.controls else (DEFAULT_PROFILE,))


def select_controls(
    options: Options,
    controls: Mapping[str, Control],
    recorded: RecordedRun | None = None,
    known: Profiles | None = None,
) -> Selection:
    """The controls of the run with their effective parameters; `known` are all profiles, if they were loaded before."""
    if recorded is not None:
        selection = Selection(recorded.controls(controls), (), {}, scoped=recorded.scoped)
    elif profiles := asked_profiles(options):
        selection = (known or load_profiles(*options.suites.folders("profiles"))).resolve(profiles, controls)
    else:
        selection = Selection({name: {} for name in controls}, (), {})
    wanted = matching_controls(options.controls, selection.controls) if options.controls else selection.controls
    effective = {
        name: {**controls[name].parameters, **selection.controls[name]}
        for name in wanted
        if at_least(options.severity, controls[name])
    }
    if not effective:
        raise UsageError("no control is left: --profile, --control and --severity exclude each other")
    of_profiles = selection.controls if asked_profiles(options) and recorded is None else {}
    left_out = tuple(name for name in of_profiles if name not in effective)
    scoped = selection.scoped & effective.keys()
    return Selection(effective, selection.frameworks, selection.uncovered, left_out, scoped)
