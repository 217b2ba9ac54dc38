"""A mocked account for tests of one's own: moto in this process, and what it leaves out that Muster asks filled in."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from muster.errors import UsageError
from muster.suites import Suites, shipped_suite

if TYPE_CHECKING:
    import boto3

REGION = "eu-west-1"


@contextmanager
def mocked_account(region: str = REGION) -> Iterator[boto3.Session]:
    """An AWS account in which nobody has made anything; within the block every client of boto3 reaches it.

    `muster.judge(session, ["s3-*"])` judges what a test made by `session`, or by code of its own. What moto does not
    implement at all is refused, and never asked of AWS. Raises `UsageError` without moto (`muster[sandbox]`).
    """
    if find_spec("moto") is None:
        raise UsageError("a mocked account needs moto, which is not installed: pip install 'muster[sandbox]'")
    Suites(shipped_suite()).import_together()
    mocked: Any = importlib.import_module("fixtures.sandbox.mocked")
    with mocked.account(region) as session:
        yield session


@pytest.fixture(name="mocked_account")
def _fixture() -> Iterator[boto3.Session]:
    """A boto3 session in a mocked AWS account in which nobody has made anything, for tests of one's own."""
    with mocked_account() as session:
        yield session
