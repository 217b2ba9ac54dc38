"""What a secret looks like in a text: tokens by their prefixes, what words call a secret, keys, and passwords in URLs.

What goes by entropy alone is left out: it takes every hash for a secret.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from muster.reading.secret_tokens import TOKENS
from muster.reading.secret_words import REFERENCE, named_secrets

# Every token of a vendor, and every key, has that many letters, digits and signs of base64url in a row.
_RUN = re.compile(r"[\w-]{12,}", re.ASCII)

# Kind, a part that the text must have, and the pattern; the secret itself is the group of that name. Tokens whose
# known part does not begin them, and what is found wherever it stands.
_OTHERS = tuple(
    (kind, part, re.compile(pattern, re.ASCII))
    for kind, part, pattern in (
        ("AWS Access Key", "AKIA", r"(?P<secret>AKIA[A-Z0-9]{16})"),
        ("AWS Access Key", "ASIA", r"(?P<secret>ASIA[A-Z0-9]{16})"),
        ("Azure Client Secret", "Q~", r"(?P<secret>[\w~.-]{0,3}\dQ~[\w~.-]{31,34})"),
        # Microsoft's identifiable keys have a signature before their checksum, and end with that: in the base64 of a
        # certificate the same letters may stand anywhere.
        # https://learn.microsoft.com/en-us/purview/sit-defn-azure-storage-account-key
        *(
            (
                "Azure Key",
                part,
                rf"(?<![\w/+-])(?P<secret>[\w/+-]{{36,}}{re.escape(part)}[\w/+-]{{4,10}}={{0,2}})(?![\w/+=-])",
            )
            for part in ("+ASt", "+AMC", "+ACR", "+ARm", "+AEh", "ACDb", "AzFu", "AzSe", "AzCa", "AIoT", "APIM", "AZDO")
        ),
        ("Azure SAS Signature", "sig=", r"[?&;]sig=(?P<secret>[A-Za-z0-9%/+]{40,}={0,2})"),
        ("Google Messaging Key", ":APA91b", r"(?<![\w-])(?P<secret>[\w-]{8,}:APA91b[\w-]{100,})"),
        ("Mailchimp Access Key", "-us", r"(?P<secret>[0-9a-f]{32}-us\d{1,2})(?![\w-])"),
        ("MaxMind Key", "_mmk", r"(?P<secret>\w{36}_mmk)"),
        ("OpenAI Token", "T3BlbkFJ", r"(?<![\w-])(?P<secret>[\w-]{20,}T3BlbkFJ[\w-]{20,})"),
        ("Tableau Token", "==:", r"(?P<secret>[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32})"),
        ("Telegram Bot Token", ":AA", r"(?<!\d)(?P<secret>\d{8,10}:AA[\w-]{33})(?![\w-])"),
        ("Zapier Webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/(?P<secret>\d+/\w+)"),
        ("Terraform Token", ".atlasv1.", r"(?P<secret>\w{0,14}\.atlasv1\.[\w=-]{60,})"),
        # The keys whole, with what stands between their first and their last line, cut off ones too.
        (
            "Private Key",
            "PRIVATE KEY",
            r"(?P<secret>-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}"
            r"(?s:.*?)(?:-{4,5} ?END [A-Z0-9 ]*-{4,5}|\Z))",
        ),
        (
            "Private Key",
            "PuTTY-User-Key-File-",
            r"(?P<secret>PuTTY-User-Key-File-\d:(?s:.*?)(?:Private-MAC: [0-9a-f]+|\Z))",
        ),
        # User and password of a URL, whatever characters the password has; the host is kept, it is no secret.
        (
            "Basic Auth Credentials",
            "://",
            rf"(?<=://)(?P<secret>[^\s/?#\"'<>@:]*:{REFERENCE}[^\s/\"'<>]+)(?=@)",
        ),
    )
)
# Alone, as a part of a path or an ARN, or behind the `=` of a name: a parameter of a URL, a variable, an option. A full
# stop may end the sentence, and begins no ending of a file.
_AWS_SECRET_KEYS = (
    re.compile(r"(?<![\w/+=.-])[A-Za-z0-9/+]{40}(?![\w/+=-]|\.\w)"),
    re.compile(r"(?<=/)[A-Za-z0-9+]{40}(?![\w+=-]|\.\w)"),
    re.compile(r"(?<=/)[A-Za-z0-9/+]{40}(?![\w/+=-]|\.\w)"),
    re.compile(r"(?<=[\w\])}-]=)[A-Za-z0-9/+]{40}(?![\w/+=-]|\.\w)"),
)
# In forty random characters the class (upper, lower, digit, sign) changes 25 times, give or take 3; in names and paths
# of that length it hardly ever changes 17 times.
_CHANGES = 17
# Beside the id of an access key such a text is its secret, however it looks; no hash in hex has all three kinds.
_AWS_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}", re.ASCII)
_BESIDE_AN_ID = re.compile(r"(?<![A-Za-z0-9+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_BEHIND_AN_ID = re.compile(r"(?<=(?:AKIA|ASIA)[A-Z0-9]{16}[/:])[A-Za-z0-9/+]{40}(?=/)", re.ASCII)
"""Right behind the id, where a path goes on: elsewhere a `/` behind it says that it is a path, not a key."""
_BESIDE = 200
"""Characters that may stand between the two: names of columns, of settings, a line of its own."""

_AROUND = re.compile(r"[\w-]*", re.ASCII)


@dataclass(frozen=True, order=True)
class FoundSecret:
    """A secret in a text: where it starts and ends, and what kind it is."""

    start: int
    end: int
    kind: str


def secrets_in(text: str) -> list[FoundSecret]:
    """The secrets in a text, in order; where two overlap they are one."""
    found: list[FoundSecret] = []
    for secret in sorted(_all_in(text)):
        if found and secret.start < found[-1].end:
            last = found.pop()
            secret = FoundSecret(last.start, max(last.end, secret.end), last.kind)
        found.append(secret)
    return found


def _all_in(text: str) -> Iterator[FoundSecret]:
    if _RUN.search(text):
        yield from _tokens_in(text)
        for pattern in _AWS_SECRET_KEYS:
            yield from (
                FoundSecret(*m.span(), "AWS Secret Key") for m in pattern.finditer(text) if _is_random(m.group())
            )
        yield from _keys_beside_ids(text)
    for kind, part, pattern in _OTHERS:
        if part in text:
            yield from (FoundSecret(*match.span("secret"), kind) for match in pattern.finditer(text))
    yield from (FoundSecret(start, end, "Password") for start, end in named_secrets(text))


def _keys_beside_ids(text: str) -> Iterator[FoundSecret]:
    ids = [match.start() for match in _AWS_KEY_ID.finditer(text)]
    if not ids:
        return
    for match in _BESIDE_AN_ID.finditer(text):
        next_id = bisect(ids, match.start())
        behind, ahead = ids[max(0, next_id - 1)], ids[min(next_id, len(ids) - 1)]
        is_near = match.start() - behind <= 20 + _BESIDE and behind < match.start()
        is_near |= 0 <= ahead - match.end() <= _BESIDE
        if is_near and set(_kinds(match.group())) >= _KINDS:
            yield FoundSecret(*match.span(), "AWS Secret Key")
    for match in _BEHIND_AN_ID.finditer(text):
        if set(_kinds(match.group())) >= _KINDS:
            yield FoundSecret(*match.span(), "AWS Secret Key")


def _tokens_in(text: str) -> Iterator[FoundSecret]:
    tokens = _tokens()
    floor = 0
    for begun in tokens.begin.finditer(text):
        if begun.start() < floor:
            continue
        for kind, pattern in tokens.by_begin[begun.group()]:
            match = _compiled(pattern).match(text, begun.start())
            if match is not None:
                token = _whole_token(text, kind, match, floor)
                floor = token.end
                yield token
                break


def _whole_token(text: str, kind: str, match: re.Match[str], floor: int) -> FoundSecret:
    """A pattern knows the least that a token is: the token is all that touches it, back to where the last one ended."""
    start = match.start()
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        start -= 1
    around = _AROUND.match(text, match.end())
    return FoundSecret(start, around.end() if around else match.end(), kind)


def _is_random(text: str) -> bool:
    kinds = _kinds(text)
    return set(kinds) >= _KINDS and sum(a != b for a, b in pairwise(kinds)) >= _CHANGES


_KINDS = {"upper", "lower", "digit"}


def _kinds(text: str) -> list[str]:
    """Of each character what kind it is; a sign is none of `_KINDS`."""
    return ["upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdigit() else "sign" for c in text]


@dataclass(frozen=True)
class _Tokens:
    """The table of tokens: one pattern that finds where any may begin, and the patterns of those that begin so."""

    begin: re.Pattern[str]
    by_begin: Mapping[str, list[tuple[str, str]]]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Of 300 patterns a run needs few, and waits for those alone."""
    return re.compile(pattern, re.ASCII)


