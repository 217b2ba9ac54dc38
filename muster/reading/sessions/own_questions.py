"""What entering accounts asks by itself: who we are, the role that is entered, the regions, and which accounts are."""

from __future__ import annotations

OF_WHOEVER_ENTERS = frozenset({"sts:get_caller_identity", "sts:assume_role"})
"""Those that the role which is entered need not be allowed: its trust lets in, and who one is, anyone may ask.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

OF_DISCOVERY = frozenset(
    {
        "organizations:describe_organization",
        "organizations:list_accounts",
        "organizations:list_accounts_for_parent",
        "organizations:list_organizational_units_for_parent",
        "organizations:list_roots",
        "organizations:list_tags_for_resource",
    }
)
"""What the account that manages an organization is asked to find its accounts, where a run discovers them."""

RATE_LIMIT = "github:GET /rate_limit"
"""What an organization on GitHub is asked before anything else, which counts against no limit."""

OWN_QUESTIONS = OF_WHOEVER_ENTERS | {"ec2:describe_regions"}
