"""Which account has which role.

An entry of accounts.yaml has roles. An account that stands in no entry, because another run judges it, is named by its
id in facts.yaml. Controls take both from the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.estate.declarations import Facts
from muster.estate.roles import RoleName, fact_of
from muster.files.strict_yaml import YamlFile


def check_roles(document: YamlFile, facts: Facts, entries: Mapping[str, AccountEntry]) -> None:
    """Raise `FileError` where the facts name another account for a role than the entry that has it."""
    for name, entry, role in _holders(entries):
        declared = getattr(facts, fact_of(role))
        if declared is not None and declared != entry.id:
            problem = f"{name} has the role {role} in accounts.yaml, and is another account; keep one"
            raise document.error((fact_of(role),), problem)


def with_accounts(facts: Facts, entries: Mapping[str, AccountEntry], sandboxes: Mapping[str, str]) -> Facts:
    """The facts with what the entries say: the ids of the AWS accounts, and which of them has which role.

    `sandboxes` are the ids of sandbox companies by name; one that is not among them is no account of this run's.
    """
    ids = {
        name: known
        for name, entry in entries.items()
        if isinstance(entry, AwsAccountEntry) and (known := entry.id or sandboxes.get(entry.sandbox or ""))
    }
    roles = {fact_of(role): ids[name] for name, _, role in _holders(entries) if name in ids}
    return facts.model_copy(update={**roles, "accounts": tuple(dict.fromkeys(ids.values()))})


def _holders(entries: Mapping[str, AccountEntry]) -> Iterator[tuple[str, AwsAccountEntry, RoleName]]:
    for name, entry in entries.items():
        if isinstance(entry, AwsAccountEntry):
            for role in entry.roles:
                yield name, entry, role
