"""How much of an answer is taken in?

A gzip of 1.6 kB can hold 2 GB. urllib3 (2.8 and later) unpacks no more than it is asked for at a time, so counting
what comes out bounds both what is read and what it unfolds to.
"""

from __future__ import annotations

from urllib3.response import HTTPResponse

from newswatch.network.failure import Failure, Stopped

CHUNK = 64 * 1024
ACCEPTED = "gzip, deflate"  # what we ask for; each further decoder is a further way to be flooded
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


def read_body(answer: HTTPResponse, *, max_bytes: int) -> bytes:
    """The whole body, unpacked. Raises Stopped when it is larger than `max_bytes` or packed in a way we did not ask
    for.
    """
    packing = [word.strip().lower() for word in answer.headers.get("content-encoding", "").split(",")]
    if unknown := [word for word in packing if word not in _DECODED]:
        raise Stopped(Failure("broken_answer", f"packed as {unknown[0][:30]!r}, which was not asked for"))
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > max_bytes:
        raise Stopped(_too_large(max_bytes, f"{int(announced):,} bytes announced"))
    return _counted(answer, max_bytes)


def _counted(answer: HTTPResponse, max_bytes: int) -> bytes:
    body = bytearray()
    while chunk := answer.read(CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise Stopped(_too_large(max_bytes, "stopped reading there"))
    return bytes(body)


def _too_large(max_bytes: int, how: str) -> Failure:
    return Failure("too_large", f"more than {max_bytes:,} bytes ({how})")
