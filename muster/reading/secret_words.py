"""Words that say that a secret follows: in settings, scripts, command lines, documents and sentences.

A word is not enough: a policy for passwords, or a token that is required, is evidence. What follows must be able to be
a secret, and the looser the form, the more it must look like one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

# The last word of a name that calls its value a secret, and what may follow it: DB_PASSWORD_OLD, SECRET_KEY_BASE. Some
# write it short (DB_PW), and some in the language that they speak.
_CORE = (
    r"(?:passw(?:or|r)?d|passphrase|passcode|passwort|pass|pswd|psw|pwd|pw|kennwort|mot[_. -]?de[_. -]?passe"
    r"|contrase[nñ]a|wachtwoord|secret|token|cred(?:ential)?s?|auth(?:orization)?|cookie"
    r"|connection[_. -]?string"
    r"|(?:api|access|priv(?:ate)?|secret|master|encryption|encrypt|signing|license|account|shared|service|salt|session"
    r"|cookie|webhook|storage|subscription|hmac|jwt|app|application|consumer|integration|deploy|admin)[_. -]?key)"
)
_SUFFIX = r"(?:[_.-]?(?:key|base|value|string|text|prod|dev|test|staging|live|old|new|current|default|\d{1,2}))*"
_NAMED = re.compile(rf"{_CORE}{_SUFFIX}", re.IGNORECASE)
_NAME = re.compile(rf"(?:{_CORE}{_SUFFIX})$", re.IGNORECASE)
# Words that are written in one with what stands before them: DBPASS; BYPASS, COMPASS and OAUTH are other words.
_JOINED = re.compile(
    r"(?:db|database|admin|root|user|my|sql|mysql|pg|postgres|redis|smtp|mail|ftp|ldap|bind|require|ssh|ssl|app)",
    re.IGNORECASE,
)
_IN_BASE64 = re.compile(r"(?=[A-Za-z]*[0-9+/])[A-Za-z0-9+/]{20}$|[0-9+/]$")
_LOOSE = ("pass", "pw", "psw", "auth", "authorization", "cookie", "cred")
# Tokens that are none: they name a place in a list, or make a request unique.
_NO_TOKEN = re.compile(
    r"(?:next|client|creation|continuation|page|pagination|request|sync|idempotency|csrf|xsrf|start|starting|max"
    r"|exclusive|resume|sequence|task|lock|update|change|conditional|version|unit|share|offer|result|billing|purchase"
    r"|forward|backward|chunk|message|configuration|anomaly|term)[_. -]?$",
    re.IGNORECASE,
)

# What stands in for a secret: where it is kept, a variable, a placeholder, or a file.
REFERENCE = (
    r"(?!arn:|alias/|mrk-|\[[\w ]+\](?:\W|$)|\$[{(A-Za-z]|\{\{|\{\d*\}|<|%\w*%|!\w|\*+(?:\W|$)|x{4,}(?:\W|$)|\[redacted |@Microsoft\.|op://|vault:|env[.(:]"
    r"|(?:var|local|data|module|process|os|env|self|config|params?|secrets|settings)\.[A-Za-z]|(?:~?/[\w.@+-]+){2,}/?(?:\W|$))"
)
_REFERENCE = re.compile(REFERENCE)
_INNOCENT = frozenset(
    [
        "true",
        "false",
        "none",
        "null",
        "nil",
        "yes",
        "no",
        "on",
        "off",
        "required",
        "optional",
        "enabled",
        "disabled",
        "default",
        "unset",
        "undefined",
        "empty",
        "missing",
        "hidden",
        "masked",
        "redacted",
        "rotated",
        "changed",
        "expired",
        "invalid",
        "unknown",
        "plaintext",
        "bearer",
        "basic",
    ]
)
# Names and paths as people make them: lower-case words with signs between.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[/_.:-][a-z0-9]+)+", re.ASCII)
_DATE_OR_VERSION = re.compile(r"\d{4}-\d\d-\d\d\S*|v?\d+(?:[.:]\d+)+\S*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY_OF_KMS = re.compile(r"(?:encrypt(?:ion)?|master)[_. -]?key$", re.IGNORECASE)
_SIGN = re.compile(r"[!@#$%^&*+=~?]")
SHORTEST = 6

# An & ends a value where another parameter begins, a command, or a sign that is spelled out; else it is a part of it.
_VALUE = r"(?:[^\s\"'`,;&<>|)\]}\\]|&(?![&\s]|[\w.%\[\]-]+=|#?\w+;)){6,4096}"
_QUOTED = r"(?:\"(?P<double>[^\"\n]{4,4096})\"|'(?P<single>[^'\n]{4,4096})'|`(?P<back>[^`\n]{4,4096})`)"


def may_be_a_secret(value: str) -> bool:
    """Whether a value that is called a secret is one: long enough, no reference to where it is kept, no mere word."""
    return (
        len(value) >= SHORTEST
        and _REFERENCE.match(value) is not None
        and value.lower().rstrip(".,;:)") not in _INNOCENT
    )


def _is_made_up(value: str) -> bool:
    """Whether a value has what words have not, and is no name, date or version."""
    bare = value.rstrip(".,;:)\"'")
    if not may_be_a_secret(bare) or _DATE_OR_VERSION.fullmatch(bare):
        return False
    if _UUID.fullmatch(bare):
        return True
    has_digit, has_letter = any(map(str.isdigit, bare)), any(map(str.isalpha, bare))
    return not _IDENTIFIER.fullmatch(bare) and has_letter and (has_digit or _SIGN.search(bare) is not None)


def _is_random(value: str) -> bool:
    """Whether a value looks like nothing that is written in a sentence."""
    bare = value.rstrip(".,;:)\"'")
    mixed = bare.lower() != bare != bare.upper()
    return len(bare) >= 8 and _is_made_up(bare) and (mixed or len(bare) >= 20 or _SIGN.search(bare) is not None)


def _is_long(value: str) -> bool:
    return may_be_a_secret(value) and not (value.isdigit() and len(value) < 6)


Test = Callable[[str], bool]

# How a secret stands behind the word that names it, and what it must pass: the first form that fits counts.
_CLOSE = r"\\?[\"'`]?\]?"
_BEHIND: tuple[tuple[re.Pattern[str], Test], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), test)
    for pattern, test in (
        # password = "…", "password": "…", 'password' => '…', password := `…`
        (rf"{_CLOSE}\s?(?:=>|:=|==?|:)\s?[rbufN\\]?{_QUOTED}", _is_long),
        # password "…", WITH PASSWORD '…'
        (rf"{_CLOSE}\s+{_QUOTED}", _is_made_up),
        # SET PASSWORD FOR app = '…'
        (rf"\s+for\s+[^=\n]{{1,80}}=\s*{_QUOTED}", may_be_a_secret),
        # PASSWORD=…, --password=…, ?token=…, Password=…;
        (rf"{_CLOSE}\s?(?:=>|:=|==?|%3D)\s?\\?[\"'`]?(?P<secret>{_VALUE})", _is_long),
        # password: …, "password":…
        (rf"{_CLOSE}\s?:\s*\\?[\"'`]?(?P<secret>{_VALUE})", _is_made_up),
        # --password …, set password …, ENV DB_PASS …, requirepass …, password … (of .netrc)
        (rf"[ \t]{{1,2}}[\"'`]?(?P<secret>{_VALUE})", _is_random),
        # The password is …, Password for the console: …, Initial password - …
        (rf"(?:\s[ \w]{{0,30}}?)?(?:\s(?:is|was|-|–)|:)\s+[\"'`]?(?P<secret>{_VALUE})", _is_random),
    )
)
# <password>…</password>
_PATH = re.compile(r"[:/][\w.-]*$")
_ELEMENT_BEGINS = re.compile(r"<[\w:.-]*$")
_ELEMENT = re.compile(r"(?:\s[^<>]*)?>(?P<secret>[^<>\s]{6,})")
# <add key="DbPassword" value="…">, <property name="password" value="…">
_ATTRIBUTES = re.compile(
    r"(?i:(?:key|name|id)\s?=\s?[\"'](?P<called>[^\"'<>]{1,80})[\"']\s+value\s?=\s?[\"'])(?P<secret>[^\"'<>]{6,})"
)
# Forms that have no such word: options of programs, statements, headers; each with a part that the text must have.
_OTHER_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (part, re.compile(pattern, re.IGNORECASE))
    for part, pattern in (
        ("curl", r"\bcurl\b[^\n]{0,500}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']*:(?P<secret>[^\s\"']{4,})"),
        ("mysql", r"\bmysql\w*\b[^\n]{0,500}?\s-p[\"']?(?P<secret>[^\s\"'-][^\s\"']{5,})"),
        ("sshpass", r"\bsshpass\s+-p\s*[\"']?(?P<secret>[^\s\"']{4,})"),
        ("login", r"\blogin\b[^\n]{0,500}?\s-p[ =]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{5,})"),
        ("redis-cli", r"\bredis-cli\b[^\n]{0,500}?\s-a\s+[\"']?(?P<secret>[^\s\"']{4,})"),
        ("net user", r"\bnet user\s+\S+\s+[\"']?(?P<secret>[^\s\"'/*][^\s\"']{5,})"),
        ("pass:", r"\bpass:(?P<secret>[^\s\"']{4,})"),
        ("chpasswd", r"[\w.-]{1,64}:(?P<secret>[^\s:\"']{4,})[\"']?\s*\|\s*(?:sudo\s+)?chpasswd"),
        ("securestring", r"ConvertTo-SecureString\s+(?:-String\s+)?[\"'](?P<secret>[^\"']{4,})"),
        ("identified", r"identified\s+(?:with\s+\S+\s+)?by\s+[\"'](?P<secret>[^\"'\n]{4,})"),
        (
            "authorization",
            r"authorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token|digest|apikey|negotiate)\s"
            rf"{REFERENCE}(?P<secret>[^\s\"',;]+)",
        ),
        ("cookie", r"\bcookie:\s+(?P<secret>[^\s=;\"']+=[^\r\n\"']{6,})"),
    )
)
_PARTS = (
    "pass",
    "pw",
    "psw",
    "pswd",
    "kennwort",
    "contrase",
    "wachtwoord",
    "key",
    "secret",
    "token",
    "cred",
    "auth",
    "connection",
    "cookie",
    "curl",
    "identified",
    "login",
    "redis-cli",
    "net user",
    "mysql",
    "securestring",
)


def named_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Where the secrets stand that words in the text call so; they may overlap."""
    lower = text.lower()
    if not any(map(lower.__contains__, _PARTS)):
        return
    end = 0
    for name in _NAMED.finditer(text):
        # A word within a secret says nothing; and a text of such words alone must not take hours.
        if name.start() >= end and _stands_alone(name):
            for place in _behind(name):
                end = place[1]
                yield place
    for match in _ATTRIBUTES.finditer(text):
        if names_a_secret(match["called"]) and may_be_a_secret(match["secret"]):
            yield match.span("secret")
    for part, pattern in _OTHER_FORMS:
        if part in lower:
            yield from (m.span("secret") for m in pattern.finditer(text) if may_be_a_secret(m["secret"]))


