"""Rules that put accounts and resources out of the scope of a scoped profile; what none of them names is in scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from muster.estate.excuse import ExcusingFact
from muster.files.aws_values import AccountId
from muster.files.problems import problem_at, shown
from muster.files.values import ExactName, Expected, Items, Text

NAMED = 4
"""So many characters of a resource's own name a pattern must give before its first wildcard."""
NAMED_AT_ONCE = ("codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs")
"""The services in whose ARNs the name stands right after the account, and no type before it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
TYPED_TWICE = ("wafv2",)
"""The services in whose ARNs two words stand before the name: regional/webacl/NAME."""


def _resource_pattern(value: str) -> str:
    head = re.fullmatch(r"(?:arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:|https://[^/*?\[]+/)([^*?\[]*).*", value)
    if head is None:
        raise ValueError(f"{shown(value)} is no ARN with partition, service, region and account written out, nor a URL")
    if "[" in value:
        raise ValueError(f"{shown(value)}: only * and ? are wildcards here; write a pattern for each")
    *types, name = re.split(r"[/:]", head[1])
    if re.search(r"[*?]", value) and (len(name) < NAMED or len(list(filter(None, types))) < _words_before_name(value)):
        raise ValueError(
            f"{shown(value)} would put out of scope whatever is there;"
            f" give {NAMED} characters of the name before a wildcard"
        )
    return value


def _words_before_name(value: str) -> int:
    """How many words stand before a resource's own name: its type in an ARN, whose it is in a URL."""
    service = value.split(":")[2] if value.startswith("arn:") else ""
    return 0 if service in NAMED_AT_ONCE else 2 if service in TYPED_TWICE else 1


def _plain(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if re.search(r"[*?]", value):
            raise ValueError(f"{shown(value)}: values of tags are taken as they are; list each, without wildcards")
    return values


ResourcePattern = Annotated[
    Text, Expected("an ARN or URL, or a pattern of one that begins a name"), AfterValidator(_resource_pattern)
]
TagValues = Annotated[Items[Text], Field(min_length=1), AfterValidator(_plain)]


class ScopeRule(ExcusingFact):
    """What holds none of the data for which a scoped profile exists, by account, by tags, or by ARN.

    What a rule says must hold all of it: an account *and* the tags, where both are given. A resource whose tags are not
    known, or lacks the tag, does not fit a rule that names tags.
    """

    model_config = ConfigDict(title="a rule of scope")
    fact = "out_of_scope"

    name: ExactName = Field(description="By what verdicts call it; no two rules have one.")
    accounts: Items[AccountId] = Field(
        default=(), description="Accounts by their 12 digits: all in them, or what fits."
    )
    tags: Annotated[dict[str, TagValues], Expected("keys, each with a list of values")] = Field(
        default_factory=dict,
        description="Tags that a resource must have, each with one of the values listed; without wildcards.",
    )
    resources: Items[ResourcePattern] = Field(
        default=(), description="ARNs (on code hosts URLs), or patterns with `*` and `?` that begin a name."
    )

    @model_validator(mode="after")
    def _says_of_what(self) -> Self:
        if not (self.accounts or self.tags or self.resources):
            raise problem_at(("accounts",), "missing, and so are tags and resources; a rule says what is out of scope")
        return self

    def excludes(self, account: str, resource: str, tags: Mapping[str, str] | None) -> bool:
        """Whether a resource of an account (its id) is out of scope by this rule; None for tags that are not known."""
        if self.accounts and account not in self.accounts:
            return False
        if self.resources and not any(fnmatchcase(resource, pattern) for pattern in self.resources):
            return False
        return all((tags or {}).get(key) in values for key, values in self.tags.items())

    def covers(self, what: str) -> bool:
        """Whether that is the rule's name."""
        return what == self.name

    @property
    def subject(self) -> str:
        """Its name."""
        return self.name


def rule_for(
    rules: Iterable[ScopeRule], account: str, resource: str, tags: Mapping[str, str] | None
) -> ScopeRule | None:
    """The first rule by which a resource is out of scope; None for what is in scope."""
    return next((rule for rule in rules if rule.excludes(account, resource, tags)), None)
