"""The assertion of honesty."""

from __future__ import annotations

from muster.judging.control import Control
from muster.proving.honesty import dishonesties
from muster.proving.recorded import Recording
from muster.reading.reads import ApiError, Call

# Questions to which GitHub answers "404 Not Found" where there is nothing, as it does where a token may not know. Their
# nouns take that for a no by what another answer shows, and never for a yes.
SAYS_NO_BY_404 = {
    # https://docs.github.com/en/rest/repos/repos#check-if-immutable-releases-are-enabled-for-a-repository
    "github:GET /repos/{owner}/{repo}/immutable-releases",
    # https://docs.github.com/en/rest/repos/attestations#list-attestations
    "github:GET /repos/{owner}/{repo}/attestations/{subject_digest}",
}
A_NO = (": nothing is unreadable", " turned fail")


def assert_honest(recording: Recording, control: Control, call: Call, error: ApiError) -> None:
    told = list(dishonesties(recording, control, call, error))
    if error.code == "404" and call.name in SAYS_NO_BY_404:
        told = [each for each in told if not each.endswith(A_NO)]
    assert told == []
