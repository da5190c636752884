"""The process in which pages are read: `python -m newswatch.articles.child`, started by `worker`.

It may take so much memory and, for each page, so much processor time; beyond that the kernel ends it, and only that
page is lost.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

from newswatch.articles import frames


def main() -> None:
    """Answers pages with their text until the parent closes the pipe."""
    asks, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # whatever a library prints must not mix with the answers
    settings = frames.receive_json(asks)
    _limit_memory(settings["memory_bytes"])
    _load()
    frames.send_json(answers, {"ready": True})
    try:
        while _answer_one(asks, answers, settings):
            pass
    except (frames.Closed, BrokenPipeError):
        return


def _load() -> None:
    """The second this takes is spent before the first page, not counted against it."""
    import logging

    from newswatch.articles.page import read_page

    logging.disable(logging.CRITICAL)
    read_page(b"<html><body><p>warm</p></body></html>", url=None, metadata=True, shortest=1, longest=10)


def _answer_one(asks: int, answers: int, settings: dict[str, Any]) -> bool:
    """Reads one page; False when that went wrong, for what is left of the process is not to be trusted."""
    ask = frames.receive_json(asks)
    body = frames.receive(asks)
    _limit_processor_time(settings["cpu_seconds"])
    try:
        answer = _read(ask, body, settings)
    except Exception as error:  # whatever a page makes the libraries raise concerns this page alone
        frames.send_json(answers, {"text": "", "reason": _reason_of(error), "last": True})
        return False
    if _is_bloated():  # the libraries call a page that they had no memory for empty
        answer |= {"last": True, "reason": answer["reason"] and "out_of_memory"}
    frames.send_json(answers, answer)
    return not _is_bloated()


def _read(ask: dict[str, Any], body: bytes, settings: dict[str, Any]) -> dict[str, Any]:
    from newswatch.articles.page import read_page

    found = read_page(
        body,
        url=ask["url"],
        metadata=ask["metadata"],
        shortest=settings["shortest_text"],
        longest=settings["longest_text"],
    )
    return {
        "title": found.title,
        "text": found.text,
        "published_at": found.published_at.isoformat() if found.published_at else None,
        "reason": found.reason,
    }


def _reason_of(error: Exception) -> str:
    """libxml2 reports that memory ran out as whatever it was doing at the time."""
    if isinstance(error, MemoryError) or _is_bloated():
        return "out_of_memory"
    return f"extraction_error_{type(error).__name__}"


def _is_bloated() -> bool:
    """Whether this process has at some time taken half of the memory it may: it is replaced before that becomes a habit."""
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    return _peak_bytes() > most / 2


def _peak_bytes() -> int:
    """The most memory this process ever held. `getrusage` would count what its parent held when it started it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux
        return 0
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _limit_memory(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dumps of hostile pages on the disk


def _limit_processor_time(seconds: int) -> None:
    """The soft limit counts the whole life of a process, so it moves on with every page."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


if __name__ == "__main__":
    main()
