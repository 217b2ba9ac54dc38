"""The texts of a new control's pieces: what each file says once they are in it."""

from __future__ import annotations

import inspect
import keyword
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from muster.judging.resource import DEFAULT_KIND
from muster.scaffold.api_model import ListOperation, has_regions, making_of
from muster.scaffold.arns import arn_form
from muster.scaffold.edits import defines, maker_in, with_control, with_entry, with_imports, with_last, with_line_in
from muster.scaffold.target import Target
from muster.scaffold.wanted import Wanted

CASES = Path("tests/hostile/cases")
SOUND = Path("tests/hostile/baseline")
Imports = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Piece:
    """A file as it will be, and what was added to it."""

    path: Path
    text: str
    added: str


def pieces(target: Target, wanted: Wanted) -> list[Piece]:
    """Every piece of a control, in the order in which one fills them in. Nothing is written yet."""
    return list(_pieces(target, wanted))


def _pieces(target: Target, wanted: Wanted) -> Iterator[Piece]:
    of_aws = wanted.noun is None or wanted.noun.kind == DEFAULT_KIND
    module = _module_of(target, wanted)
    if wanted.noun is None:
        yield Piece(module, _noun(target, module, wanted), f"the noun {wanted.noun_class}")
    package = wanted.file.parent / "__init__.py"
    if not target.is_own and not (target.root / package).exists():
        yield Piece(package, f'"""Controls: {wanted.file.parent.name}."""\n', "a new domain")
    yield Piece(wanted.file, _control(target, module, wanted), "the control")
    if of_aws:
        seeds = target.free(Path("fixtures/sandbox") / f"{module_name(wanted.service)}.py")
        yield Piece(seeds, _seeds(target, seeds, wanted), "what keeps it in one company and breaks it in the other")
    profile = Path("profiles") / f"{wanted.profile}.yaml"
    yield Piece(profile, _profile(target, profile, wanted), "its place")
    if not target.is_own:
        yield from _accounts_that_must_not_fool_it(target, wanted, of_aws=of_aws)


def _accounts_that_must_not_fool_it(target: Target, wanted: Wanted, *, of_aws: bool) -> Iterator[Piece]:
    if of_aws:
        yield Piece(CASES / f"{wanted.id}.yaml", _cases(wanted), "accounts that must not fool it")
    sound = SOUND / f"{wanted.service}.yaml"
    if wanted.listing is not None and target.read(sound) is None:
        yield Piece(sound, _sound(wanted.listing), "what a sound account answers")


def module_name(service: str) -> str:
    """The name of the module of a service: `lambda` is a word of Python's own."""
    name = service.replace("-", "_")
    return f"aws{name}" if keyword.iskeyword(name) else name


def _module_of(target: Target, wanted: Wanted) -> Path:
    """The file of the noun, which may be one of several of its service."""
    if wanted.noun is not None:
        path = Path(inspect.getfile(wanted.noun))
        return path.relative_to(target.suites.root_of(path))
    name = module_name(wanted.service)
    folder = Path("fixtures") / name
    is_folder = (target.root / folder).is_dir()
    # A folder of the shipped suite, too, goes on in the repository's.
    is_folder = is_folder or (target.is_own and (target.suites.shipped / folder).is_dir())
    return target.free(folder / f"{wanted.argument}s.py" if is_folder else folder.with_suffix(".py"))


def _noun(target: Target, path: Path, wanted: Wanted) -> str:
    listing = wanted.listing
    is_global = not has_regions(wanted.service)
    fields, form, imports = _fields(wanted)
    members = ", ".join(sorted(listing.members)) if listing else ""
    hint = "Fill in: what the control asks of it, as fields" + (f"; the list gives {members}" if members else "") + "."
    piece = _rendered(
        "noun.py.j2",
        noun=wanted.noun_class,
        keywords=_class_keywords(wanted, form, is_global=is_global),
        listing=listing,
        is_global=is_global,
        fields=fields,
        text="arn" if "arn: str" in fields else "name",
        hint=textwrap.wrap(hint, 110, initial_indent="# ", subsequent_indent="# "),
    )
    return _with_piece(target, path, "noun_header.py.j2", wanted, piece, imports)


