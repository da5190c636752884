"""Did anything in this feed change that a reader would notice?

Servers answer 200 with a new ETag to every request because the document names the moment it was built. That moment,
and the comments of caching software, are left out of the hash; the entries are in it whole.
"""

from __future__ import annotations

import hashlib
import re

_FIRST_ENTRY = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_BUILT_AT = re.compile(
    rb"<(?:[\w.-]{1,32}:)?(lastBuildDate|pubDate|updated|modified|date|ttl|generator)\b[^>]{0,200}>[^<]{0,200}</[^>]{1,64}>",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"<!--.{0,2000}?-->", re.DOTALL)
_TAIL = 4096  # caching plugins sign at the very end


def content_hash(body: bytes) -> str:
    """sha256 (hex) of `body` without the moment it was built and without comments before the first entry and at the
    end.
    """
    first = _FIRST_ENTRY.search(body)
    head = first.start() if first else 0
    tail = max(head, len(body) - _TAIL)
    digest = hashlib.sha256(_COMMENT.sub(b"", _BUILT_AT.sub(b"", body[:head])))
    digest.update(body[head:tail])
    digest.update(_COMMENT.sub(b"", body[tail:]))
    return digest.hexdigest()
