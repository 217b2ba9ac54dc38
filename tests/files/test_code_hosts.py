"""facts.yaml: where the organization keeps code, and what lies there."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from fixtures.code_places import is_on_github, place_of
from muster.estate.code_excuses import CodeHost, ReleasePrincipal
from tests.excuses import excuse


def host(name: str) -> CodeHost:
    return CodeHost.model_validate_json(json.dumps(excuse(name=name, run_by="vendor", connections=["Acme"])))


@pytest.mark.parametrize(
    ("name", "place", "covered"),
    [
        pytest.param("gitlab.com/acme", "gitlab.com/acme/shop", True, id="a repository"),
        pytest.param("gitlab.com/acme", "gitlab.com/acme", True, id="the place itself"),
        pytest.param("gitlab.com/acme", "GitLab.com/Acme/shop", True, id="in another case"),
        pytest.param("gitlab.com/acme/team", "gitlab.com/acme/shop", False, id="another group in it"),
        pytest.param("gitlab.com/acme", "gitlab.com/acme-evil/shop", False, id="a longer name"),
        pytest.param("gitlab.com/acme", "gitlab.com", False, id="the host"),
        pytest.param("gitlab.com/acme", "gitlab.example.com/acme/shop", False, id="another host"),
        pytest.param("gitlab.com/acme", "gitlab.com#Acme", True, id="a connection to the host"),
        pytest.param("gitlab.com/acme", "gitlab.com#acme", False, id="a connection in another case"),
        pytest.param("gitlab.com/acme", "github.com#Acme", False, id="a connection to another host"),
        pytest.param("gitlab.com/acme", "vendor", True, id="who runs it"),
        pytest.param("gitlab.com/acme", "ourselves", False, id="who does not run it"),
    ],
)
def test_what_a_code_host_covers(name: str, place: str, covered: bool) -> None:
    assert host(name).covers(place) is covered


@pytest.mark.parametrize(
    "name", ["gitlab.com", "gitlab.com/", "acme", "gitlab.com/*", "https://gitlab.com/acme", "a.b/c d"]
)
def test_what_is_no_code_host(name: str) -> None:
    with pytest.raises(ValidationError, match="is no place where code is kept; expected a host and a name there"):
        host(name)


@pytest.mark.parametrize(
    ("principal", "covered"), [("role/release-shop", True), ("role/releases", False), ("user/release-shop", False)]
)
def test_whom_a_releasing_principal_covers(principal: str, covered: bool) -> None:
    declared = ReleasePrincipal.model_validate_json(json.dumps(excuse(name="role/release-*")))
    assert declared.covers(principal) is covered


@pytest.mark.parametrize(
    ("address", "place"),
    [
        pytest.param("https://github.com/acme/shop.git", "github.com/acme/shop", id="a repository"),
        pytest.param("https://GitHub.com:443/acme/.github/", "github.com/acme/.github", id="a name with a dot first"),
        pytest.param("https://me:word@bitbucket.org/acme/shop", "bitbucket.org/acme/shop", id="with a password"),
        pytest.param("https://github.com@evil.example/acme/shop", "evil.example/acme/shop", id="a user like a host"),
        pytest.param("https://github.com/acme/../evil/shop", None, id="up and down again"),
        pytest.param("https://github.com/acme/%2e%2e/evil", None, id="up and down again, encoded"),
        pytest.param("https://github.com\\@evil.example/shop", None, id="a backslash"),
        pytest.param("http://github.com/acme/shop", None, id="in clear"),
        pytest.param("git@github.com:acme/shop.git", None, id="by SSH"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_place_of_an_address(address: str, place: str | None) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("place", "ours"),
    [
        ("github.com/Acme/shop", True),
        ("github.com/acme-evil/shop", False),
        ("github.example.com/acme/shop", False),
        (None, False),
    ],
)
def test_what_is_on_github(place: str | None, ours: bool) -> None:
    assert is_on_github(place, ["ACME"]) is ours
