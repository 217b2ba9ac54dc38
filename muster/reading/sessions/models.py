"""Botocore's service models, with what reads need of them: the whole of those that controls ask is 80 MB in memory.

The shapes of writes and all documentation are left out, those of reads that no control asks where it is told which are
asked; the names of all operations stay, so that the guard can say of each why it is refused.
"""

from __future__ import annotations

import gc
import gzip
import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader

from muster.reading.sessions.guard import READING_VERBS

PARTS = ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2")
"""The files of a service."""
DATA = ("partitions", "sdk-default-configuration")
"""The files that clients of all services are made of."""
# Those of `ALSO_READS` in the guard begin so.
_VERBS = (*READING_VERBS, "Assume", "Generate")
# Where an operation or a shape names one other shape.
_SINGLE = ("input", "output", "member", "key", "value")
# Whether garbage is looked for holds for all threads: one at a time says so.
_PARSING = threading.Lock()


class ReadsAlone(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Loads botocore's data files; of a service model what its reads need, or those of them that are in `asked`.

    `asked` are the questions of a run, None where models are for all reads.
    """

    def __init__(self) -> None:
        self.asked: frozenset[str] | None = None

    def load_file(self, file_path: str) -> Any:
        """The data of a file, given without its ending; None where there is none."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return self._parsed(plain.read_bytes(), plain)
        return self._parsed(gzip.decompress(packed.read_bytes()), packed) if packed.is_file() else None

    def _parsed(self, text: bytes, path: Path) -> Any:
        """The data of a text, of a service model what reads need.

        Python looks for no garbage meanwhile: hardly any of a model is, and most of it goes at the end. Setting it
        aside for good took a thirtieth of the CPU less, and 30 MB more of forty accounts.
        """
        with _PARSING:
            is_looking = gc.isenabled()
            gc.disable()
            try:
                data = json.loads(text)
                if not (isinstance(data, dict) and {"operations", "shapes"} <= data.keys()):
                    return data
                # A file lies in the folder of its version, and that in the service's.
                return for_reads(data, lambda name: self._is_asked(path.parent.parent.name, name))
            finally:
                if is_looking:
                    gc.enable()

    def _is_asked(self, service: str, name: str) -> bool:
        return name.startswith(_VERBS) and (self.asked is None or f"{service}:{xform_name(name)}" in self.asked)


def of_botocore() -> dict[str, Any]:
    """The arguments by which a loader finds what botocore was shipped with, and nothing else.

    A model under `~/.aws/models` would be taken in its place: what that lacks, an answer seems not to say.
    https://docs.aws.amazon.com/cli/latest/reference/configure/add-model.html
    """
    return {"extra_search_paths": [Loader.BUILTIN_DATA_PATH], "include_default_search_paths": False}


class ReadsLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """Botocore's loader of such data, which keeps what it loaded until it is told otherwise."""

    def __init__(self) -> None:
        self._reads = ReadsAlone()
        super().__init__(file_loader=self._reads, **of_botocore())

    @property
    def loads_for(self) -> frozenset[str] | None:
        """The questions for which models are loaded; None for all reads."""
        return self._reads.asked

    def load_for(self, operations: Iterable[str]) -> None:
        """Load from now on what these questions need (`service:operation`): half of the shapes, 15 MB less."""
        if self._reads.asked is None:
            self._reads.asked = frozenset(operations)
        else:
            self.load_for_more(operations)

    def load_for_more(self, operations: Iterable[str]) -> None:
        """Load what these questions need as well, where it is not loaded for all reads."""
        more = frozenset(operations)
        if self._reads.asked is not None and not more <= self._reads.asked:
            self._reads.asked |= more
            self._cache.clear()

    def load_ahead(self, services: Iterable[str]) -> None:
        """Load what clients of these services are made of; what botocore does not have is left out."""
        for service in set(self.list_available_services(PARTS[0])) & set(services):
            for part in PARTS:
                with suppress(UnknownServiceError):
                    self.load_service_model(service, part)
        for name in DATA:
            self.load_data(name)

    def forget(self) -> None:
        """Let go of what was loaded; what is asked for later is loaded anew, and for all reads."""
        self._cache.clear()
        self._reads.asked = None


LOADER = ReadsLoader()
"""What all sessions share: a session of its own would parse every model that it meets anew (0.2 s an account)."""


def for_reads(model: dict[str, Any], is_asked: Callable[[str], bool]) -> dict[str, Any]:
    """A service model without documentation, and of the shapes of what is not asked nothing but its requests' names.

    Botocore looks at the shape of a request, and adds to some, before the guard can refuse the operation.
    """
    operations = model["operations"]
    # Of errors all stay: which of them an operation answers is not always written at it.
    left = [name for name, shape in model["shapes"].items() if shape.get("exception")]
    for name, operation in operations.items():
        left += _shapes_in(operation) if is_asked(name) else ()
    shapes: dict[str, Any] = {}
    while left:
        name = left.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            left += _shapes_in(shapes[name])
    shared: dict[Any, dict[str, Any]] = {}
    for each in (*operations.values(), *shapes.values()):
        _lighten(each, shared)
    requests = {operation["input"]["shape"] for operation in operations.values() if "input" in operation}
    return {**model, "shapes": {**{name: {"type": "structure", "members": {}} for name in requests}, **shapes}}


def _lighten(each: dict[str, Any], shared: dict[Any, dict[str, Any]]) -> None:
    """Take out documentation, and let references that say the same be one.

    Most say `{"shape": "String"}` and the like, at 300 bytes each.
    """

    def one(reference: dict[str, Any]) -> dict[str, Any]:
        reference.pop("documentation", None)
        try:
            return shared.setdefault(tuple(reference.items()), reference)
        except TypeError:  # it holds a list or an object
            return reference

    each.pop("documentation", None)
    for name in _SINGLE:
        if name in each:
            each[name] = one(each[name])
    if "errors" in each:
        each["errors"] = [one(reference) for reference in each["errors"]]
    if "members" in each:
        each["members"] = {name: one(reference) for name, reference in each["members"].items()}


def _shapes_in(each: dict[str, Any]) -> list[str]:
    """The shapes of what an operation asks and answers, and of what a structure, a list or a map is made of."""
    shapes = [each[name]["shape"] for name in _SINGLE if name in each]
    shapes += [reference["shape"] for reference in each.get("errors", ())]
    shapes += [reference["shape"] for reference in each.get("members", {}).values()]
    return shapes
