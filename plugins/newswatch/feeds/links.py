"""Where does an entry point to?"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

LONGEST_LINK = 2048


def usable_link(link: str | None, base: str | None) -> str | None:
    """`link` as an absolute http(s) address without credentials, resolved against `base`; None when it is none.

    `javascript:`, `data:` and `mailto:` are refused, and so is a relative link when there is nothing to resolve it
    against.
    """
    text = "".join(character for character in (link or "").strip() if character.isprintable())
    if not text or len(text) > LONGEST_LINK:
        return None
    try:
        absolute = urljoin(base or "", text)
        parts = urlsplit(absolute)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    if "@" in parts.netloc:
        absolute = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return absolute.replace(" ", "%20")