def _class_keywords(wanted: Wanted, arn: str | None, *, is_global: bool) -> list[str]:
    listing = wanted.listing
    how = f'lists=("{listing.asked}", "{listing.result}")' if listing and listing.members else None
    where = f'one="{wanted.one}"' if wanted.one else 'scope="global"' if is_global else None
    return [each for each in (how or f'service="{wanted.service}"', arn and f'arn="{arn}"', where) if each]


def _fields(wanted: Wanted) -> tuple[list[str], str | None, Imports]:
    """The lines of the fields, the form of the ARN where the list gives none, and what must be imported for them."""
    listing = wanted.listing
    if listing is None:
        return [], None, {"muster": ["Resource"]}
    imports: Imports
    if not listing.members:
        imports = {"muster": ["Place", "Resource"], "typing": ["Self"], "collections.abc": ["Iterable"]}
        if listing.result.lower().endswith("arns"):
            return ["arn: str"], None, imports
        return ["name: str"], arn_form(wanted.service, listing.subject, "name"), imports
    making = making_of(wanted.service, listing.subject)
    # What its maker calls it is its name, whatever the service calls that.
    field = "id" if listing.id and not (making and making.name == listing.id) else "name"
    fields = [f'{field}: str = key("{listing.id or listing.name or "FillIn"}")']
    if listing.arn:
        fields.insert(0, f'arn: str = key("{listing.arn}")')
    form = None if listing.arn else arn_form(wanted.service, listing.subject, field)
    imports = {"muster": ["Resource", "key"]}
    if listing.tags:
        fields.append(f'tags: Tags = key("{listing.tags}", absent={{}})')
        imports["fixtures.tags"] = ["Tags"]
    return fields, form, imports


def _control(target: Target, module: Path, wanted: Wanted) -> str:
    piece = _rendered(
        "control.py.j2",
        severity=wanted.severity,
        function=wanted.id.replace("-", "_"),
        argument=wanted.argument,
        noun=wanted.noun_class,
        is_attested=wanted.noun is not None and wanted.noun.noun == "attestation",
    )
    imports = {".".join(module.with_suffix("").parts): [wanted.noun_class], "muster": ["control"]}
    return _with_piece(target, wanted.file, "control_header.py.j2", wanted, piece, imports)


def _seeds(target: Target, path: Path, wanted: Wanted) -> str:
    text = target.read(path)
    if text is not None:
        lines = _rendered("seed_lines.py.j2", id=wanted.id, maker=maker_in(text, wanted.argument))
        text = with_entry(text, wanted.argument, f'"{wanted.id}": {{}}')
        return with_line_in(text, "demo", lines) if defines(text, "demo") else text
    listing = wanted.listing
    subject = listing.subject if listing else wanted.noun_class
    making = making_of(wanted.service, subject)
    form = arn_form(wanted.service, subject, "name").replace("{partition}", "aws")
    return _rendered(
        "seeds.py.j2",
        title=wanted.service,
        service=wanted.service,
        module=path.stem,
        id=wanted.id,
        argument=wanted.argument,
        making=making,
        arn=".".join(making.arn) if making and making.arn else form,
        is_global=not has_regions(wanted.service),
        seeded="own" if target.is_own else "orders",
    )


def _profile(target: Target, path: Path, wanted: Wanted) -> str:
    before = target.read(path)
    if before is None:
        before = _rendered("profile.yaml.j2", name=wanted.profile, id=wanted.id)
    return with_control(before, wanted.id)


def _cases(wanted: Wanted) -> str:
    lists = wanted.noun.lists if wanted.noun else None
    return _rendered("cases.yaml.j2", is_listed=lists or (wanted.listing and wanted.listing.members))


def _sound(listing: ListOperation) -> str:
    return _rendered("sound.yaml.j2", listing=listing, known=[m for m in (listing.arn, listing.id, listing.name) if m])


def _with_piece(target: Target, path: Path, header: str, wanted: Wanted, piece: str, imports: Imports) -> str:
    """The file with the piece behind all that it has, or a new one of these."""
    title = wanted.service if header.startswith("noun") else path.stem.replace("_", " ").capitalize()
    before = target.read(path) or _rendered(header, title=title)
    return with_imports(with_last(before, piece), imports)


def _rendered(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(**values)


@cache
def _templates() -> Environment:
    return Environment(  # noqa: S701  # it writes Python and YAML, no HTML
        loader=PackageLoader("muster.scaffold"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