@cache
def _tokens() -> _Tokens:
    prefixes = [(prefix, kind, tail) for kind, several, tail in TOKENS for prefix in _split(several)]
    begins = _shortest({prefix for prefix, _, _ in prefixes})
    by_begin = defaultdict(list)
    # The longest first, so that the kind is that of the vendor who says most.
    for prefix, kind, tail in sorted(prefixes, key=lambda each: -len(each[0])):
        begin = next(begin for begin in begins if prefix.startswith(begin))
        by_begin[begin].append((kind, re.escape(prefix) + tail))
    # Behind a letter a token does not begin, but behind the \n of a text that is written in another.
    pattern = re.compile(rf"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])){_any_of(begins)}")
    return _Tokens(pattern, dict(by_begin))


def _split(prefixes: str) -> list[str]:
    """The prefixes of a row; one may end in a space."""
    return [prefixes] if prefixes.endswith(" ") else prefixes.split()


def _shortest(prefixes: Iterable[str]) -> list[str]:
    """Those prefixes that begin with no other."""
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def _any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words (none begins another), as a tree of their letters: it fails at the first."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for word in words:
        by_letter[word[0]].append(word[1:])
    branches = [
        re.escape(letter) + ("" if rests == [""] else _any_of(rests)) for letter, rests in sorted(by_letter.items())
    ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
