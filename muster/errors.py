"""What can go wrong, as one small tree.

Everything that Muster raises on purpose is a `MusterError`; its text names the thing, the place and the remedy.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from muster.printable import spelled


class MusterError(Exception):
    """The root of the tree."""


class UsageError(MusterError):
    """An option or argument that cannot be carried out: pytest ends with exit code 4 and this one line.

    Its text is fit for a terminal: it quotes what people typed into files and options.
    """

    def __str__(self) -> str:
        return spelled(super().__str__())


class FileError(UsageError):
    """A file of the estate or a profile that cannot be taken as it stands.

    Its text reads `path:line: field: what is wrong and what was expected`; line and field are left out where none is
    known (an empty file, say).
    """

    def __init__(self, path: Path, problem: str, *, line: int | None = None, field: str = "") -> None:
        self.path = path
        self.problem = problem
        self.line = line
        self.field = field
        place = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(": ".join(part for part in (place, field, problem) if part))


class FleetError(MusterError):
    """An account of a fleet that could not be judged, in a sentence that may go from one machine to another."""


class BadEvidence(MusterError):
    """A file of a run folder that cannot be taken for what it should be: damaged, forged, or no file at all."""


class RunOver(MusterError):
    """Something came to a run that goes on no more: it was stopped, or concluded, or its conductor was killed."""


class ControlError(MusterError):
    """A control or noun whose definition is not of the form the engine takes: a mistake of its author."""


class NotARead(MusterError):
    """An operation that would change something, refused before anything was sent."""


class Unreadable(MusterError):
    """What had to be known could not be read: the resource's verdict is `error`, and this is its reason."""


class ServiceAbsent(Unreadable):
    """The region has no such service: nothing to list there, and nothing that could be read."""

    def __init__(self, service: str, reason: str) -> None:
        self.service = service
        super().__init__(reason)


class NotApplicable(MusterError):
    """Raised by a control for a resource that its rule does not speak of.

    `judged_in` is the id of the account that owns the thing to be judged, where that is another one.
    """

    def __init__(self, reason: str, *, judged_in: str | None = None) -> None:
        self.reason = reason
        self.judged_in = judged_in
        super().__init__(reason)


class Malformed(ValueError):
    """An answer of another form than the API promises, in a sentence that says where."""


_repr = reprlib.Repr()
_repr.maxother = 500

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, AssertionError)
"""What code meets when an answer lacks what the API promises; anything else is a mistake to be seen."""


def malformed(error: BaseException) -> str:
    """What became of code that reads an answer: the answer is malformed, or else the code is broken."""
    if not isinstance(error, MALFORMED):
        return f"broke: {told(error)}"
    return f"malformed answer: {error if isinstance(error, Malformed) else told(error)}"


def told(mistake: BaseException) -> str:
    """`RecursionError('maximum recursion depth exceeded')`; also of an exception that cannot say what it is."""
    # What is none of Exception, such as pytest's outcomes, may say its message alone.
    return _repr.repr(mistake) if isinstance(mistake, Exception) else f"{type(mistake).__name__}: {mistake}"


@contextmanager
def unreadable_if_broken(say: Callable[[BaseException], str], *meant: type[Exception]) -> Iterator[None]:
    """Raise `Unreadable` in the words of `say` for whatever breaks inside; `Unreadable` and what is `meant` pass.

    Code that reads an account meets what nobody foresaw: a document nested so deep that it cannot be walked, a number
    that no float holds. Whatever that raises must be an error of the one thing that was looked at, and must not take
    the verdicts of all others with it. That holds for what is no `Exception` as well: `pytest.skip` and `sys.exit(0)`
    would turn a verdict into none. Only Ctrl-C passes. This is the one broad except (docs/decisions/0005). The mistake
    is the cause of what is raised, for a debugger.
    """
    passing: tuple[type[BaseException], ...] = (Unreadable, KeyboardInterrupt, GeneratorExit, *meant)
    try:
        yield
    except passing:
        raise
    except BaseException as mistake:  # the one place where it must not matter what is raised
        raise Unreadable(say(mistake)) from mistake


def drop_frames(error: BaseException | None) -> None:
    """Let go of the frames that an exception, and those it came from, were raised in: they hold all that was known."""
    left = [error]
    while left:
        each = left.pop()
        if each is not None and each.__traceback__ is not None:
            each.__traceback__ = None
            left += [each.__cause__, each.__context__]
