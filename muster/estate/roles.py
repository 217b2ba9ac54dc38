"""Roles: what an account is for the others of its organization."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator

from muster.files.problems import did_you_mean, problem_at, shown

RoleName = Literal["management", "audit", "security"]
ROLES: tuple[RoleName, ...] = get_args(RoleName)
"""It manages the organization, holds the audit data, or runs the security services."""


def fact_of(role: RoleName) -> str:
    """The fact that holds the id of the account with a role."""
    return f"{role}_account_id"


def _role(value: object) -> object:
    if value not in ROLES:
        raise ValueError(f"{shown(value)} is no role of an account; {did_you_mean(str(value), ROLES)}")
    return value


def _each_once(value: object) -> object:
    if not isinstance(value, list):
        return value
    for position, role in enumerate(value):
        if role in value[:position]:
            raise problem_at((position,), f"{shown(role)} is named twice; keep one")
    return tuple(value)


Roles = Annotated[tuple[Annotated[RoleName, BeforeValidator(_role)], ...], BeforeValidator(_each_once)]
