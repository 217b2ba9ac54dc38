"""An empty mocked account, judged by every control: each has an answer, and nothing reaches a network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

import muster
from tests.conftest import CONTROLS

# What moto does not know at all, the server of `muster sandbox` plays.
PLAYED_BY_THE_SERVER = {"accessanalyzer", "codeartifact", "codeconnections", "redshift-serverless", "rolesanywhere"}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("somebody connects")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_an_account_that_is_empty_leaves_no_question_open() -> None:
    with muster.mocked_account() as session:
        verdicts = muster.judge(session, regions=["eu-west-1"])

    assert {verdict.control for verdict in verdicts} == {each.id for each in CONTROLS.values() if each.kind == "aws"}
    unreadable = {verdict.control: verdict.reason for verdict in verdicts if verdict.status == "error"}
    assert {reason.partition(":")[0] for reason in unreadable.values()} <= PLAYED_BY_THE_SERVER, unreadable
