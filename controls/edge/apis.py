"""APIs: they ask who calls, and keep what was asked."""

from __future__ import annotations

from fixtures.apigateway import RestApi, RestApiStage
from fixtures.apigatewayv2 import HttpApi, HttpApiStage
from fixtures.appsync import GraphqlApi
from fixtures.cognito import IdentityPool
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_api_authorized(rest_api: RestApi, facts: Facts) -> None:
    """REST APIs check who calls.

    Why: Whoever finds the address of an open method uses it as our own applications do.
    Fix: Give each method an authorizer or IAM authorization. An API key is none: it needs a resource policy beside it
        that lets in only whom it names. An API that is open on purpose is declared in the estate's facts by its id,
        under public_apis.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
    """
    open_methods = rest_api.open_methods
    if open_methods and declared(facts.public_apis, rest_api.id):
        not_applicable("the API is declared to be open")
    assert not open_methods, f"checks nobody on {', '.join(open_methods)}"


@control(severity="medium")
def test_api_stage_authorized(rest_api_stage: RestApiStage, facts: Facts) -> None:
    """REST API stages check who calls.

    Why: A stage serves what was deployed to it. A method that was open then is open still, whatever was changed since.
    Fix: Give each method an authorizer or IAM authorization, and deploy the API to the stage, and to its canary. An API
        that is open on purpose is declared in the estate's facts by its id, under public_apis.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
    """
    open_methods = rest_api_stage.open_methods
    if open_methods and declared(facts.public_apis, rest_api_stage.api):
        not_applicable("the API is declared to be open")
    assert not open_methods, f"checks nobody on {', '.join(open_methods)}, as it was deployed"


@control(severity="medium")
def test_api_v2_authorized(http_api: HttpApi, facts: Facts) -> None:
    """HTTP and WebSocket APIs check who calls.

    Why: Whoever finds the address of an open route uses it as our own applications do.
    Fix: Give each route an authorizer or IAM authorization; of a WebSocket API the route $connect. An API that is open
        on purpose is declared in the estate's facts by its id, under public_apis.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
    """
    open_routes = http_api.open_routes
    if open_routes and declared(facts.public_apis, http_api.id):
        not_applicable("the API is declared to be open")
    assert not open_routes, f"checks nobody on {', '.join(open_routes)}"


@control(severity="medium")
def test_api_stage_waf(rest_api_stage: RestApiStage) -> None:
    """REST API stages stand behind a WAF.

    Why: An API takes whatever is sent to it; without a web ACL known attacks reach the application behind it.
    Fix: Associate a web ACL with the stage.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
    """
    not_applicable("only VPCs reach a private API" if rest_api_stage.is_private else None)
    assert rest_api_stage.web_acl, "takes requests without a web ACL"


@control(severity="medium")
def test_api_stage_logs(rest_api_stage: RestApiStage, require_access_log: bool = True) -> None:
    """REST API stages log.

    Why: Without the log of an API nobody can tell who called it, nor what an attacker got out of it.
    Fix: Set a log level of ERROR or INFO for all methods, and a destination of the access log; give API Gateway the
        role by which it writes logs.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    missing = rest_api_stage.missing_logs(require_access_log=require_access_log)
    assert not missing, f"does not log {', '.join(missing)}"


@control(severity="medium")
def test_api_v2_stage_logs(http_api_stage: HttpApiStage) -> None:
    """HTTP and WebSocket API stages log.

    Why: Without the log of an API nobody can tell who called it, nor what an attacker got out of it.
    Fix: Set a destination of the stage's access log, a log group or stream that is there.
    See: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    """
    assert http_api_stage.keeps_log, (
        f"keeps no log of the requests that it takes: its log goes to {http_api_stage.access_log or 'nothing'}"
    )


@control(severity="medium")
def test_graphql_api_authorized(graphql_api: GraphqlApi, facts: Facts) -> None:
    """GraphQL APIs check who calls.

    Why: An API key is in every copy of the application that uses it, and tells nobody from anybody.
    Fix: Let callers sign in with IAM, a user pool, OpenID Connect or a Lambda authorizer, and take the key away; or
        make the API private. An API that is open on purpose is declared in the estate's facts by its id, under
        public_apis.
    See: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    if graphql_api.is_open and declared(facts.public_apis, graphql_api.id):
        not_applicable("the API is declared to be open")
    assert not graphql_api.is_open, "takes an API key from anywhere"


@control(severity="high")
def test_cognito_identity_pool_no_guests(identity_pool: IdentityPool, facts: Facts) -> None:
    """Identity pools give no credentials to guests.

    Why: The id of a pool is in the application for all to read, and with it anybody gets AWS credentials of ours.
    Fix: Turn guest access off. A pool that is meant for guests is declared in the estate's facts by its id, under
        public_identity_pools.
    See: https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html
    """
    if identity_pool.serves_guests and declared(facts.public_identity_pools, identity_pool.id):
        not_applicable("the identity pool is declared to serve guests")
    assert not identity_pool.serves_guests, "gives credentials to whoever knows its id"
