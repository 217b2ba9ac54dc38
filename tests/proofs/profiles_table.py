"""profiles/README.md: which profile holds which control, its severity, and for which requirements it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from muster.judging.control import Control
from muster.selection.frameworks import framework_data, resolved_requirements
from muster.selection.profiles import Profiles

HEAD = """\
# Which profile holds which control

The tests of the house write this page from the files beside it; nobody writes it by hand. `pytest --profile=NAME` asks
the controls of a profile, of a framework, or of a framework up to a level (`cis-aws-7.0-level-1`).
[docs/frameworks.md](../docs/frameworks.md) says what *judged* means, and what share of a framework a machine decides.
"""

MOST_TOLD = 6
"""So many requirements of a framework are named beside a control; of more, their number is told."""


def profiles_table(controls: Mapping[str, Control], profiles: Profiles) -> str:
    """The page, in Markdown: the profiles and frameworks there are, and a table of the controls of each domain."""
    return "\n".join(_lines(controls, profiles)) + "\n"


def _lines(controls: Mapping[str, Control], profiles: Profiles) -> Iterator[str]:
    yield HEAD
    for name, profile in profiles.profiles.items():
        extended = f"; all of {', '.join(profile.extends)} as well" if profile.extends else ""
        yield f"- `{name}`: {profile.title}{extended}"
    for name, framework in profiles.frameworks.items():
        judged = framework_data(framework, profiles.frameworks)["judged"]
        share = f"{judged['whole']} judged whole, {judged['part']} in part, {judged['not']} not"
        yield f"- `{name}`: {framework.title}; of {len(framework.requirements)} requirements {share}"
    held, stands_for = profiles.members(controls), _requirements_by_control(profiles)
    for domain in sorted({control.domain for control in controls.values()}):
        yield f"\n## {domain.capitalize()}\n"
        yield "| control | what is so | severity | profiles | requirements |"
        yield "| --- | --- | --- | --- | --- |"
        for id_, control in sorted(controls.items()):
            if control.domain == domain:
                where = f"../controls/{domain}/{control.path.name}"
                in_profiles, requirements = ", ".join(held[id_]), "; ".join(stands_for[id_])
                yield f"| [{id_}]({where}) | {control.title} | {control.severity} | {in_profiles} | {requirements} |"


def _requirements_by_control(profiles: Profiles) -> Mapping[str, list[str]]:
    """Of each control the requirements that it stands for, by framework: `cis-aws-7.0 2.10, 2.11`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, framework in profiles.frameworks.items():
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for id_, requirement in resolved_requirements(framework, profiles.frameworks).items():
            for control in requirement.controls:
                ids[control].append(id_)
        for control, numbers in ids.items():
            told = ", ".join(numbers) if len(numbers) <= MOST_TOLD else f"({len(numbers)} requirements)"
            found[control].append(f"{name} {told}")
    return found
