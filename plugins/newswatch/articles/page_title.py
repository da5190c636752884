"""What is the headline of this page?"""

from __future__ import annotations

import re
from typing import Any

from newswatch.plain_text import one_line

LONGEST_TITLE = 500
_SITE_NAME = re.compile(r"\s+[|–—·»]\s+[^|–—·»]{2,40}$|\s+-\s+[^-]{2,30}$")  # "… | The Japan Times"
_META = ("og:title", "twitter:title", "dc.title", "parsely-title")


def page_title(tree: Any) -> str | None:
    """The headline that a parsed page (an lxml tree) names: in its metadata, as its only h1, or as its title element."""
    named = {_name(meta): meta.get("content") for meta in tree.iter("meta") if _name(meta) in _META}
    headings = [one_line(heading.text_content(), LONGEST_TITLE) for heading in tree.iter("h1")]
    headings = [heading for heading in headings if heading]
    titles = [element.text_content() for element in tree.iter("title")][:1]
    candidates = [
        *(named.get(name) for name in _META),
        *(headings if len(headings) == 1 else ()),
        *(_SITE_NAME.sub("", one_line(title, LONGEST_TITLE)) for title in titles),
        *headings[:1],
    ]
    return next((title for title in (one_line(one or "", LONGEST_TITLE) for one in candidates) if title), None)


def _name(meta: Any) -> str:
    return str(meta.get("property") or meta.get("name") or "").lower()
