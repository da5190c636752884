"""Which feeds does this web page offer?"""

from __future__ import annotations

from newswatch.feeds.links import usable_link
from newswatch.plain_text import one_line

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
LOOKED_AT = 1024 * 1024  # the head of a page stands in its first kilobytes


def feed_links(html: bytes, url: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of every feed that the page at `url` names in its head, in the page's order, each once."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        page = lxml_html.document_fromstring(html[:LOOKED_AT], parser=lxml_html.HTMLParser(no_network=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return ()
    found: dict[str, str] = {}
    for link in page.iter("link"):
        named = (
            "alternate" in (link.get("rel") or "").lower().split() and (link.get("type") or "").lower() in FEED_TYPES
        )
        address = usable_link(link.get("href"), url) if named else None
        if address:
            found.setdefault(address, one_line(link.get("title") or "", 120))
    return tuple(found.items())
