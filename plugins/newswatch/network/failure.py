"""In how many ways can a request fail, and how is each told?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal[
    "refused",  # we do not connect there: scheme, address, port, downgrade
    "name_unknown",  # the name does not exist
    "name_unavailable",  # the name servers do not answer now
    "unreachable",  # refused, reset, no route
    "timeout",  # a limit of time was reached
    "tls",  # the certificate or the handshake is wrong
    "too_large",  # more bytes than the cap, before or after decompression
    "redirects",  # too many, or in a circle
    "broken_answer",  # not HTTP, cut short, or in an encoding we did not ask for
]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer: the kind decides what follows, the words are for a person."""

    kind: FailureKind
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


class Stopped(Exception):  # noqa: N818 - carries a value from the depth of a connection to the client, never further
    """A request must end here. Caught by `Client.get`, which returns the failure as a value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure
