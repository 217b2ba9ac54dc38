"""The trace: what was looked at while something was judged, and by whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from muster.reading.trace import Frame, touch


def test_a_frame_keeps_hashes_once_and_in_order() -> None:
    with Frame() as frame:
        touch(["b", "a"])
        touch(["a", "c"])
    assert list(frame.hashes) == ["b", "a", "c"]


def test_the_first_reason_stays() -> None:
    with Frame() as frame:
        touch([], "first")
        touch([], "second")
        touch(["a"])
    assert frame.unreadable == "first"


def test_only_the_innermost_frame_notes() -> None:
    with Frame() as outer:
        touch(["before"])
        with Frame() as inner:
            touch(["within"], "unreadable")
        touch(["after"])
    assert (list(outer.hashes), outer.unreadable) == (["before", "after"], None)
    assert (list(inner.hashes), inner.unreadable) == (["within"], "unreadable")


def test_an_exception_closes_the_frame() -> None:
    with Frame() as outer:
        try:
            with Frame():
                raise ValueError
        except ValueError:
            touch(["after"])
    assert list(outer.hashes) == ["after"]


def test_without_a_frame_there_is_nobody_to_tell() -> None:
    touch(["lost"], "unreadable")
    with Frame() as frame:
        pass
    assert (frame.hashes, frame.unreadable) == ({}, None)


def test_threads_do_not_see_each_others_frames() -> None:
    with Frame() as frame, ThreadPoolExecutor(1) as pool:
        pool.submit(touch, ["elsewhere"], "unreadable").result()
    assert (frame.hashes, frame.unreadable) == ({}, None)
