"""Secrets in what comes out of repositories on GitHub: releases, files and what was attested of them, packages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fixtures.sandbox.hub.packages import HubPackage, Packages
from fixtures.sandbox.hub.releases import HubAsset, HubRelease, Releases
from fixtures.sandbox.hub.state import HubOrganization

RELEASE_OPERATIONS = {
    "github:GET /orgs/{org}/packages",
    "github:GET /repos/{owner}/{repo}/attestations/{subject_digest}",
    "github:GET /repos/{owner}/{repo}/releases",
}


def plant_releases(organization: HubOrganization, texts: Sequence[str]) -> None:
    """Put secrets into names, those of files as far as GitHub lets one have such a name, and all into the notes."""
    assets = tuple(HubAsset(text, attested=(text,)) for text in texts if re.fullmatch(r"[\w.-]+", text))
    organization.repositories[0].part(Releases).releases = [HubRelease("v1", assets=assets, body="\n".join(texts))]
    organization.part(Packages).packages = [HubPackage(text) for text in texts]
