"""Estate folders for the tests of this folder: files written, and the estate or the error that comes of them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import strategies as st

from muster.errors import FileError
from muster.estate.accounts import AwsAccountEntry, GitHubAccountEntry
from muster.estate.files import Estate

TODAY = datetime.date(2026, 11, 23)
DATES = ("granted", "expires", "date")
"""Fields that files hold without quotes."""
CONTROLS = ("s3-bucket-public-access-blocked", "iam-root-mfa", "attest-root-custody", "attest-security-policy")

ACCOUNTS = """\
accounts:
  demo: {sandbox: demo}
  prod:
    id: "111122223333"
    role_arn: arn:aws:iam::111122223333:role/audit/MusterAudit
    external_id_env: MUSTER_EXTERNAL_ID
    source_profile: hub
    regions: all
    tags: {env: prod, team: shop}
  stage: {id: "444455556666", profile: stage, regions: [eu-west-1, us-gov-west-1], tags: {env: stage}}
  local: {id: "123456789012", endpoint_url: "http://127.0.0.1:4566", regions: [us-east-1], calls_per_second: 5}
  code: {github: acme-demo, token_env: GITHUB_TOKEN, endpoint_url: "https://github.example.com/api/v3"}
  code-demo: {github: acme-demo, sandbox: demo, tags: {env: prod}}
"""

WAIVER = {
    "id": "W-1",
    "control": "iam-root-mfa",
    "account": "prod",
    "resource": "arn:aws:iam::111122223333:root",
    "reason": "root has no password",
    "owner": "web-team",
    "approver": "security-lead",
    "ticket": "SEC-1",
    "expires": "2027-01-31",
}

ATTESTATION = {
    "control": "attest-root-custody",
    "statement": "Root is sealed",
    "owner": "security-lead",
    "date": "2026-11-01",
    "valid_for_days": 30,
    "evidence": "Custody sheet 4",
    "decision": "Two keepers",
    "reasons": ["Neither can act alone"],
}


def estate(folder: Path, **files: str) -> Estate:
    for name, text in {"accounts": ACCOUNTS, **files}.items():
        (folder / f"{name}.yaml").write_text(text)
    return Estate.load(folder, CONTROLS, TODAY)


def as_yaml(key: str, *entries: Mapping[str, object]) -> str:
    """The entries as a YAML file, a line a field: the first entry's first field stands on line 2."""
    lines = [f"{key}:"]
    for entry in entries:
        fields = [f"{name}: {value if name in DATES else json.dumps(value)}" for name, value in entry.items()]
        lines += [f"  - {fields[0]}", *(f"    {field}" for field in fields[1:])]
    return "\n".join(lines) + "\n"


def problem(folder: Path, **files: str) -> str:
    with pytest.raises(FileError) as caught:
        estate(folder, **files)
    return str(caught.value).removeprefix(f"{folder}/")


NAMES = st.from_regex(r"[a-z0-9._-]{1,8}", fullmatch=True).filter(lambda name: name != "all")
REGIONS = st.just("all") | st.lists(st.sampled_from(["eu-west-1", "us-east-1"]), min_size=1, unique=True).map(tuple)
# A tag that is called like a key of an account is refused.
TAG_KEYS = st.text(min_size=1, max_size=4).filter(lambda key: key not in AwsAccountEntry.model_fields)
TAGS = st.dictionaries(TAG_KEYS, st.text(max_size=4), max_size=2)
ACCOUNT_ENTRIES = st.one_of(
    st.builds(
        AwsAccountEntry,
        name=NAMES,
        id=st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
        profile=NAMES,
        regions=REGIONS,
        tags=TAGS,
        calls_per_second=st.none() | st.floats(0.1, 1000),
    ),
    st.builds(GitHubAccountEntry, name=NAMES, github=st.just("acme"), token_env=st.just("GITHUB_TOKEN"), tags=TAGS),
)
