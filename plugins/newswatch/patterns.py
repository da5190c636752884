"""Does this text fit a pattern that somebody wrote into the configuration? RE2's syntax, and time in proportion to the text.

Python's own engine takes hours for some patterns over a headline, and no check of their shape finds them all (`a*a*a*a*b`
repeats no repetition). RE2 (github.com/google/re2), whose syntax Alertmanager's matchers have too, has no such patterns; it knows
neither look-around nor back references.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LONGEST = 1_000  # characters of a pattern
MEMORY = 1 << 20  # bytes a compiled pattern may take; the longest we ship takes 40 kB


def problem_of(pattern: str) -> str | None:
    """Why `pattern` cannot be used, in words for a person; None when it can."""
    if len(pattern) > LONGEST:
        return f"a pattern of more than {LONGEST:,} characters"
    try:
        _compiled(pattern, ignore_case=False)
    except ValueError as error:
        return str(error)
    return None


def fits_whole(pattern: str, text: str) -> bool:
    """Whether all of `text` is as `pattern` says."""
    return _compiled(pattern, ignore_case=False).fullmatch(text) is not None


def occurs(pattern: str, text: str) -> bool:
    """Whether `pattern` is found anywhere in `text`, upper and lower case alike."""
    return _compiled(pattern, ignore_case=True).search(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str, *, ignore_case: bool) -> Any:
    """Raises ValueError for what RE2 does not take."""
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"not a regular expression in RE2's syntax ({said})") from None
