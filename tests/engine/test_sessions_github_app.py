"""A GitHub App: its installation is found, its token narrowed to reading and renewed in time, and none of it told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from muster.errors import UsageError
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive, recorded_text
from muster.reading.reads import Answer, Call, Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions import github
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.github_credentials import AppCredentials, is_of_an_app
from muster.run.kinds import KINDS
from tests.engine.loopback import Request, Respond, Response, loopback

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
MEMBERS = Call("code", "global", "github", "GET /orgs/{org}/members", {"org": "acme"})
PERMISSIONS = {"members": "read", "contents": "write", "administration": "admin", "workflows": "write"}
INSTALLATION = {"id": 77, "permissions": PERMISSIONS, "suspended_at": None}


@pytest.fixture(autouse=True)
def two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "ATTEMPTS", 1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Server:
    """GitHub with an App: tokens `ghs_1`, `ghs_2` … of an hour each."""

    def __init__(self, clock: Clock, installation: Any = None, status: int = 200) -> None:
        self.clock = clock
        self.installation = INSTALLATION if installation is None else installation
        self.status = status
        self.tokens: list[str] = []
        self.refused: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        bearer = request.headers["authorization"].removeprefix("Bearer ")
        if request.path == "/orgs/acme/installation":
            return _body(self.installation, self.status)
        if request.path == "/app/installations/77/access_tokens":
            with self._lock:
                self.tokens.append(f"ghs_{len(self.tokens) + 1}")
            expires = datetime.fromtimestamp(self.clock.now + 3_600, UTC).isoformat().replace("+00:00", "Z")
            return _body({"token": self.tokens[-1], "expires_at": expires}, 201)
        if bearer not in self.tokens or bearer in self.refused:
            return _body({"message": "Bad credentials"}, 401)
        return _body([{"login": bearer}])


def _body(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())


Ask = Callable[[], Answer]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asking(respond: Respond, clock: Clock) -> Iterator[tuple[Ask, list[Request], Counts]]:
    counts = Counts()
    with loopback(respond) as server:
        transport = GitHubTransport(AppCredentials("12", KEY, "acme", clock), counts, endpoint_url=server.url)
        yield lambda: transport.send(MEMBERS), server.requests, counts


def test_the_installation_is_found_and_its_token_used_for_all_that_follows(clock: Clock) -> None:
    for ask, requests, counts in asking(Server(clock), clock):
        assert [ask().content, ask().content] == [[{"login": "ghs_1"}]] * 2
        assert [(each.method, each.path.partition("?")[0]) for each in requests] == [
            ("GET", "/orgs/acme/installation"),
            ("POST", "/app/installations/77/access_tokens"),
            ("GET", "/orgs/acme/members"),
            ("GET", "/orgs/acme/members"),
        ]
        assert counts.as_data()["github-app"]["requests"] == 2
        assert counts.as_data()["github"]["requests"] == 2


def test_a_jwt_signed_by_the_apps_key_asks_for_the_token_and_is_soon_over(clock: Clock) -> None:
    for ask, requests, _ in asking(Server(clock), clock):
        ask()
        for request in requests[:2]:
            signed = request.headers["authorization"].removeprefix("Bearer ")
            options: Any = {"verify_exp": False, "verify_iat": False}
            claims = jwt.decode(signed, KEY.public_key(), algorithms=["RS256"], options=options)
            assert claims == {"iss": "12", "iat": NOON - 60, "exp": NOON + 540}


def test_the_token_is_narrowed_to_reading_whatever_the_app_may(clock: Clock) -> None:
    for ask, requests, _ in asking(Server(clock), clock):
        ask()
        expected = {"administration": "read", "contents": "read", "members": "read"}
        assert json.loads(requests[1].body) == {"permissions": expected}


@pytest.mark.parametrize(("minutes", "token"), [(54, "ghs_1"), (55, "ghs_2"), (56, "ghs_2"), (120, "ghs_2")])
def test_a_token_is_renewed_before_it_expires(clock: Clock, minutes: int, token: str) -> None:
    for ask, _, _ in asking(Server(clock), clock):
        ask()
        clock.now += minutes * 60
        assert ask().content == [{"login": token}]


def test_a_token_that_github_refuses_is_renewed_once(clock: Clock) -> None:
    server = Server(clock)
    for ask, requests, _ in asking(server, clock):
        ask()
        server.refused.add("ghs_1")
        assert ask().content == [{"login": "ghs_2"}]
        server.refused.add("ghs_2")
        server.refused.add("ghs_3")
        answer = ask()
        assert (answer.error and answer.error.code) == "401"
        assert sum("access_tokens" in each.path for each in requests) == 3


def test_many_questions_at_once_get_one_token(clock: Clock) -> None:
    server = Server(clock)
    for ask, _, _ in asking(server, clock):
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert server.tokens == ["ghs_1"]


@pytest.mark.parametrize(
    ("installation", "status", "reason"),
    [
        pytest.param({"message": "Not Found"}, 404, "404: Not Found (is the App installed", id="not installed"),
        pytest.param({"message": "'Issuer' claim ('iss') must be an Integer"}, 401, "401: 'Issuer'", id="another key"),
        pytest.param({"message": "no"}, 403, "403: ", id="forbidden"),
        pytest.param(
            {**INSTALLATION, "suspended_at": "2026-11-01T00:00:00Z"}, 200, "suspended at 2026", id="suspended"
        ),
        pytest.param({"id": "77"}, 200, "holds no installation", id="another answer"),
        pytest.param([], 200, "holds no installation", id="no answer"),
        pytest.param({**INSTALLATION, "id": 78}, 200, "401: Bad credentials", id="no token for it"),
    ],
)
def test_an_app_without_a_token_is_an_error_that_no_noun_takes_for_absence(
    clock: Clock, installation: Any, status: int, reason: str
) -> None:
    for ask, requests, _ in asking(Server(clock, installation, status), clock):
        answers = [ask(), ask()]
        for answer in answers:
            assert answer.error is not None
            assert (answer.error.code, answer.error.says_gone) == ("NoInstallationToken", False)
            assert "the GitHub App 12 got no token for acme" in answer.error.message
            assert reason in answer.error.message
        asked = len(requests)
        assert asked <= 2, "a failure stands for a minute"
        clock.now += 61
        ask()
        assert len(requests) > asked


def test_a_token_without_its_end_is_none(clock: Clock) -> None:
    def respond(request: Request) -> Response:
        return _body(INSTALLATION) if request.method == "GET" else _body({"token": "ghs_x", "expires_at": "soon"}, 201)

    for ask, _, _ in asking(respond, clock):
        answer = ask()
        assert "holds no token and the time" in (answer.error.message if answer.error else "")


def test_nothing_of_key_or_token_is_logged_or_kept(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    server = Server(clock)
    body = "".join(PEM.splitlines()[1:-1])
    for ask, requests, _ in asking(server, clock):
        good = ask()
        server.tokens.clear()
        server.refused.add("ghs_1")
        bad = ask()
        signed = requests[0].headers["authorization"].removeprefix("Bearer ")
        kept = "".join(recorded_text(MEMBERS, answer) for answer in (good, bad))
        for secret in (signed, body[:60], body[-60:]):
            assert secret not in caplog.text + kept
        assert "ghs_" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "is_one"),
    [
        ("GET", "/orgs/acme/installation", True),
        ("POST", "/app/installations/1/access_tokens", True),
        ("POST", "/app/installations/1/access_tokens/x", False),
        ("POST", "/app/installations/a/access_tokens", False),
        ("DELETE", "/app/installations/1/access_tokens", False),
        ("POST", "/orgs/acme/repos", False),
        ("POST", "/orgs/acme/x/installation", False),
    ],
)
def test_two_requests_get_a_token_and_no_other_is_sent_so(method: str, path: str, is_one: bool) -> None:
    assert is_of_an_app(method, path) is is_one


APP = Access("code", "github", "acme", app_id="12", private_key_path_env="MUSTER_TEST_KEY")


def test_an_account_of_the_estate_is_entered_as_its_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    monkeypatch.setenv("MUSTER_TEST_KEY", str(tmp_path / "key.pem"))
    KINDS["github"].check(APP)
    transport = KINDS["github"].transport(APP, Counts(), {})
    assert isinstance(transport, GitHubTransport)
    identity = KINDS["github"].identify(APP, Reads("code", transport, MemoryArchive(), Redactor(b"k")))
    assert (identity.id, identity.caller) == ("acme", "GitHub App 12")


def write(folder: Path, text: str | bytes) -> str:
    path = folder / "key.pem"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


EC = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(lambda _: None, "the path of its App's private key is expected in $MUSTER_TEST_KEY", id="not set"),
        pytest.param(lambda _: PEM, "is not the path of a private key in a PEM file", id="the key itself"),
        pytest.param(lambda folder: str(folder / "none"), "is not the path of a private key", id="no file"),
        pytest.param(lambda folder: write(folder, "-----BEGIN"), "is not the path of a private key", id="no PEM"),
        pytest.param(lambda folder: write(folder, PUBLIC), "is not the path of a private key", id="a public key"),
        pytest.param(lambda folder: write(folder, EC), "is the path of a key of another kind", id="no RSA key"),
    ],
)
def test_a_key_that_cannot_be_used_stops_the_run_and_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: Callable[[Path], str | None], reason: str
) -> None:
    monkeypatch.delenv("MUSTER_TEST_KEY", raising=False)
    if (told := value(tmp_path)) is not None:
        monkeypatch.setenv("MUSTER_TEST_KEY", told)
    with pytest.raises(UsageError) as refused:
        KINDS["github"].check(APP)
    assert str(refused.value).startswith("account code: ")
    assert reason in str(refused.value)
    assert PEM.splitlines()[1] not in str(refused.value)
    assert refused.value.__cause__ is None
