"""How long is "5m"? Durations as Prometheus writes them: 30s, 5m, 1h30m, 7d, 2w; `off` for never."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_duration(text: object) -> timedelta | None:
    """A timedelta, or None for `off`. Raises ValueError for anything else."""
    if text is None or isinstance(text, timedelta):
        return text
    word = str(text).strip()
    if word in ("off", "0"):
        return None if word == "off" else timedelta(0)
    found = _DURATION.fullmatch(word)
    if not word or found is None:
        raise ValueError(f"{word!r} is not a duration; write 30s, 5m, 1h30m, 7d or off")
    return timedelta(
        seconds=sum(int(part or 0) * unit for part, unit in zip(found.groups(), _UNITS.values(), strict=True))
    )


def show_duration(duration: timedelta | None) -> str:
    """The inverse of `parse_duration`, in its shortest form."""
    if duration is None:
        return "off"
    rest, text = int(duration.total_seconds()), ""
    for letter, unit in _UNITS.items():
        count, rest = divmod(rest, unit)
        text += f"{count}{letter}" if count else ""
    return text or "0s"


def _a_duration(value: object) -> timedelta:
    found = parse_duration(value)
    if found is None:
        raise ValueError("`off` has no meaning here; write a duration such as 30s or 5m")
    return found


Duration = Annotated[
    timedelta,
    BeforeValidator(_a_duration, json_schema_input_type=str),
    PlainSerializer(show_duration, when_used="json"),
]
MaybeDuration = Annotated[
    timedelta | None,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    PlainSerializer(show_duration, when_used="json"),
]
