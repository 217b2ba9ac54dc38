"""What somebody wants written: the options of `new control`, made whole from the catalogue, or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from muster.errors import UsageError
from muster.files.problems import did_you_mean
from muster.judging.control import RETIRED, Control
from muster.judging.resource import NOUNS, Resource, argument_of, plural_of
from muster.scaffold.api_model import ListOperation, is_service, listing_of, listings
from muster.scaffold.options import ScaffoldOptions
from muster.scaffold.target import Target
from muster.verdict import Severity

FULL = 8
"""So many controls a file has at most."""
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True)
class Wanted:
    """A control to write: where, and of which noun. `noun` is None for one that is yet to be written.

    `listing` says how such things are listed, None for one that there is `one` of in each region or account.
    """

    id: str
    severity: Severity
    profile: str
    service: str
    noun: type[Resource] | None
    noun_class: str
    listing: ListOperation | None
    one: Literal["region", "account"] | None
    file: Path

    @property
    def argument(self) -> str:
        """The noun as the control's argument."""
        return argument_of(self.noun_class)


def want(target: Target, options: ScaffoldOptions, controls: Mapping[str, Control]) -> Wanted:
    """What is to be written into the target. Raises `UsageError` for what cannot or must not be."""
    _refuse_id(options.id, controls)
    profile = _own_profile(target, options.profile) if target.is_own else options.profile or "regulated"
    profiles = profiles_in(target.root)
    if profile not in profiles and not (target.is_own and not profiles):
        raise UsageError(f"--profile={profile}: no such profile; {did_you_mean(profile, profiles)}")
    noun = _noun(options)
    service = noun.service if noun else _service(options)
    noun_class, listing = (noun.__name__, None) if noun else _new_noun(options, service)
    return Wanted(
        id=options.id,
        severity=options.severity,
        profile=profile,
        service=service,
        noun=noun,
        noun_class=noun_class,
        listing=listing,
        one=options.one,
        file=_file(target, options, service, noun_class, controls),
    )


def profiles_in(root: Path) -> list[str]:
    """The names of the profiles that a suite has."""
    return sorted(path.stem for path in (root / "profiles").glob("*.yaml"))


def _own_profile(target: Target, named: str | None) -> str:
    """The repository's own profile that is named, or the only one; `own` where there is none yet."""
    own = profiles_in(target.root)
    if named is None and len(own) > 1:
        raise UsageError(f"--profile says in which profile it begins: one of {', '.join(own)}")
    profile = named or (own[0] if own else "own")
    if profile in profiles_in(target.suites.shipped):
        raise UsageError(f"--profile={profile}: a shipped profile; name one of yours, which may extend it")
    return profile


def _refuse_id(control_id: str, controls: Mapping[str, Control]) -> None:
    if not _ID.fullmatch(control_id):
        raise UsageError(f"{control_id}: an id is lower-case words with hyphens, what and then what is so of it")
    if control_id in controls:
        known = controls[control_id]
        raise UsageError(f"{control_id}: there is such a control, in {known.path}:{known.line}")
    if control_id in RETIRED:
        raise UsageError(f"{control_id}: this id is retired for good ({RETIRED[control_id]}): choose another")


def _noun(options: ScaffoldOptions) -> type[Resource] | None:
    """The noun that is there already: the one that was named, or the longest that the id begins to speak of."""
    if options.noun is not None:
        if not _CLASS.fullmatch(options.noun):
            raise UsageError(f"--noun={options.noun}: a noun is a class: FileSystem, DbInstance")
        noun = NOUNS.get(argument_of(options.noun))
        if noun is not None and options.service not in (None, noun.service):
            raise UsageError(f"--noun={options.noun}: taken by {noun.service}: call it otherwise")
        return noun
    spoken_of = f"-{options.id}-"
    named = [noun for noun in NOUNS.values() if f"-{noun.noun.replace('_', '-')}-" in spoken_of]
    fitting = [noun for noun in named if options.service in (None, noun.service)]
    return max(fitting, key=lambda noun: len(noun.noun), default=None)


def _service(options: ScaffoldOptions) -> str:
    if options.service is not None:
        return options.service
    first = options.id.partition("-")[0]
    if not is_service(first):
        raise UsageError(f"{options.id}: --service says which service of AWS it speaks of; {first} is none")
    return first


def _new_noun(options: ScaffoldOptions, service: str) -> tuple[str, ListOperation | None]:
    """The class to be written, and how its things are listed."""
    known = listings(service)
    if options.noun is None:
        words = options.id.split("-")
        runs = {"".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
        spoken_of = [each for each in known if each.subject.lower() in runs]
        if not spoken_of:
            raise UsageError(f"{options.id}: --noun says what it speaks of; {_what_there_is(service, known)}")
        subject = max((each.subject for each in spoken_of), key=len)
        subject = re.sub(r"(?<=[A-Z])[A-Z]+(?=[A-Z][a-z])", lambda found: found.group().lower(), subject)
        noun_class = subject if argument_of(subject) not in NOUNS else f"{service.capitalize()}{subject}"
    else:
        noun_class = options.noun
    listing = None if options.one else listing_of(service, noun_class)
    if listing is None and options.one is None:
        raise UsageError(
            f"--noun={noun_class}: {service} lists none by one question; {_what_there_is(service, known)}"
            " (--one=region or --one=account for what there is one of)"
        )
    return noun_class, listing


def _what_there_is(service: str, known: list[ListOperation]) -> str:
    nouns = {noun.__name__ for noun in NOUNS.values() if noun.service == service}
    listed = sorted({each.subject for each in known} - nouns)
    return f"nouns of {service}: {', '.join(sorted(nouns)) or 'none'}; it lists {', '.join(listed) or 'nothing'}"


def _file(
    target: Target, options: ScaffoldOptions, service: str, noun_class: str, controls: Mapping[str, Control]
) -> Path:
    """The file that the control goes into, relative to the target: where its like are, unless somebody says."""
    alike = [each for each in controls.values() if each.first_noun.noun == argument_of(noun_class)]
    of_service = [each for each in controls.values() if each.service == service]
    domains = Counter(each.domain for each in alike or of_service)
    if options.domain is None and not domains:
        known = sorted({each.domain for each in controls.values()})
        raise UsageError(f"--domain says where it belongs: one of {', '.join(known)}, or a new one")
    domain = options.domain or domains.most_common(1)[0][0]
    path = Path("controls") / domain / f"{options.topic or _topic(target, alike, noun_class, domain, controls)}.py"
    if options.topic and target.is_shipped(path):
        raise UsageError(f"{path} is a file of the shipped suite, which yours would hide: --topic=NAME says another")
    path = target.free(path)
    if sum(each.path == target.root / path for each in controls.values()) >= FULL:
        raise UsageError(f"{path} has {FULL} controls, as many as a file may: --topic=NAME says another")
    return path


def _topic(target: Target, alike: list[Control], noun_class: str, domain: str, controls: Mapping[str, Control]) -> str:
    """The file of a domain in which most controls of the noun are, and that has room; else one of the noun's name."""
    full = {path.stem for path, number in Counter(each.path for each in controls.values()).items() if number >= FULL}
    here = [each for each in alike if each.domain == domain and target.suites.root_of(each.path) == target.root]
    files = Counter(each.path.stem for each in here if each.path.stem not in full)
    return files.most_common(1)[0][0] if files else plural_of(argument_of(noun_class))
