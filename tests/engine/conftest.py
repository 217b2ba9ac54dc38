"""What tests of the engine ask of APIs that no control asks: without being declared it would be refused."""

from __future__ import annotations

from muster.reading.declared_operations import declare_operations

ASKED = frozenset({"apprunner:list_services", "iam:list_roles", "iam:list_users"})

declare_operations(__name__, lambda: ASKED)
