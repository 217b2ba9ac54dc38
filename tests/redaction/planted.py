"""Thirty-odd kinds of secret, made of parts at run time, so that no scanner takes these files for a leak."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512

MIXED = base64.b64encode(sha512(b"planted").digest() * 4).decode().replace("+", "x").replace("/", "Y").replace("=", "z")
HEX = sha512(b"planted").hexdigest()
UPPER = base64.b32encode(sha512(b"planted").digest()).decode().rstrip("=")
# With what a base64 of random bytes has, and neither letters alone nor digits alone.
AWS_KEY = "wJalrXUtnFEMIaK7MDENGbPxRf+CYzKq3Vt9Q2Lm"
AWS_KEY_WITH_SLASHES = "mL2Q9tV3/qKzYC+fRxPbGNEDM7K/IMEFntUXrlaJ"


@dataclass(frozen=True)
class Planted:
    """A secret as it stands in a text, and the part that nobody may find in the evidence."""

    text: str
    needle: str


def _token(prefix: str, body: str) -> Planted:
    return Planted(prefix + body, body[:30])


def _jwt() -> Planted:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in HEADER_AND_CLAIMS]
    return Planted(".".join([*parts, MIXED[:43]]), MIXED[:43])


def _pem(kind: str) -> Planted:
    return Planted(f"-----BEGIN {kind}-----\n{MIXED[:60]}\n-----END {kind}-----", MIXED[:60])


HEADER_AND_CLAIMS = ({"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890", "admin": True})
PASSWORD = "hunter2" + "-Tr0ub4dor"

SECRETS: Mapping[str, Planted] = {
    "AWS access key": _token("AKIA", "Q3EGRIN5" + UPPER[:8]),
    "AWS temporary access key": _token("ASIA", "Q3EGRIN5" + UPPER[8:16]),
    "AWS secret key": Planted(AWS_KEY, AWS_KEY),
    "AWS secret key in a script": Planted("AWS_SECRET_ACCESS_KEY=" + AWS_KEY_WITH_SLASHES, AWS_KEY_WITH_SLASHES),
    "AWS session token": _token("IQoJb3JpZ2lu", MIXED[:100]),
    "AWS secret key with slashes": Planted(AWS_KEY_WITH_SLASHES[::-1], AWS_KEY_WITH_SLASHES[::-1]),
    "GitHub personal token": _token("ghp_", MIXED[:36]),
    "GitHub OAuth token": _token("gho_", MIXED[1:37]),
    "GitHub user token": _token("ghu_", MIXED[2:38]),
    "GitHub server token": _token("ghs_", MIXED[3:39]),
    "GitHub refresh token": _token("ghr_", MIXED[4:40]),
    "GitHub fine-grained token": _token("github_pat_", MIXED[:22] + "_" + MIXED[22:81]),
    "GitLab token": _token("glpat-", MIXED[5:25]),
    "RSA private key": _pem("RSA " + "PRIVATE KEY"),
    "private key": _pem("PRIVATE KEY"),
    "OpenSSH private key": _pem("OPENSSH " + "PRIVATE KEY"),
    "password in a URL": Planted(f"https://deploy:{PASSWORD}@git.example.com/shop.git", PASSWORD),
    "database URL": Planted("postgres://app:" + "s3cr$t!Pa55" + "@db.example.com:5432/shop", "s3cr$t!Pa55"),
    "connection string": Planted(
        "Server=db;User Id=app;Password=" + "qW3-rTz9uIo0p" + ";Encrypt=true", "qW3-rTz9uIo0p"
    ),
    "Slack bot token": _token("xoxb-" + "123456789012-123456789012-", MIXED[6:30].lower()),
    "Slack webhook": _token("https://hooks.slack.com/services/" + "T0AAAAAAA/B0AAAAAAA/", MIXED[7:31]),
    "Stripe live key": _token("sk_live_", MIXED[8:32]),
    "Stripe test key": _token("sk_test_", MIXED[9:33]),
    "JWT": _jwt(),
    "npm token": _token("npm_", MIXED[10:46]),
    "PyPI token": _token("pypi-AgEIcHlwaS5vcmc", MIXED[:90]),
    "GCP service account key": Planted(
        json.dumps(
            {"type": "service_account", "private_key": _pem("PRIVATE KEY").text.replace(MIXED[:60], MIXED[60:120])}
        ),
        MIXED[60:120],
    ),
    "Google API key": _token("AIza", MIXED[11:46]),
    "Azure storage key": _token("AccountKey=", MIXED[12:98] + "=="),
    "Azure client secret": _token("aB1" + "8Q~", MIXED[13:47]),
    "Twilio key": _token("SK", HEX[:32]),
    "SendGrid key": _token("SG." + MIXED[14:36] + ".", MIXED[36:79]),
    "Telegram bot token": _token("1234567890:" + "AA", MIXED[15:48]),
    "Mailchimp key": Planted(HEX[32:64] + "-us12", HEX[32:64]),
    "Databricks token": _token("dapi", HEX[64:96]),
    "Vault token": _token("hvs.", MIXED[16:46]),
    "OpenAI token": _token("sk-proj-", MIXED[17:80]),
    "Age key": _token("AGE-SECRET-KEY-1", (UPPER * 2)[:58]),
    "API key in a header": Planted("Authorization: Bearer " + MIXED[18:50], MIXED[18:50]),
    "password in a script": Planted(
        "export DB_PASSWORD='" + "correct-horse-9-battery" + "'", "correct-horse-9-battery"
    ),
}

CHECKSUM = sha256(b"an image").hexdigest()
