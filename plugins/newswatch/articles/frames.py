"""How do parent and child talk? Over two pipes, in frames: a length in four bytes, then so many bytes.

Bodies go to the child as they are; words come back as JSON. Nothing is unpickled: a child that a hostile page has
taken over can tell its parent lies, but cannot make it run code.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

_LENGTH = struct.Struct(">I")
LONGEST = 256 * 1024 * 1024


class Closed(Exception):  # noqa: N818 - an end, not an error
    """The other side has closed its pipe."""


class Late(Exception):  # noqa: N818 - an end, not an error
    """No whole frame came in time."""


def send(fd: int, content: bytes) -> None:
    """Writes one frame. Raises BrokenPipeError when nobody reads any more."""
    waiting = memoryview(_LENGTH.pack(len(content)) + content)
    while waiting:
        waiting = waiting[os.write(fd, waiting) :]


def receive(fd: int, *, seconds: float | None = None) -> bytes:
    """Reads one frame. Raises Closed at the end, Late when it is not there after `seconds` (None: waits for ever)."""
    until = None if seconds is None else time.monotonic() + seconds
    (length,) = _LENGTH.unpack(_exactly(fd, _LENGTH.size, until))
    if length > LONGEST:
        raise Closed
    return _exactly(fd, length, until)


def send_json(fd: int, content: dict[str, Any]) -> None:
    """Writes one frame of JSON."""
    send(fd, json.dumps(content).encode())


def receive_json(fd: int, *, seconds: float | None = None) -> dict[str, Any]:
    """Reads one frame of JSON; what is no JSON object counts as the end."""
    try:
        content = json.loads(receive(fd, seconds=seconds))
    except ValueError:
        raise Closed from None
    if not isinstance(content, dict):
        raise Closed
    return content


def _exactly(fd: int, count: int, until: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        if until is not None and not select.select([fd], [], [], max(0.0, until - time.monotonic()))[0]:
            raise Late
        part = os.read(fd, min(count - len(parts), 1 << 20))
        if not part:
            raise Closed
        parts += part
    return bytes(parts)
