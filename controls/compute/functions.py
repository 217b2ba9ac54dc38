"""Lambda functions: only those that are meant to may be called by strangers, and what they run on is mended."""

from __future__ import annotations

from fixtures.aws_made import LAYER_ACCOUNTS
from fixtures.awslambda import Function
from muster import Facts, control, declared, not_applicable


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


@control(severity="high")
def test_lambda_url_authorized(function: Function, facts: Facts) -> None:
    """Function URLs check who calls.

    Why: A URL without sign-in is one policy statement away from calls by the whole internet.
    Fix: Set the URL's authorization to AWS_IAM, or put an API with an authorizer before the function. A function that
        is public on purpose is declared in the estate's facts, under public_functions.
    See: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    if function.open_urls and declared(facts.public_functions, function.name):
        not_applicable("the function is declared to be public")
    assert not function.open_urls, f"has a URL without sign-in (AuthType NONE), of {', '.join(function.open_urls)}"


@control(severity="medium")
def test_lambda_runtime_supported(function: Function) -> None:
    """Functions run on supported runtimes.

    Why: Nobody mends a runtime that AWS has given up, and one day the function can be neither changed nor made anew.
    Fix: Move the function to a newer runtime of its language, and test it there. Where aliases call a version that was
        published before, publish a new one and let them call that.
    See: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    if function.is_image:
        not_applicable("the function is a container image, which brings its own runtime")
    unsupported = function.unsupported
    assert not unsupported, f"runs on {'; '.join(unsupported)}"


@control(severity="critical")
def test_lambda_variables_no_secrets(function: Function) -> None:
    """Function variables hold no secrets.

    Why: Whoever may look at a function reads its variables, and each published version keeps those that it began with.
    Fix: Keep the secret in Secrets Manager or Parameter Store, and let the function fetch it by its name. Then replace
        the secret, and delete the versions that still have it.
    See: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    exposed = function.exposed_variables
    assert not exposed, f"shows secrets to whoever can see it: the variables {', '.join(exposed)}"


@control(severity="medium")
def test_lambda_layers_declared(function: Function, facts: Facts) -> None:
    """Functions load layers only from known accounts.

    Why: A layer is somebody's code that runs with the function's role, and its next version is whatever they put there.
    Fix: Publish the layer in an account of ours, from code that we have looked at. That of a third party, or of AWS for
        a region of its own, belongs among trusted_accounts in facts.yaml, by its account id.
    See: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    known = {*facts.accounts, function.account.id, *LAYER_ACCOUNTS}
    strange = [name for name, owner in function.strange_layers(known) if not declared(facts.trusted_accounts, owner)]
    assert not strange, f"loads {', '.join(strange)}, of an account that nobody declared"


@control(severity="low")
def test_lambda_code_signed(function: Function, facts: Facts) -> None:
    """Functions run only signed code.

    Why: Who may update a function can put any code into it; a signature shows that it went through our pipeline.
    Fix: Sign packages with a profile of Signer, and give the function a code signing configuration that enforces
        signatures of profiles of our own accounts. That of a third party belongs among trusted_accounts in facts.yaml.
    See: https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
    """
    if function.is_image:
        not_applicable("its code is a container image, which Lambda checks no signature of")
    known = {*facts.accounts, function.account.id}
    gap = function.signing_gap(lambda owner: owner in known or bool(declared(facts.trusted_accounts, owner)))
    assert gap is None, f"takes code that we did not sign: {gap}"
