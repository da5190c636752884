"""What do the settings of alerts refuse, wherever it stands? Labels that no story has, zones that IANA does not know."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict

from newswatch.alerts.matchers import LABELS, parse_matcher

STRICT = ConfigDict(frozen=True, extra="forbid")


def known_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels, if stories have them all; raises ValueError naming the first that is unknown."""
    unknown = [label for label in labels if label not in LABELS]
    if unknown:
        raise ValueError(f"unknown label {unknown[0]!r}; known are {', '.join(LABELS)}")
    return labels


def readable_matchers(matchers: tuple[str, ...]) -> tuple[str, ...]:
    """The matchers, if all can be read; raises ValueError naming the first that cannot."""
    for matcher in matchers:
        parse_matcher(matcher)
    return matchers


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises ValueError for any other word."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not an IANA time zone such as Asia/Seoul") from None
