"""Which words does a text say, and where do they stand?

Words are lower-cased and bare of accents and possessives; hyphens part them ("test-fire" is two words). Abbreviations with
dots stay whole ("u.s."), numbers become classes, and the marks that carry meaning (? ! " : ) are words of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_WORDS = 400  # of one sentence or title; longer runs are junk, not language

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S., U.N.
    r"|\d[\d.,:]*\d|\d"  # 16,000  7.5  10:30
    r"|[A-Za-z]+(?:'[A-Za-z]+)?"  # korea's, don't
    r"|[?!\":]"
)
_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": " ", "\u00a0": " "}
)
_SOURCE_TAG = re.compile(
    r"^\s*(?:bbc news\s*[-–|:]\s*|update \d+\s*[-–:]\s*|(?:breaking|report|exclusive)\s*:\s*)"
    r"|\s*(?:[-–|]\s*(?:bbc news|yonhap(?: news)?|reuters|cnn(?:\.com)?|voice of america|xinhua|the guardian|afp|ap)\s*)+$"
    r"|\s*[\[(]\s*x-?post[^\])]*[\])]|\s*x-?post from \S+\s*$|https?://\S+",
    re.IGNORECASE,
)
_PRONOUN_AFTER = frozenset(
    """
    let tell give gives help make makes leaves join of with between among around show teach
    """.split()  # noqa: SIM905  # a list of words reads better as text
)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\]\"”’%][.!?])[\"”’)]*\s+(?=[\"“‘(A-Z0-9])|\n+")
_STATES_AS_LETTERS = {"US": "u.s.", "USA": "u.s.", "UK": "u.k.", "UN": "u.n.", "EU": "e.u."}
_DOTLESS = {"u.s.a.": "u.s.", "d.p.r.k.": "dprk", "r.o.k.": "rok", "n.k.": "nk", "s.k.": "sk", "u.a.e.": "uae"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text."""

    text: str  # the folded text they were read from
    words: tuple[str, ...]
    cased: bool  # False: written without capitals, as archives do, so capitals tell nothing


def read_words(text: str) -> Words:
    """`text` as words. Never fails; an empty text has no words."""
    folded = fold(text)
    raws = _WORD.findall(folded)[:MAX_WORDS]
    cased = not folded.islower()
    if folded.isupper():
        raws = [raw.lower() for raw in raws]
    words = [plain(raw) for raw in raws]
    if not cased and "us" in words:
        words = [_us_or_state(words, i) if word == "us" else word for i, word in enumerate(words)]
    return Words(folded, tuple(words), cased)


def fold(text: str) -> str:
    """Typographic quotes and dashes made plain, accents dropped, tags of outlets and addresses removed."""
    text = text.translate(_FOLD)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SOURCE_TAG.sub(" ", text) if _may_have_tag(text) else text


def _may_have_tag(text: str) -> bool:
    """A cheap look that spares most texts the costly pattern."""
    return ":" in text[:24] or "|" in text or " - " in text or "http" in text or "post" in text


def sentences(text: str) -> list[str]:
    """`text` cut at line ends and after full stops that end a sentence ("U.S. officials" stays whole); blanks dropped."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def _us_or_state(words: Sequence[str], place: int) -> str:
    """In text without capitals "us" is a country unless the words around it make it a pronoun."""
    is_pronoun = place and (words[place - 1] in _PRONOUN_AFTER or place == len(words) - 1)
    return "us" if is_pronoun else "u.s."


@lru_cache(maxsize=200_000)
def plain(raw: str) -> str:
    """One word without case, possessive or digits: "Korea's" -> "korea", "16,000" -> "#", "1994" -> "#year"."""
    if raw in _STATES_AS_LETTERS:
        return _STATES_AS_LETTERS[raw]
    word = raw.lower()
    if word[0].isdigit():
        return "#year" if len(word) == 4 and word.isdigit() and word[:2] in ("18", "19", "20") else "#"
    if word.endswith("'s"):
        return word[:-2]
    if word.endswith("n't"):
        return "not"
    return _DOTLESS.get(word, word.replace("'", ""))


_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", "e"), ("s", ""))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The word without its inflection, roughly ("fired", "fires", "firing" -> "fir"); good enough to count by."""
    if len(word) < 4 or not word.isalpha() or word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
