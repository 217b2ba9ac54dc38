"""What entering an account asks by itself: who we are, the role that is entered, and the regions that there are."""

from __future__ import annotations

OF_WHOEVER_ENTERS = frozenset({"sts:get_caller_identity", "sts:assume_role"})
"""Those that the role which is entered need not be allowed: its trust lets in, and who one is, anyone may ask.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

OWN_QUESTIONS = OF_WHOEVER_ENTERS | {"ec2:describe_regions"}
