"""Facts of identity: accounts of third parties, identity providers, and reviews of AWS's policies."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from muster.errors import MusterError
from muster.estate.declarations import Facts
from muster.estate.excuses import DeclaredIdentityProvider
from muster.estate.files import load_facts

TODAY = datetime.date(2026, 11, 23)
EXCUSE = {"owner": "anna", "approver": "berta", "reason": "Our pipelines release by it", "expires": "2027-10-31"}
SAML = "arn:aws:iam::111122223333:saml-provider/corp"
REVIEW = {
    "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "version": "v7",
    "sha256": "a" * 64,
    "reviewer": "anna",
    "date": "2026-11-23",
    "reason": "It was read from end to end",
}


def loaded(folder: Path, **facts: Any) -> Facts:
    (folder / "facts.yaml").write_text(yaml.safe_dump(facts))
    return load_facts(folder / "facts.yaml", TODAY)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        pytest.param({"managed_policy_register": [REVIEW, dict(REVIEW)]}, "reviewed twice", id="a policy twice"),
        pytest.param(
            {"managed_policy_register": [REVIEW | {"arn": "ReadOnlyAccess"}]}, "no policy of AWS", id="a name"
        ),
        pytest.param(
            {"managed_policy_register": [REVIEW | {"arn": "arn:aws:iam::111122223333:policy/a"}]},
            "no policy of AWS",
            id="a policy of our own",
        ),
        pytest.param({"managed_policy_register": [REVIEW | {"version": "7"}]}, "no version", id="a bare number"),
        pytest.param({"managed_policy_register": [REVIEW | {"sha256": "A" * 64}]}, "no SHA-256", id="another hash"),
        pytest.param({"managed_policy_register": [REVIEW | {"reason": ""}]}, "reason", id="no reason"),
        pytest.param({"managed_policy_register": [REVIEW | {"reviewer": None}]}, "reviewer", id="nobody has read it"),
        pytest.param({"managed_policy_register": [REVIEW | {"date": "2026-12-23"}]}, "future", id="a day to come"),
        pytest.param({"trusted_accounts": [{"id": "999988887777", **EXCUSE}]}, "company", id="whose account"),
        pytest.param({"trusted_accounts": [{"id": "9999", "company": "W", **EXCUSE}]}, "12 digits", id="no account"),
        pytest.param({"identity_providers": [{"name": "corp", **EXCUSE}]}, "no identity provider", id="a bare name"),
        pytest.param(
            {"identity_providers": [{"name": "saml-provider/corp", **EXCUSE}]}, "no identity", id="any account's"
        ),
        pytest.param({"identity_providers": [{"name": "oidc-provider/*.com", **EXCUSE}]}, "pattern", id="a pattern"),
        pytest.param({"identity_center_arn": "ssoins-1234567890abcdef"}, "no instance", id="an id alone"),
    ],
)
def test_what_says_too_little_is_refused(tmp_path: Path, facts: dict[str, Any], problem: str) -> None:
    with pytest.raises(MusterError, match=problem):
        loaded(tmp_path, **facts)


def test_a_review_of_today_is_taken(tmp_path: Path) -> None:
    (review,) = loaded(tmp_path, managed_policy_register=[REVIEW]).managed_policy_register

    assert (review.version, review.date) == ("v7", TODAY)


@pytest.mark.parametrize(
    ("name", "arn", "covered"),
    [
        (SAML, SAML, True),
        (SAML, SAML.replace("corp", "corp2"), False),
        (SAML, SAML.replace("1111", "4444"), False),
        ("oidc-provider/gitlab.com", "arn:aws:iam::444455556666:oidc-provider/gitlab.com", True),
        ("oidc-provider/gitlab.com", "arn:aws:iam::444455556666:oidc-provider/gitlab.com/x", False),
        ("oidc-provider/gitlab.com", "arn:aws:iam::444455556666:oidc-provider/my.gitlab.com", False),
    ],
)
def test_a_provider_is_declared_by_its_arn_or_its_address(name: str, arn: str, covered: bool) -> None:
    declared = DeclaredIdentityProvider.model_validate_json(
        f'{{"name": "{name}", "owner": "anna", "approver": "berta", "reason": "Our people", "expires": "2027-10-31"}}'
    )

    assert declared.covers(arn) is covered
