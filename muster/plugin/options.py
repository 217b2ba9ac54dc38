"""The command line of an audit, added to pytest's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.run.options import Options, local_folder, refuse_empty, runs_folder, split
from muster.run.resume import HOURS, refuse_hours
from muster.suites import Suites
from muster.verdict import SEVERITIES

# Options that name one thing, and where pytest keeps them: an unset variable (--replay=$RUN) must not mean the default.
NEVER_EMPTY = {
    "--estate": "estate",
    "--reports": "reports",
    "--replay": "replay",
    "--resume": "resume",
    "--unchanged-since": "unchanged_since",
    "--public-key": "public_key",
    "--sign-key": "sign_key",
    "--sign-kms": "sign_kms",
    "--since": "since",
    "--html": "htmlpath",
    "--junitxml": "xmlpath",
}

# Who gives one of these expects an audit.
OF_AUDITS_ONLY = {
    "--profile": "profile",
    "--account": "account",
    "--control": "control",
    "--severity": "severity",
    "--replay": "replay",
    "--resume": "resume",
    "--unchanged-since": "unchanged_since",
    "--sign-key": "sign_key",
    "--sign-kms": "sign_kms",
    "--public-key": "public_key",
    "--discover": "discover",
    "--fleet": "fleet",
}

# And so does who types one of these; in the settings they may stand for all audits that somebody else asks for.
OF_AUDITS_WHERE_TYPED = (
    "--estate",
    "--reports",
    "--report",
    "--since",
    "--fail-on",
    "--notify",
    "--budget",
    "--resume-hours",
)


def add_options(parser: pytest.Parser) -> None:
    """Declare the options to pytest."""
    group = parser.getgroup("muster", "Muster: compliance of accounts")
    group.addoption(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="profile or framework to judge by, repeated or comma-separated (default: baseline)",
    )
    group.addoption(
        "--account",
        action="append",
        default=[],
        metavar="NAME",
        help="account of the estate, tag:key=value, ou:/path or all, repeated or comma-separated (default: demo; with"
        " --discover all)",
    )
    group.addoption(
        "--discover",
        action="store_true",
        help="ask the organization of accounts.yaml first which accounts there are, and judge these, too",
    )
    group.addoption(
        "--control",
        action="append",
        default=[],
        metavar="ID",
        help="only these controls, patterns allowed; without --profile, whether a profile has them or not",
    )
    group.addoption("--severity", choices=SEVERITIES, help="only controls of this severity and above")
    group.addoption(
        "--estate",
        default="estate",
        metavar="DIR",
        help="folder with accounts.yaml, people.yaml, facts.yaml, waivers.yaml and attestations.yaml (default: estate)",
    )
    group.addoption(
        "--reports",
        default=None,
        metavar="DIR",
        help="folder in which run folders are made (default: reports/runs); s3://BUCKET/PREFIX: kept there, packed",
    )
    group.addoption(
        "--sign-key",
        metavar="FILE",
        help="sign the manifest with the Ed25519 private key in a PEM file (default: that of $MUSTER_SIGNING_KEY)",
    )
    group.addoption("--sign-kms", metavar="ARN", help="sign the manifest with an asymmetric key of AWS KMS")
    group.addoption(
        "--replay",
        default=None,
        metavar="RUN",
        help="judge a recorded run (its folder or .zip) again, without a network",
    )
    group.addoption(
        "--resume", metavar="RUN", help="go on from a run that was cut short: what it read lately is not asked again"
    )
    group.addoption(
        "--resume-hours",
        type=float,
        default=HOURS,
        metavar="HOURS",
        help=f"how old an answer of --resume may be (default: {HOURS:g})",
    )
    group.addoption(
        "--unchanged-since",
        metavar="RUN",
        help="ask GitHub what has changed since an earlier run (its folder, or latest), and take the rest from there",
    )
    group.addoption(
        "--budget",
        choices=("wait", "fail"),
        default="wait",
        help="where GitHub's rate limit does not do: wait for the next hour, or fail, before the first question if that"
        " can be told (default: wait)",
    )
    group.addoption(
        "--public-key", metavar="FILE", help="the public key (PEM) that the run of --replay must be signed with"
    )
    group.addoption(
        "--fleet",
        nargs="?",
        const="",
        metavar="WORKERS",
        help="judge each account by itself, by workers of a Dask cluster: its address (tcp://scheduler:8786), or a"
        " number of workers of this machine (default: one a core)",
    )
    group.addoption("--list-controls", action="store_true", help="list the controls and end")
    group.addoption(
        "--format",
        choices=("table", "json"),
        default="table",
        help="how --list-controls prints (default: table)",
    )
    group.addoption("--explain", metavar="ID", help="say what a control asks, why, and how to fix it, and end")
    _add_options_of_reports(group)


def _add_options_of_reports(group: pytest.OptionGroup) -> None:
    """Declare what the reports of a session take; they are imported where there is an audit to report of."""
    group.addoption(
        "--report",
        action="append",
        default=[],
        metavar="NAMES",
        help="reports to make: html, asff, crosswalk, csv, junit, markdown, ocsf, oscal, prometheus, sarif"
        " (default: html)",
    )
    group.addoption(
        "--since",
        metavar="RUN",
        help="say what changed since an earlier run: its folder, or latest for the last whole one that asked the same",
    )
    group.addoption(
        "--notify",
        choices=("webhook", "sns"),
        help="say how the run ended and what changed, to $MUSTER_WEBHOOK_URL or to the topic $MUSTER_SNS_TOPIC_ARN",
    )
    group.addoption(
        "--fail-on",
        choices=("any", "new"),
        default="any",
        help="new: failures and unreadable reads that --since had already do not fail the run (default: any)",
    )


def audit_options(config: pytest.Config) -> list[str]:
    """The options given that mean something to an audit only."""
    given = {option: config.getoption(name) for option, name in OF_AUDITS_ONLY.items()}
    typed = {argument.partition("=")[0] for argument in config.invocation_params.args}
    # --fleet alone is given, and says nothing.
    found = [option for option, value in given.items() if value or value == ""]
    return [*found, *(option for option in OF_AUDITS_WHERE_TYPED if option in typed)]


def read_options(config: pytest.Config) -> Options:
    """The options as given; raises `UsageError` for one that says nothing, and for a combination that means nothing."""
    for option, name in NEVER_EMPTY.items():
        refuse_empty(option, config.getoption(name, None))
    if config.getoption("dist", "no") == "each":
        raise UsageError("--dist=each has each worker judge everything, and each row stand there twice: leave it out")
    root = config.rootpath
    replay, resume = config.getoption("replay"), config.getoption("resume")
    reports = config.getoption("reports")
    public_key = config.getoption("public_key")
    options = Options(
        profiles=split("--profile", config.getoption("profile")),
        accounts=split("--account", config.getoption("account")),
        controls=split("--control", config.getoption("control")),
        severity=config.getoption("severity"),
        estate=Path(config.getoption("estate")),
        reports=local_folder("--reports", reports) if reports else runs_folder(root),
        replay=Path(replay) if replay else None,
        resume=Path(resume) if resume else None,
        resume_hours=config.getoption("resume_hours"),
        unchanged_since=config.getoption("unchanged_since"),
        waits=config.getoption("budget") != "fail",
        root=root,
        suites=Suites.at(root),
        public_key=Path(public_key) if public_key else None,
        discover=config.getoption("discover"),
    )
    if options.public_key is not None and options.replay is None:
        raise UsageError("--public-key names the key of a recorded run: it goes with --replay")
    if options.replay is not None and (options.profiles or options.accounts or options.discover):
        raise UsageError(
            "--replay takes the profile and the accounts of the recorded run: leave --profile, --account and --discover"
            " out"
        )
    if options.replay is not None and options.resume is not None:
        raise UsageError("--replay asks nobody, and so there is nothing to --resume: leave one of them out")
    if options.replay is not None and options.unchanged_since is not None:
        raise UsageError("--replay asks nobody, and so nothing has changed: leave --unchanged-since out")
    refuse_hours(options.resume_hours)
    if options.replay is not None and not (options.replay / "run.json").is_file():
        raise UsageError(f"--replay={options.replay}: no run folder (there is no run.json in it)")
    return options
