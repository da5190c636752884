"""What does this say, as plain text that is safe to store, to log and to show?

Publishers send markup, control characters, invisible ones that reverse the reading direction, and broken Unicode.
None of it leaves this module: what comes out is what a reader would see.
"""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_MARKUP = 400_000  # characters of markup looked at; the longest honest article has a quarter of that
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[#a-zA-Z]")
_SPACE = re.compile(r"\s+")  # line breaks mean nothing in HTML
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
# C0 and C1 controls but tab and newline; zero-width and direction controls; line and paragraph separators; lone
# surrogates;
# noncharacters; the tag characters that can hide whole sentences. The zero-width joiners stay: Persian, Hindi and
# emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "head")
_BLOCKS = (
    "p",
    "br",
    "div",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figure",
    "section",
    "article",
)


def storable(text: str) -> str:
    """`text` without characters that PostgreSQL refuses or a reader cannot see; line breaks are `\\n`, form is NFC."""
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str, longest: int) -> str:
    """`text` storable, on one line, cut at a word to at most `longest` characters (then ending in `…`)."""
    return shortened(" ".join(storable(text).split()), longest)


def shortened(text: str, longest: int) -> str:
    """`text` itself, or its first words with `…`, at most `longest` characters."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > longest * 0.8 else cut).rstrip() + "…"


def paragraphs(text: str) -> str:
    """`text` storable, without blank lines, and with single spaces."""
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", storable(text))).strip()


def text_of_html(markup: str) -> str:
    """What a reader would see of `markup`: no tags, scripts or comments; entities resolved; a line for each block."""
    if not _MARKUP.search(markup):
        return paragraphs(markup)
    return paragraphs(_rendered(markup[:LONGEST_MARKUP]))


def _rendered(markup: str) -> str:
    from lxml import etree
    from lxml import html as lxml_html

    # Without "<" there is nothing to parse, and entities alone are resolved ten times faster.
    if "<" not in markup:
        return html.unescape(markup)
    try:
        tree = lxml_html.fragment_fromstring(_SPACE.sub(" ", _UNWANTED.sub("", markup)), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return html.unescape(re.sub(r"<[^>]*>", " ", markup))
    for unseen in list(tree.iter(*_UNSEEN, etree.Comment, etree.ProcessingInstruction)):
        unseen.drop_tree()
    for block in tree.iter(*_BLOCKS):
        block.tail = "\n" + (block.tail or "")
    return str(tree.text_content())
