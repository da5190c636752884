"""What did these processes cost? CPU seconds and memory of whole process trees, read from /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

TICK = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 1.0


def tree(*roots: int) -> list[psutil.Process]:
    """The processes `roots` and all their descendants that live now."""
    found: dict[int, psutil.Process] = {}
    for root in roots:
        try:
            process = psutil.Process(root)
            for one in (process, *process.children(recursive=True)):
                found[one.pid] = one
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


def cpu_seconds(*roots: int) -> float:
    """CPU time of the trees, with what their ended descendants have used: a parent inherits the time of those it waits for."""
    total = 0.0
    for process in tree(*roots):
        try:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) / TICK
    return total


def pss_megabytes(processes: Iterable[psutil.Process]) -> float:
    """Proportional memory: pages that n processes share count an nth for each."""
    total = 0
    for process in processes:
        try:
            total += next(
                int(line.split()[1])
                for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
                if line.startswith("Pss:")
            )
        except (OSError, StopIteration, ValueError):
            continue
    return total / 1024


class Peak:
    """The highest memory of `processes()` while the block runs, sampled once a second."""

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        self._processes = processes
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.megabytes = 0.0

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.megabytes = max(self.megabytes, pss_megabytes(self._processes()))


def machine_seconds() -> float:
    """CPU time of the whole machine since it started, whoever used it."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return sum(map(int, fields[1:4] + fields[6:9])) / TICK
