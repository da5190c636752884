"""How far is the work? A bar on stderr, and only where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

One = TypeVar("One")

FEWEST = 5  # with fewer, the work is over before a bar is drawn


def watched(ones: Iterable[One], *, total: int, title: str) -> Iterator[One]:
    """`ones`, with a bar on stderr while they are read; without one when stderr is no terminal or there are few."""
    if total < FEWEST or not sys.stderr.isatty():
        yield from ones
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(ones, total=total, description=title, console=Console(stderr=True), transient=True)
