"""What a secret looks like in a text: the patterns of detect-secrets, and those that it lacks.

Its detectors that go by entropy and by keywords are left out: they take every hash, and every sentence about passwords,
for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

# What detect-secrets knows and is not asked: an address is no secret; a word that begins with AP, and the topic
# arn:aws:sns:eu-west-1:111122223333:a-name-of-thirty-five-characters, are none either (Artifactory, Telegram);
# of keys and of passwords in URLs it finds a part only. For all but addresses there is a pattern below.
NOT_ASKED = {
    "Public IP (ipv4)",
    "Artifactory Credentials",
    "Telegram Bot Token",
    "Private Key",
    "Basic Auth Credentials",
}

# What stands in for a secret: a reference to where it is kept, or a variable.
_REFERENCE = r"(?!arn:|\$[{(A-Za-z]|\{\{|<|%|\*+(?:\W|$)|\[redacted )"

# Tokens that detect-secrets 1.5 does not know: their kind, a part that each of them has, and the least they are.
_TOKENS = (
    ("GitHub Token", "github_pat_", r"github_pat_\w{60,}"),  # fine-grained ones
    ("AWS Session Token", "FwoGZXIvYXdz", r"FwoGZXIvYXdz[A-Za-z0-9/+]{80,}={0,2}"),
    ("AWS Session Token", "IQoJb3JpZ2lu", r"IQoJb3JpZ2lu[A-Za-z0-9/+]{80,}={0,2}"),
    ("Google API Key", "AIza", r"AIza[\w-]{35}"),
    ("Google OAuth Secret", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    ("Slack Token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{32,}"),  # of an app
    ("Slack Token", "xoxe", r"xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{40,}"),  # for refreshing others
    ("Stripe Access Key", "k_test_", r"[rs]k_test_[0-9a-zA-Z]{24}"),
    ("Stripe Access Key", "whsec_", r"whsec_[A-Za-z0-9+/]{32}"),  # of a webhook
    ("NPM tokens", "npm_", r"npm_[A-Za-z0-9]{36}"),  # outside of an .npmrc
    ("Azure Client Secret", "8Q~", r"8Q~[\w~.-]{31,34}"),
    ("OpenAI Token", "sk-", r"sk-(?:proj|svcacct|admin)-[\w-]{40,}"),
    ("Anthropic Token", "sk-ant-", r"sk-ant-[a-z0-9]+-[\w-]{80,}"),
    ("Hugging Face Token", "hf_", r"hf_[A-Za-z]{34}"),
    ("Databricks Token", "dapi", r"dapi[0-9a-f]{32}"),
    ("Vault Token", "hv", r"hv[sbr]\.[\w-]{24,}"),
    ("Terraform Token", ".atlasv1.", r"\.atlasv1\.[\w-]{60,}"),
    ("DigitalOcean Token", "_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    ("Docker Token", "dckr_pat_", r"dckr_pat_[\w-]{27}"),
    ("Grafana Token", "glsa_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    ("Grafana Token", "glc_", r"glc_[A-Za-z0-9+/]{32,}={0,2}"),
    ("Shopify Token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("Atlassian Token", "ATATT3", r"ATATT3[\w=-]{100,}"),
    ("New Relic Key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    ("Age Key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("Artifactory Credentials", "AKCp", r"AKCp[A-Za-z0-9]{69}"),
    ("Artifactory Credentials", "cmVmdGtu", r"cmVmdGtu[A-Za-z0-9]{56}"),
    ("Telegram Bot Token", ":AA", r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])"),
)

# A name that says that a secret follows, with the secret behind a sign: connection strings, scripts, settings.
# After a colon and a space a word of letters alone is prose ("the password: changed monthly").
_NAME = (
    r"(?:password|passwd|passphrase|pwd|(?:client|app|shared|signing|webhook|jwt|oauth)[_-]?secret"
    r"|(?:secret|api|private|account|shared|service)[_-]?(?:access[_-]?)?key"
    r"|(?:auth|access|api|bearer|refresh|session|bot)[_-]?token|connection[_-]?string)"
)
_ASSIGNED = re.compile(
    rf"(?i:{_NAME})[\"']?(?:\s?=\s?|:(?=\S)|:\s(?=[\"']?[A-Za-z]*[^A-Za-z\s\"']))[\"']?"
    rf"{_REFERENCE}(?P<secret>[^\s\"',;&<>]{{6,}})"
)

# Kind, a part that the text must have, and the pattern; the secret itself is the group of that name.
_OTHERS = (
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
        rf"(?<=://)(?P<secret>[^\s/?#\"'<>@:]*:{_REFERENCE}[^\s/\"'<>]+)(?=@)",
    ),
    (
        "Authorization",
        "uthorization",
        rf"uthorization[\"']?\s?[:=]\s?[\"']?(?i:basic|bearer|token)\s{_REFERENCE}(?P<secret>[^\s\"',;]+)",
    ),
    ("Azure SAS Signature", "sig=", r"[?&]sig=(?P<secret>[A-Za-z0-9%/+]{40,}={0,2})"),
)
_NAME_WORDS = ("pass", "pwd", "key", "secret", "token", "connection")
# Alone, or as a part of a path or an ARN.
_AWS_SECRET_KEYS = (
    re.compile(r"(?<![\w/+=.-])[A-Za-z0-9/+]{40}(?![\w/+=.-])"),
    re.compile(r"(?<=/)[A-Za-z0-9+]{40}(?![\w+=.-])"),
)
# In forty random characters the class (upper, lower, digit, sign) changes 25 times, give or take 3; in names and paths
# of that length it hardly ever changes 17 times.
_CHANGES = 17

_AROUND = re.compile(r"[\w-]*")
_SECRET_NAME = re.compile(rf"(?:^|.*[^A-Za-z]|.*(?=[A-Z])|.*[a-z](?=[A-Z])){_NAME}", re.IGNORECASE)
_NO_VALUE = re.compile(rf"(?!{_REFERENCE}.{{6,}})", re.DOTALL)


@dataclass(frozen=True, order=True)
class Secret:
    """A secret in a text: where it starts and ends, and what kind it is."""

    start: int
    end: int
    kind: str


def secrets_in(text: str) -> list[Secret]:
    """The secrets in a text, in order; where two overlap they are one."""
    found: list[Secret] = []
    for secret in sorted(_all_in(text)):
        if found and secret.start < found[-1].end:
            last = found.pop()
            secret = Secret(last.start, max(last.end, secret.end), last.kind)
        found.append(secret)
    return found


@lru_cache(maxsize=10_000)
def names_a_secret(name: str) -> bool:
    """Whether a value under this name (of a tag, of a variable) is a secret: `DB_PASSWORD`, `apiKey`."""
    return _SECRET_NAME.fullmatch(name.replace(" ", "_")) is not None


def may_be_a_secret(value: str) -> bool:
    """Whether a value under such a name is one: long enough, and no reference to where the secret is kept."""
    return _NO_VALUE.match(value) is None


def _all_in(text: str) -> Iterator[Secret]:
    yield from _tokens_in(text)
    for kind, part, pattern in _patterns().others:
        if part in text:
            yield from (Secret(*match.span("secret"), kind) for match in pattern.finditer(text))
    lower = text.lower()
    if any(word in lower for word in _NAME_WORDS):
        yield from (Secret(*match.span("secret"), "Password") for match in _ASSIGNED.finditer(text))
    for pattern in _AWS_SECRET_KEYS:
        yield from (Secret(*m.span(), "AWS Secret Key") for m in pattern.finditer(text) if _is_random(m.group()))


def _tokens_in(text: str) -> Iterator[Secret]:
    patterns = _patterns()
    found = [(kind, pattern) for kind, pattern in patterns.known if pattern.search(text)]
    found += [(kind, pattern) for kind, part, pattern in patterns.tokens if part in text]
    for kind, pattern in found:
        yield from (_whole_token(text, kind, *match.span()) for match in pattern.finditer(text))


def _whole_token(text: str, kind: str, start: int, end: int) -> Secret:
    """A pattern knows the least that a token is: the token is all that touches it."""
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        start -= 1
    around = _AROUND.match(text, end)
    return Secret(start, around.end() if around else end, kind)


def _is_random(text: str) -> bool:
    classes = [0 if c.isupper() else 1 if c.islower() else 2 if c.isdigit() else 3 for c in text]
    return {0, 1, 2} <= set(classes) and sum(a != b for a, b in pairwise(classes)) >= _CHANGES


@dataclass(frozen=True)
class _Patterns:
    known: Sequence[tuple[str, re.Pattern[str]]]
    tokens: Sequence[tuple[str, str, re.Pattern[str]]]
    others: Sequence[tuple[str, str, re.Pattern[str]]]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    # Here and not above: its import costs 0.2 s, and who lists or collects controls redacts nothing. Its patterns are
    # used by themselves: its detectors give a part of what they found, and cost four times as much.
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    return _Patterns(
        [
            (kind, pattern)
            for kind, detector in get_mapping_from_secret_type_to_class().items()
            for pattern in getattr(detector, "denylist", ())
            if kind not in NOT_ASKED
        ],
        [(kind, part, re.compile(pattern)) for kind, part, pattern in _TOKENS],
        [(kind, part, re.compile(pattern)) for kind, part, pattern in _OTHERS],
    )
