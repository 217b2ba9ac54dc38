"""Looking at several resources at once, for controls that are given all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from muster.judging.ahead import ask_ahead
from muster.judging.resource import Resource

R = TypeVar("R", bound=Resource)


def asked_at_once(resources: Sequence[R], *looks: Callable[[R], object]) -> Sequence[R]:
    """The same resources, once each has been looked at in these ways: `lambda each: each.policy`.

    The questions behind it are put side by side. What could not be read is said when the resource is looked at again.
    """
    if resources:
        tasks = (partial(look, resource) for resource in resources for look in looks)
        ask_ahead(resources[0].place.account.helpers, tasks)
    return resources
