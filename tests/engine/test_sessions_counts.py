"""Counts of what went over the wire."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from muster.reading.sessions.counts import Counts

ZERO = {"calls": 0, "requests": 0, "retries": 0, "throttles": 0}


def test_counts_are_told_by_service_and_kind_zeros_included() -> None:
    counts = Counts()
    counts.add("s3", "calls")
    counts.add("s3", "requests", 3)
    counts.add("ec2", "throttles")
    assert counts.as_data() == {"ec2": ZERO | {"throttles": 1}, "s3": ZERO | {"calls": 1, "requests": 3}}
    assert list(counts.as_data()) == ["ec2", "s3"]


def test_the_counts_of_other_processes_are_added() -> None:
    here, there = Counts(), Counts()
    here.add("s3", "calls")
    there.add("s3", "calls", 2)
    there.add("sns", "retries")
    here.merge(there.to_tell())
    assert here.as_data() == {"s3": ZERO | {"calls": 3}, "sns": ZERO | {"retries": 1}}


def test_nothing_is_lost_between_threads() -> None:
    counts = Counts()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counts.add("s3", "calls"), range(2_000)))
    assert counts.as_data()["s3"]["calls"] == 2_000


def test_who_asked_nothing_has_counted_nothing() -> None:
    assert Counts().as_data() == {}


def test_hosts_are_told_by_account_each_once() -> None:
    here, there = Counts(), Counts()
    for host in ("https://b", "https://a", "https://b"):
        here.note_host("prod", host)
    there.note_host("prod", "https://c")
    there.note_host("code", "https://api.github.com")
    here.merge(there.to_tell())
    assert here.hosts("prod") == ["https://a", "https://b", "https://c"]
    assert (here.hosts("code"), here.hosts("nobody")) == (["https://api.github.com"], [])
