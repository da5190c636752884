"""How do feed lists come from and go to other readers? OPML 2.0, read by the expat of the standard library.

A list is somebody else's file: entities are refused, nesting and size are bounded, and what is no web address is
told, not taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from newswatch.domain import Feed
from newswatch.feeds.links import usable_link
from newswatch.plain_text import one_line

MOST_OUTLINES = 20_000
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed as a list of another reader names it."""

    title: str
    url: str
    site: str | None = None
    category: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class OpmlResult:
    """What a list held. `error` says why nothing, or not everything, could be read; what was read before stands."""

    outlines: tuple[Outline, ...] = ()
    repeated: int = 0
    refused: tuple[str, ...] = ()  # addresses that are not on the web
    error: str | None = None


class _Refused(Exception):  # noqa: N818 - ends the parser from within a callback
    pass


class _Reader:
    """Collects outlines while expat reads."""

    def __init__(self) -> None:
        self.found: dict[str, Outline] = {}
        self.repeated = 0
        self.refused: list[str] = []
        self._path: list[str] = []
        self._seen = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        lowered = {key.lower(): value for key, value in attributes.items()}
        title = one_line(lowered.get("title") or lowered.get("text") or "", 120)
        if name.lower() == "outline":
            self._outline(title, lowered)
        self._path.append(title)
        if len(self._path) > DEEPEST:
            raise _Refused(f"nested more than {DEEPEST} levels deep")

    def end(self, _: str) -> None:
        self._path.pop()

    def entity(self, *_: object) -> None:
        raise _Refused("declares entities, which no list of feeds needs")

    def _outline(self, title: str, attributes: dict[str, str]) -> None:
        given = attributes.get("xmlurl", "")
        if not given:
            return
        self._seen += 1
        if self._seen > MOST_OUTLINES:
            raise _Refused(f"names more than {MOST_OUTLINES:,} feeds")
        url = usable_link(given, None)
        if url is None:
            self.refused.append(one_line(given, 200))
        elif url in self.found:
            self.repeated += 1
        else:
            category = next((name for name in reversed(self._path) if name), None)
            site = usable_link(attributes.get("htmlurl"), None)
            language = attributes.get("language", "")[:2].lower() or None
            self.found[url] = Outline(title or urlsplit(url).hostname or url, url, site, category, language)


def read_opml(document: bytes) -> OpmlResult:
    """The feeds that an OPML file names, each once. Never raises; opens nothing."""
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.entity
    error = None
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes "this is all" by position
    except expat.ExpatError as fault:
        error = (
            f"not well-formed XML at line {fault.lineno}, column {fault.offset + 1}: {expat.ErrorString(fault.code)}"
        )
    except (_Refused, ValueError, LookupError) as fault:  # LookupError: an encoding that does not exist
        error = str(fault)
    if error is None and not reader.found and not reader.refused:
        error = "names no feeds (no outline with an xmlUrl)"
    return OpmlResult(tuple(reader.found.values()), reader.repeated, tuple(reader.refused), error)


def write_opml(feeds: Iterable[Feed]) -> str:
    """An OPML 2.0 file of `feeds`, which every feed reader can import."""
    lines = [
        "    <outline "
        + " ".join(
            f"{name}={quoteattr(value)}"
            for name, value in (
                ("type", "rss"),
                ("text", feed.name),
                ("title", feed.name),
                ("xmlUrl", feed.url),
                ("language", feed.language),
            )
        )
        + "/>"
        for feed in feeds
    ]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>Newswatch feeds</title></head>\n'
    )
    return head + "  <body>\n" + "\n".join(lines) + "\n  </body>\n</opml>\n"
