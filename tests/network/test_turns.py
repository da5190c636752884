"""Hosts are left in peace between two requests, and none waits for another."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from newswatch.network.turns import RESULTS_WAITING, Pace, in_turns


def _jobs(**hosts: int) -> list[tuple[str, tuple[str, int]]]:
    return [(host, (host, number)) for host, count in hosts.items() for number in range(count)]


def test_every_job_is_done_once_and_in_order_within_its_host() -> None:
    jobs = _jobs(a=20, b=5, c=1)
    begun: list[int] = []

    def work(job: tuple[str, int]) -> tuple[str, int]:
        if job[0] == "a":
            begun.append(job[1])
        return job

    assert sorted(in_turns(jobs, work, pace=lambda _: Pace(0.0), threads=4)) == sorted(job for _, job in jobs)
    assert begun == list(range(20))


def test_a_pause_lies_between_two_requests_to_a_host_and_others_go_on() -> None:
    times: dict[str, list[float]] = {"a": [], "b": []}

    def work(job: tuple[str, int]) -> tuple[str, int]:
        times[job[0]].append(time.monotonic())
        return job

    done = list(in_turns(_jobs(a=4, b=30), work, pace=lambda host: Pace(0.15 if host == "a" else 0.0), threads=3))
    gaps = [later - earlier for earlier, later in pairwise(times["a"])]
    assert min(gaps) >= 0.15
    assert [host for host, _ in done].index("b") < 3
    assert times["b"][-1] < times["a"][2]


@pytest.mark.parametrize("connections", [1, 3])
def test_a_host_gets_no_more_connections_than_its_pace_allows(connections: int) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def work(_: object) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    assert len(list(in_turns(_jobs(a=12), work, pace=lambda _: Pace(0.0, connections), threads=8))) == 12
    assert most == connections


def test_what_cannot_be_begun_in_time_is_left_undone() -> None:
    started = time.monotonic()
    done = list(in_turns(_jobs(a=100), lambda job: job, pace=lambda _: Pace(0.1), threads=4, seconds=0.35))
    assert 2 <= len(done) <= 4
    assert time.monotonic() - started < 1


def test_a_slow_reader_stops_the_work() -> None:
    begun: list[int] = []
    results = in_turns(_jobs(a=200), lambda job: begun.append(job[1]), pace=lambda _: Pace(0.0, 4), threads=4)
    next(results)
    time.sleep(0.3)
    assert len(begun) <= 1 + RESULTS_WAITING + 4
    results.close()


def test_a_fault_of_ours_is_raised_to_the_reader() -> None:
    def work(job: tuple[str, int]) -> tuple[str, int]:
        return {}[job]  # type: ignore[no-any-return]

    with pytest.raises(KeyError):
        list(in_turns(_jobs(a=3), work, pace=lambda _: Pace(0.0), threads=2))


def test_leaving_early_stops_the_threads() -> None:
    before = threading.active_count()
    results = in_turns(_jobs(a=500), lambda job: job, pace=lambda _: Pace(0.0, 8), threads=8)
    next(results)
    results.close()
    deadline = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before
