"""Under which one address is an article known, however it was linked?

w3lib brings an address into one form (letter case, percent-encoding, order of parameters, punycode); what it leaves
in, and what makes two links to one article differ, is taken out here: tracking parameters, fragments, AMP twins,
credentials, http. courlan's own list of trackers is not used: it takes `cid`, `eid`, `uid` and `source` away, which
are article numbers at some publishers, and two articles under one key would lose one of them.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

LONGEST_URL = 2048

# By prefix: Urchin/Google, Matomo, Piano (BBC), HubSpot, Adobe, Marketo, Mailchimp, Vero, Webtrekk, Yandex.
_TRACKER = re.compile(
    r"^(?:utm_\w*|at_(?:medium|campaign\w*|link\w*|custom\d|format|bbc_team|ptr_name|creation|type)|(?:pk|mtm|matomo|piwik)_\w*|"
    r"__?hs\w*|hsa_\w*|_?hsenc|mkt_tok|mc_[ce]id|vero_\w*|wt_\w+|wtmc|ymclid|yclid|"
    r"(?:fb|g|dc|gb|msclk|tw|li_fat_|tt|igsh|wbra|gbra|scc)(?:clid|id)|_ga|_gl|gaa_\w+|"
    r"ns_(?:campaign|mchannel|source|linkname|fee)|cmpid|icid|ocid|ito|smid|smtyp|xtor|s_cid|traffic_source|"
    r"maca|feature_?name|guccounter|guce_\w+|share_?source|sharetype|rss|from_?rss|output(?:type)?=amp)$",
    re.IGNORECASE,
)
_AMP_VALUES = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp"), ("m", "amp")}
_GOOGLE_AMP = re.compile(r"^/amp/(s/)?(.+)$")
_AMP_CACHE = re.compile(r"^/[cv]/(s/)?(.+)$")
_TAIL = re.compile(r"(?:/|%20)+$")
_AMP_TAIL = re.compile(r"(?:/amp|\.amp|/amp\.html)/?$|(?<=\.)amp\.(?=html?$)", re.IGNORECASE)


def canonical_url(url: str) -> str | None:
    """The key of the article at `url`: an https address without what does not belong to it. None: not a web address.

    It identifies; for downloading, the address as published is used.
    """
    from w3lib.url import canonicalize_url

    text = "".join(character for character in url.strip() if character.isprintable()).replace("\\", "/")
    if not text or len(text) > LONGEST_URL:
        return None
    try:
        parts = _without_wrapper(urlsplit(text))
        host = _host(parts)
        if parts.scheme.lower() not in ("http", "https") or not host:
            return None
        plain = urlunsplit(("https", host, parts.path, parts.query, ""))
        found = urlsplit(canonicalize_url(plain, keep_blank_values=True))
        return urlunsplit(("https", found.netloc, _path(found.path), _query(found.query), ""))
    except ValueError:
        return None


def _host(parts: SplitResult) -> str:
    """Host and port without credentials, default ports, a trailing dot, and the `amp.` of an AMP twin."""
    host = (parts.hostname or "").rstrip(".").removeprefix("amp.")
    ascii_host = host if host.isascii() else host.encode("idna").decode()
    shown = f"[{host}]" if ":" in host else ascii_host
    return shown if parts.port in (None, 80, 443) else f"{shown}:{parts.port}"


def _path(path: str) -> str:
    plain = _TAIL.sub("", re.sub(r"/{2,}", "/", path))
    while (shorter := _TAIL.sub("", _AMP_TAIL.sub("", plain))) != plain:
        plain = shorter
    return plain or "/"


def _query(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_noise(pair))


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    return bool(_TRACKER.match(name)) or (name, value.lower()) in _AMP_VALUES


def _without_wrapper(parts: SplitResult) -> SplitResult:
    """The publisher's address inside Google's AMP viewer or an AMP cache."""
    host = (parts.hostname or "").lower()
    wrapped = None
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        wrapped = _GOOGLE_AMP.match(parts.path)
    elif host.endswith(".cdn.ampproject.org"):
        wrapped = _AMP_CACHE.match(parts.path)
    return urlsplit(f"https://{wrapped.group(2)}?{parts.query}") if wrapped else parts
