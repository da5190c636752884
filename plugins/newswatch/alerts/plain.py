"""How does text from the news get into a message without acting there? Cleaned, cut, and escaped exactly once."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlsplit

_JOINERS = "\u200d\ufe0f\ufe0e"
_SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]"
MAX_URL = 2048


def clean(text: str) -> str:
    """One line without control characters, direction overrides or zero-width tricks."""
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join("".join(kept).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending in … where something is left out, never inside a combined character."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def escape(text: str) -> str:
    """Slack's three control characters as entities; applied once, to text that goes where Slack reads markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def web_link(url: str | None) -> str | None:
    """The address, percent-encoded so that it survives inside a button; None when it is not a web address."""
    if not url or len(url) > MAX_URL or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return quote(url, safe=_SAFE_IN_URL)
