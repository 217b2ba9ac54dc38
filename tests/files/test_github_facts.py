"""facts.yaml: who and what is let into repositories on GitHub, and how people sign in there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from muster.estate.declarations import Facts
from muster.estate.guest_excuses import DeclaredApp, OutsideCollaborator
from tests.excuses import excuse


def facts(**declared: Any) -> Facts:
    return Facts.model_validate_json(json.dumps(declared))


@pytest.mark.parametrize(
    ("login", "covered"), [("jordan-ext", True), ("Jordan-Ext", True), ("jordan-ext2", False), ("x-jordan-ext", False)]
)
def test_whom_a_declared_collaborator_covers(login: str, covered: bool) -> None:
    declared = OutsideCollaborator.model_validate_json(json.dumps(excuse(login="jordan-ext")))
    assert declared.covers(login) is covered


@pytest.mark.parametrize(("slug", "covered"), [("bot", True), ("Bot", False), ("bot-pro", False)])
def test_which_app_is_covered(slug: str, covered: bool) -> None:
    declared = DeclaredApp.model_validate_json(json.dumps(excuse(slug="bot", writes=["contents"])))
    assert declared.covers(slug) is covered


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        pytest.param(
            {"outside_collaborators": [excuse(login="jordan ext")]}, "expected letters, digits and -", id="login"
        ),
        pytest.param(
            {"outside_collaborators": [excuse(login="jordan", permission="write")]},
            "'push'",
            id="the web's word for push",
        ),
        pytest.param({"declared_apps": [excuse(slug="*")]}, "is a pattern", id="any app"),
        pytest.param({"declared_apps": [excuse(slug="bot", repositories=True)]}, "'selected' or 'all'", id="a switch"),
        pytest.param({"code_repositories": ["shop"]}, "expected owner/name", id="repository without an owner"),
        pytest.param(
            {"github_enterprise": "acme/group"}, "expected letters, digits and -", id="enterprise with a path"
        ),
        pytest.param(
            {"identity_providers": [excuse(name="github.com/acme")]}, "is no identity provider", id="an organization"
        ),
    ],
)
def test_what_is_not_declared_so(declared: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        facts(**declared)


def test_an_enterprise_on_github_is_an_identity_provider() -> None:
    (provider,) = facts(identity_providers=[excuse(name="github.com/enterprises/acme-group")]).identity_providers

    assert provider.covers("github.com/enterprises/acme-group")
    assert not provider.covers("github.com/enterprises/acme-group-2")
