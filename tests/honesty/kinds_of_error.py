"""The kinds of error that a read may end with: what AWS and GitHub say, and what the sessions make of no answer."""

from __future__ import annotations

from botocore import exceptions as botocore_errors

from muster.errors import NotARead
from muster.proving.honesty import DENIED, TIMED_OUT, UNPARSABLE
from muster.reading.reads import ApiError
from muster.reading.sessions import bodies, github
from muster.reading.sessions.limits import LimitPassed
from muster.reading.sessions.pages import Truncated
from muster.reading.sessions.regions import BoundToRegion

# What Muster's own sessions say of an answer that they do not take, or of a question that they do not ask.
OF_SESSIONS = [
    ApiError(kind.__name__, "the answer is not taken")
    for kind in (*LimitPassed.__subclasses__(), Truncated, NotARead, BoundToRegion, bodies.BadBody, github.NonAnswer)
]
OF_NO_CONNECTION = [
    ApiError(kind.__name__, "nobody answers")
    for kind in (
        botocore_errors.ConnectTimeoutError,
        botocore_errors.EndpointConnectionError,
        botocore_errors.NoCredentialsError,
        botocore_errors.ProxyConnectionError,
        botocore_errors.SSLError,
    )
]
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and its like of other services
OF_AWS = [
    ApiError(code, message, status)
    for code, message, status in (
        ("ExpiredToken", "The security token included in the request is expired", 403),
        ("OptInRequired", "You are not subscribed to this service", 403),
        ("InternalError", "An internal error has occurred", 500),
        ("ServiceUnavailable", "The service is unavailable", 503),
        ("RequestLimitExceeded", "Request limit exceeded", 503),
        ("SlowDown", "Please reduce your request rate", 503),
        ("Throttling", "Rate exceeded", 400),
        ("ThrottlingException", "Rate exceeded", 400),
        ("ValidationException", "1 validation error detected", 400),
        ("InvalidParameterValue", "Value for parameter is invalid", 400),
        ("405", "Method Not Allowed", 405),
        ("Unknown", "", 400),
    )
]
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
OF_GITHUB = [
    ApiError(str(status), message, status)
    for status, message in (
        (301, "Moved Permanently"),
        (401, "Bad credentials"),
        (403, "API rate limit exceeded"),
        (409, "Git Repository is empty."),
        (422, "Validation Failed"),
        (429, "Too many requests"),
        (451, "Repository access blocked"),
        (500, "Server Error"),
        (503, "Service unavailable"),
    )
] + [
    # Of answers to queries.
    ApiError("RATE_LIMITED", "API rate limit exceeded for installation ID 1.", 200),
    ApiError("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes", 200),
    ApiError("NOT_FOUND", "Could not resolve to a Repository with the name 'acme/shop'.", 200),
    ApiError("GRAPHQL_ERROR", "Something went wrong while executing your query.", 200),
]
NO_ANSWER = [TIMED_OUT, UNPARSABLE, *OF_SESSIONS, *OF_NO_CONNECTION]
KINDS = {
    "aws": [*DENIED["aws"], *NO_ANSWER, *OF_AWS],
    "github": [*DENIED["github"], *NO_ANSWER, *OF_GITHUB],
    "estate": DENIED["estate"],
}
"""Every kind, by the kind of account that is read."""
