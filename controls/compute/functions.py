"""Lambda functions: only those that are meant to may be called by strangers."""

from __future__ import annotations

from fixtures.awslambda import Function
from muster import Facts, control, declared


@control(severity="critical")
def test_lambda_not_public(function: Function, facts: Facts) -> None:
    """No function can be invoked by anyone.

    Why: Who may invoke a function works with its role: reads what it reads, changes what it changes, at our cost.
    Fix: Remove the statement, or fix its caller by aws:SourceAccount, aws:SourceArn or aws:PrincipalOrgID; a service
        such as S3 needs one of the first two, because it serves every account. A function with a URL that is public on
        purpose is declared in the estate's facts, under public_functions.
    See: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    url_is_meant = declared(facts.public_functions, function.name)
    open_grants = function.grants_to_anyone(by_url_too=not url_is_meant)
    assert not open_grants, f"lets anyone invoke it: {', '.join(open_grants)}"
