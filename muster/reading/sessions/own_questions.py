"""What entering an account asks by itself: who we are, the role that is entered, and the regions that there are."""

from __future__ import annotations

OWN_QUESTIONS = frozenset({"sts:get_caller_identity", "sts:assume_role", "ec2:describe_regions"})
