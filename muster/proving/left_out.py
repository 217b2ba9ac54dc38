"""`fixtures/left-out.yaml`: the keys that an API documents to leave out where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from muster.files.strict_yaml import load, validate
from muster.files.values import EstateModel, Text

FILE = "left-out.yaml"
LeftOutKey = tuple[str, str]
"""An operation, and where in its answers a key is: `("service:list_things", "Things[].Owner")`."""

Operation = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9-]+:[a-z0-9_]+$")]
DocumentedAt = Annotated[Text, StringConstraints(pattern=r"^https://\S+$")]


class LeftOutFile(EstateModel):
    """The file left-out.yaml of a suite's fixtures."""

    model_config = ConfigDict(title="left-out.yaml")

    left_out: dict[Operation, dict[Text, DocumentedAt]] = Field(
        description="Of each operation the keys, each with the page that says that there is none where it is left out."
    )


def left_out_in(folder: Path) -> frozenset[LeftOutKey]:
    """The keys that the file in these fixtures names; none where there is no file.

    Raises `FileError` where it is not of the form.
    """
    path = folder / FILE
    if not path.is_file():
        return frozenset()
    named = validate(load(path), LeftOutFile).left_out
    return frozenset((operation, key) for operation, keys in named.items() for key in keys)