def _behind(name: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where the secret stands that this word calls so, if there is one."""
    text, end = name.string, name.end()
    for pattern, test in _BEHIND:
        match = pattern.match(text, end)
        if match is not None:
            place = _place(match)
            value = text[slice(*place)]
            # In the text and not in the value alone, which may end within a mark.
            if not _REFERENCE.match(text, place[0]) or _is_key_of_kms(name.group(), value):
                continue
            if test(value) and ("=" in text[end : place[0]] or not _is_part_of_path(name)):
                yield place
                return
    element = _ELEMENT.match(text, end)
    if (
        element is not None
        and _ELEMENT_BEGINS.search(text, max(0, name.start() - 64), name.start())
        and may_be_a_secret(element["secret"])
    ):
        yield element.span("secret")


def is_named_secret(name: str, value: str) -> bool:
    """Whether the value of a tag, a variable or a member is a secret because of its name."""
    return names_a_secret(name) and may_be_a_secret(value) and not _is_key_of_kms(name, value)


def _is_key_of_kms(name: str, value: str) -> bool:
    """Whether what is called an encryption key is the id of one that AWS keeps."""
    return _UUID.fullmatch(value) is not None and _KEY_OF_KMS.search(name) is not None


@lru_cache(maxsize=10_000)
def names_a_secret(name: str) -> bool:
    """Whether a value under this name (of a tag, of a variable) is a secret: `DB_PASSWORD`, `apiKey`."""
    # A condition of a policy, aws:PrincipalTag/token say, names what must be equal.
    match = None if "Tag/" in name else _NAME.search(name)
    return match is not None and _stands_alone(match)


def _place(match: re.Match[str]) -> tuple[int, int]:
    """Where the secret stands in what was matched, whichever way it is quoted."""
    groups = match.re.groupindex
    return next(match.span(name) for name in ("secret", "double", "single", "back") if name in groups and match[name])


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether the word is one of its own in its name: dbPassword and DB_PASS, not bypass, and not nextToken."""
    name, text, start = match.group(), match.string, match.start()
    before = text[max(0, start - 24) : start]
    lead = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) :]
    if name.lower().startswith("token") and _NO_TOKEN.search(before):
        return False
    # So short a word is in every long text of Base64; a public key ends with it now and then, and names its owner next.
    if name.lower() in ("pw", "psw") and _IN_BASE64.search(before):
        return False
    if not lead or (name[0].isupper() and lead[-1].islower()):
        return True
    loose = name.lower().startswith(_LOOSE) and not name.lower().startswith(("passw", "passp", "passc"))
    return not loose or _JOINED.fullmatch(lead) is not None


def _is_part_of_path(match: re.Match[str]) -> bool:
    """Whether the word belongs to an ARN, a path or a condition: …:secret:shop, aws:PrincipalTag/access-token."""
    return _PATH.search(match.string, max(0, match.start() - 64), match.start()) is not None
