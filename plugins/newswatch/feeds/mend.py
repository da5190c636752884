"""Which small faults of a feed document can be put right before it is parsed?

One bare ampersand makes XML ill-formed, and feedparser then falls back to a parser that is slower and guesses more ("Q&A" became
"Q&A;"). The commonest faults are mended in the bytes instead, outside CDATA, where the same characters are no fault.
"""

from __future__ import annotations

import codecs
import re
from html.entities import name2codepoint

_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\x00?\x00": "utf-16-le",
    b"\x00<\x00?": "utf-16-be",
}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SAYS_WIDE = re.compile(
    rb"^\s*<\?xml[^>]{0,100}encoding=[\"'](?:utf-?16|utf-?32|ucs-?[24])[^>]{0,100}\?>", re.IGNORECASE
)
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_CDATA_OR_REFERENCE = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(#x?[0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};|)", re.DOTALL
)
_XML_NAMES = frozenset({b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"})


def mended(body: bytes) -> bytes:
    """`body` in an encoding of one byte for each ASCII letter, without control characters and ill-formed references."""
    body = _one_byte_for_a_letter(body).translate(None, _CONTROLS).lstrip()
    if b"&" not in body or b"<!ENTITY" in body[:65_536]:
        return body  # a document that declares entities means them
    return _CDATA_OR_REFERENCE.sub(_proper, body)


def _one_byte_for_a_letter(body: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8; and UTF-8 that calls itself UTF-16, a common slip, without that claim."""
    for start, encoding in _WIDE.items():
        if body.startswith(start):
            return _DECLARATION.sub("", body.decode(encoding, "replace").lstrip("\ufeff")).encode("utf-8", "replace")
    return _SAYS_WIDE.sub(b"", body)


def _proper(found: re.Match[bytes]) -> bytes:
    name = found.group(1)
    if name is None or name in _XML_NAMES:
        return found.group()  # CDATA, a comment, or one of XML's own five
    if not name:
        return b"&amp;"
    if name.startswith(b"#"):
        return found.group() if _is_character(name[1:-1]) else b""
    code = name2codepoint.get(name[:-1].decode("ascii"))
    return b"&#%d;" % code if code else b"&amp;" + name


def _is_character(number: bytes) -> bool:
    """Whether a numeric reference names a character that XML 1.0 allows."""
    hexadecimal = number[:1] in b"xX"
    if not hexadecimal and not number.isdigit():
        return False
    code = int(number[1:], 16) if hexadecimal else int(number)
    return (
        code in (0x09, 0x0A, 0x0D) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    )
