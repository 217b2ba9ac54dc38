"""A run says whose answers it judged by where its requests went, whoever asked, and however they were sent there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runs.audits import Audits


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_an_endpoint_that_only_the_environment_names_makes_the_account_mocked(
    audits: Audits, sandbox: dict[str, Any], workers: list[str]
) -> None:
    seeded = sandbox["accounts"]["demo"]
    (audits.estate / "accounts.yaml").write_text(
        f'accounts:\n  demo:\n    id: "{seeded["id"]}"\n    role_arn: {seeded["role_arn"]}\n    regions: [us-east-1]\n'
    )
    environment = {
        "AWS_ENDPOINT_URL": sandbox["aws_endpoint"],
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
    }
    outcome = audits("--account=demo", "--control=kms-key-rotated", *workers, environment=environment)

    (account,) = [each for each in outcome.run["accounts"] if each["name"] == "demo"]
    assert account["hosts"] == [sandbox["aws_endpoint"]]
    assert account["mocked"]
    assert outcome.run["mocked"]
    assert "It is no evidence of a real one" in outcome.output
    assert [each["hosts"] for each in outcome.run["accounts"] if each["name"] == "estate"] == [[]]
