"""What GitHub says beside an error of why it said no: which permissions would do, and whether to sign in once more.

Its statuses are told apart by code and text: 403 is *may not*, or *not in this plan* where the text says to upgrade;
404 is *there is none*, *not switched on*, or *may not know*, and the text says which unless it is "Not Found"; 410 is
*gone*, or *switched off*; 429 is a rate limit. What nouns take for absence they name with a part of that text.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PERMISSIONS = re.compile(r"[a-z_]+=[a-z]+(?:[,;] ?[a-z_]+=[a-z]+)*")
_SCOPES = re.compile(r"[a-z_:]+(?:, ?[a-z_:]+)*")
LONGEST = 300
"""Characters of a header that is quoted."""


def with_remedy(status: int, message: str, headers: Mapping[str, str]) -> str:
    """The message of an error, and after it in brackets what GitHub wants of a token that may.

    `Resource not accessible by integration (GitHub wants administration=read)`.
    """
    if status == 401:
        return f"{message} (the token is wrong, was revoked, or has expired)"
    is_denial = status == 403 or (status == 404 and message == "Not Found")
    wanted = _wanted(headers) if is_denial else ""
    return f"{message} ({wanted})" if wanted else message


def _wanted(headers: Mapping[str, str]) -> str:
    if headers.get("x-github-sso", "").startswith("required"):
        # Its address holds a credential.
        return "the token is not authorized for the organization's single sign-on"
    permissions, scopes = headers.get("x-accepted-github-permissions", ""), headers.get("x-accepted-oauth-scopes", "")
    if len(permissions) <= LONGEST and _PERMISSIONS.fullmatch(permissions):
        return f"GitHub wants {permissions}"
    if len(scopes) <= LONGEST and _SCOPES.fullmatch(scopes):
        return f"GitHub wants one of the scopes {scopes}"
    return ""
