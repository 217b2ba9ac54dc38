"""Parameter Store: a password among the settings is encrypted, or everybody who reads settings has it."""

from __future__ import annotations

from fixtures.ssm import SsmParameter
from muster import control, not_applicable

SECRET_WORDS = (
    *("password", "passwd", "secret", "token", "apikey", "api_key", "private_key", "credential"),
    # What names are cut down to, and what does as well as a password.
    *("pwd", "pw", "pswd", "db_pass", "passphrase", "passcode", "access_key"),
)
EXEMPT_ENDINGS = ("arn", "id", "name", "url", "uri", "endpoint", "length", "ttl", "policy", "rotation")


@control(severity="high")
def test_parameter_secrets_encrypted(
    ssm_parameter: SsmParameter,
    secret_words: tuple[str, ...] = SECRET_WORDS,
    exempt_endings: tuple[str, ...] = EXEMPT_ENDINGS,
) -> None:
    """Passwords are not kept in plain parameters.

    Why: Whoever may read parameters reads a plain one; an encrypted one asks for its key as well, and that is recorded.
    Fix: Write the value anew as a SecureString, under a key of your own, and replace what was readable.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
    """
    if not ssm_parameter.is_named_like(secret_words, but_ending_in=exempt_endings):
        not_applicable("nothing in its name says that it is a secret")
    assert ssm_parameter.type == "SecureString", f"is called like a secret, and is kept as a plain {ssm_parameter.type}"
