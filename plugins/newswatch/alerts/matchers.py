"""Does a story fit `severity=~"[45]"`? Alertmanager's matchers over the labels of a story.

Labels may have several values (signals, actors, countries of the publishers): `=` and `=~` hold when any value fits, `!=` and
`!~` when none does. A label that is absent has the value "". Regular expressions are RE2's, anchored at both ends, as in
Alertmanager.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from newswatch.patterns import fits_whole, problem_of

LABELS = (
    "story",
    "signal",
    "signals",
    "family",
    "modality",
    "state",
    "severity",
    "source",
    "target",
    "pair",
    "sides",
    "actor",
    "country",
    "publisher",
    "tier",
)
"""Every label a story has.

`signal` is the leading one, `signals` all; `sides` is the pair without its direction; `country`, `publisher` and `tier` are
those of the reporters.
"""

Labels = Mapping[str, tuple[str, ...]]
MAX_PATTERN = 200  # characters; nobody can read a longer one
MAX_VALUE = 200
_MATCHER = re.compile(r"^\s*([a-z_]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label."""

    label: str
    operator: Literal["=", "!=", "=~", "!~"]
    value: str

    def fits(self, labels: Labels) -> bool:
        """Whether the labels satisfy this condition."""
        values = labels.get(self.label) or ("",)
        if self.operator in ("=", "!="):
            return (self.value in values) == (self.operator == "=")
        return any(fits_whole(self.value, value[:MAX_VALUE]) for value in values) == (self.operator == "=~")

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{self.value}"


def parse_matcher(text: str) -> Matcher:
    """`label=value`, the value quoted or not. Raises ValueError saying what is wrong and what is known."""
    found = _MATCHER.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not a matcher; write label=value, label!=value, label=~regex or label!~regex")
    label, operator, value = found.group(1), found.group(2), _unquoted(found.group(3))
    if label == "pair":
        value = value.replace("->", "→")  # as a keyboard has it
    if label not in LABELS:
        raise ValueError(f"unknown label {label!r} in {text!r}; known are {', '.join(LABELS)}")
    if operator in ("=~", "!~"):
        _refuse_bad_pattern(value, text)
    return Matcher(label, operator, value)  # type: ignore[arg-type]  # the pattern admits these four operators alone


def all_fit(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Whether every matcher fits; true for none."""
    return all(matcher.fits(labels) for matcher in matchers)


def _refuse_bad_pattern(pattern: str, text: str) -> None:
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"the pattern in {text[:40]!r}… is longer than {MAX_PATTERN} characters")
    if problem := problem_of(pattern):
        raise ValueError(f"{pattern!r} is {problem}")


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
