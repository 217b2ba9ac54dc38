"""Profiles and frameworks: which controls a run asks, with which parameters, and for which requirements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from muster.errors import FileError, UsageError
from muster.files.problems import YamlPath, did_you_mean
from muster.files.strict_yaml import YamlFile, load, validate
from muster.selection.entries import Framework, Profile, Requirement
from muster.selection.frameworks import (
    check_claims,
    check_ways,
    framework_data,
    levels_of,
    resolved_requirements,
    sources,
)
from muster.selection.parameters import ControlLike, ParameterError, checked_parameters, is_looser

__all__ = [
    "ControlLike",
    "Framework",
    "Profile",
    "Profiles",
    "Requirement",
    "Selection",
    "load_profiles",
]

Controls = dict[str, dict[str, object]]
"""Parameter overrides by control id."""


@dataclass(frozen=True)
class Selection:
    """What a run asks: the overrides of each selected control, and what the named frameworks leave uncovered.

    `frameworks` are those that were named; `uncovered` gives, for each of them by name, the ids of the
    requirements that no control stands for yet. `left_out` are controls of the profiles that are not asked all the
    same; `scoped` are those that scoped profiles alone ask: what is out of scope is spared by them.
    """

    controls: Mapping[str, Mapping[str, object]]
    frameworks: tuple[Framework, ...]
    uncovered: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...] = ()
    scoped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Profiles:
    """All profiles and frameworks of a folder by name; `documents` tells where each part is written.

    A framework with levels can be asked for up to one of them as well: `cis-aws-7.0-level-1`.
    """

    profiles: Mapping[str, Profile]
    frameworks: Mapping[str, Framework]
    documents: Mapping[str, YamlFile]

    @cached_property
    def levels(self) -> Mapping[str, Framework]:
        """Each framework up to each of its levels, by the name under which that is asked for."""
        return {part.name: part for framework in self.frameworks.values() for part in levels_of(framework)}

    @cached_property
    def _askable(self) -> Mapping[str, Framework]:
        return {**self.levels, **self.frameworks}

    def resolve(self, names: Sequence[str], controls: Mapping[str, ControlLike]) -> Selection:
        """The controls of the named profiles and frameworks; an item of `names` may hold several, by commas.

        A profile's own overrides win over those that it extends, and of two that it extends the later wins.
        Naming a profile together with one that it extends changes nothing.

        Raises:
            UsageError: nothing is named, a name is unknown, or two names set a parameter differently.
            FileError: a selected profile or framework names a control or parameter that does not exist, or
                gives a parameter a value of the wrong type.
        """
        wanted = self._wanted(names)
        merged: Controls = {}
        setters: dict[tuple[str, str], str] = {}
        for name in wanted:
            for control, overrides in self._controls_of(name, controls).items():
                target = merged.setdefault(control, {})
                for parameter, value in overrides.items():
                    setter = setters.setdefault((control, parameter), name)
                    if target.setdefault(parameter, value) != value:
                        raise UsageError(
                            f"{setter} and {name} set {parameter} of {control} differently"
                            f" ({target[parameter]} and {value}); name one, or write a profile that decides"
                        )
        frameworks = tuple(self._askable[name] for name in wanted if name in self._askable)
        uncovered = {
            framework.name: tuple(
                id_ for id_, each in resolved_requirements(framework, self._askable).items() if not each.controls
            )
            for framework in frameworks
        }
        unscoped = {control for name in wanted for control in self._unscoped(name)}
        return Selection(merged, frameworks, uncovered, scoped=frozenset(merged.keys() - unscoped))

    def whole(self, names: Collection[str]) -> set[str]:
        """The names of the frameworks among these, whole, where one is asked for up to a level."""
        return {
            each.name for each in self.frameworks.values() for part in (each, *levels_of(each)) if part.name in names
        }

    def data_of(self, names: Collection[str]) -> dict[str, Any]:
        """The frameworks among these as `run.json` keeps them; all that there are, where none is among them."""
        wanted = self.whole(names) or self.frameworks.keys()
        return {name: framework_data(self.frameworks[name], self.frameworks) for name in sorted(wanted)}

    def with_extended(self, name: str) -> list[str]:
        """The profile or framework of this name, and all that it extends."""
        return [name, *self._ancestors(name)]

    def is_kept(
        self, name: str, judged: Mapping[str, Mapping[str, object]], controls: Mapping[str, ControlLike]
    ) -> bool:
        """Whether a run that judges by these controls, with these parameters, judges by all that a profile asks.

        It does not where a control of the profile is missing, or a limit of it (`max_…`, `min_…`) is looser.
        """
        return all(
            control in judged and not is_looser(judged[control], {**controls[control].parameters, **overrides})
            for control, overrides in self._controls_of(name, controls).items()
        )

    def members(self, controls: Mapping[str, ControlLike]) -> dict[str, tuple[str, ...]]:
        """The profiles that hold each control, those that it came to by another one included; frameworks are none."""
        held = {name: self._controls_of(name, controls) for name in self.profiles}
        return {control: tuple(name for name in self.profiles if control in held[name]) for control in controls}

    def _wanted(self, names: Sequence[str]) -> list[str]:
        parts = [part.strip() for item in names for part in item.split(",")]
        wanted = list(dict.fromkeys(part for part in parts if part))
        known = [*self.profiles, *self._askable]
        if not wanted:
            raise UsageError(f"no profile is named; known: {', '.join([*self.profiles, *self.frameworks])}")
        for name in wanted:
            if name not in known:
                raise UsageError(f'there is no profile "{name}"; {did_you_mean(name, known)}')
        contained = {other for name in wanted for other in self._ancestors(name)}
        return [name for name in wanted if name not in contained]

    def _ancestors(self, name: str) -> Iterator[str]:
        for parent in self.profiles[name].extends if name in self.profiles else ():
            yield parent
            yield from self._ancestors(parent)

    def _unscoped(self, name: str) -> set[str]:
        """The controls that a profile or framework asks of everything, in scope or not."""
        if name in self._askable:
            places = [at for id_ in self._askable[name].requirements for at in sources((name, id_), self._askable)]
            return {control for other, id_ in places for control in self._askable[other].requirements[id_].controls}
        profile = self.profiles[name]
        inherited = {control for parent in profile.extends for control in self._unscoped(parent)}
        return inherited if profile.scoped else inherited | profile.controls.keys()

    def _controls_of(self, name: str, known: Mapping[str, ControlLike]) -> Controls:
        if name in self._askable:
            return self._framework_controls(self._askable[name], known)
        profile = self.profiles[name]
        merged: Controls = {}
        for parent in profile.extends:
            _override(merged, self._controls_of(parent, known))
        _override(merged, _checked(self.documents[name], ("controls",), profile.controls, known))
        return merged

    def _framework_controls(self, framework: Framework, known: Mapping[str, ControlLike]) -> Controls:
        places = [place for id_ in framework.requirements for place in sources((framework.name, id_), self._askable)]
        merged: Controls = {}
        for name, id_ in dict.fromkeys(places):
            document, where = self._document_of(name), ("requirements", id_, "controls")
            checked = _checked(document, where, self._askable[name].requirements[id_].controls, known)
            for position, (control, overrides) in enumerate(checked.items()):
                target = merged.setdefault(control, {})
                for parameter, value in overrides.items():
                    if target.setdefault(parameter, value) != value:
                        problem = f"{value}, but another requirement sets {target[parameter]}; agree on one value"
                        raise document.error((*where, position, control, parameter), problem)
        return merged

    def _document_of(self, name: str) -> YamlFile:
        """Where a framework is written, whole or up to a level."""
        return self.documents[self.whole([name]).pop()]


def load_profiles(*folders: Path) -> Profiles:
    """Read `*.yaml` of the folders as profiles and `frameworks/*.yaml` in them as frameworks.

    Raises:
        FileError: the folder or a file cannot be taken as it stands: not of the form, not named as its file,
            a name used twice, an unknown profile extended, or profiles that extend each other in a circle.
    """
    for folder in folders:
        if not folder.is_dir():
            raise FileError(folder, "there is no such folder; create it with a profile in it, baseline.yaml say")
    documents: dict[str, YamlFile] = {}
    profiles: dict[str, Profile] = {}
    frameworks: dict[str, Framework] = {}
    for path in (path for folder in folders for path in _files(folder)):
        document = load(path)
        profile = validate(document, Profile)
        profiles[_own_name(document, profile.name, documents)] = profile
    for path in (path for folder in folders for path in _files(folder / "frameworks")):
        document = load(path)
        framework = validate(document, Framework)
        frameworks[_own_name(document, framework.name, documents)] = framework
    for check in (check_ways, check_claims):
        for name, framework in frameworks.items():
            check(framework, frameworks, documents[name])
    for name in profiles:
        _check_extends(name, (), profiles, documents)
    return Profiles(profiles, frameworks, documents)


def _files(folder: Path) -> list[Path]:
    misnamed = sorted(folder.glob("*.yml"))
    if misnamed:
        raise FileError(misnamed[0], f"the file would be left out; rename it to {misnamed[0].stem}.yaml")
    return sorted(folder.glob("*.yaml"))


def _own_name(document: YamlFile, name: str, documents: dict[str, YamlFile]) -> str:
    if name != document.path.stem:
        raise document.error(("name",), f'"{name}" is not the name of the file; expected {document.path.stem}')
    if name in documents:
        raise document.error(("name",), f'"{name}" is the name of {documents[name].path} as well; rename one')
    documents[name] = document
    return name


def _check_extends(
    name: str, below: tuple[str, ...], profiles: Mapping[str, Profile], documents: Mapping[str, YamlFile]
) -> None:
    for position, parent in enumerate(profiles[name].extends):
        where = ("extends", position)
        if parent not in profiles:
            problem = f'there is no profile "{parent}"; {did_you_mean(parent, list(profiles))}'
            raise documents[name].error(where, problem)
        circle = (*below, name)
        if parent in circle:
            turns = " → ".join((*circle[circle.index(parent) :], parent))
            raise documents[name].error(where, f"profiles extend each other in a circle ({turns}); break it")
        _check_extends(parent, circle, profiles, documents)


def _checked(
    document: YamlFile,
    where: YamlPath,
    listed: Mapping[str, Mapping[str, object]],
    known: Mapping[str, ControlLike],
) -> Controls:
    checked: Controls = {}
    for position, (control, overrides) in enumerate(listed.items()):
        place = (*where, position)
        if control not in known:
            raise document.error(place, f'there is no control "{control}"; {did_you_mean(control, list(known))}')
        try:
            checked[control] = checked_parameters(known[control], overrides)
        except ParameterError as error:
            raise document.error((*place, control, *error.path), error.problem) from error
    return checked


def _override(controls: Controls, by: Controls) -> None:
    for control, overrides in by.items():
        controls.setdefault(control, {}).update(overrides)
