"""Which words of a report tell happenings apart, and how much does each weigh?

Names weigh most, numbers more than plain words, and the words every agency uses ("says", "report", "missile" is not one of
them) least. Weights are fixed rather than learned from the window, so that a replay groups exactly as the live system did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME, NUMBER, PLAIN, COMMON = 2.0, 1.5, 1.0, 0.25
LEAD_WORDS = 60  # the inverted pyramid: what happened, where and when stands in the first sentences
TITLE_CASE_SHARE = 0.6  # from this share of capitalised words a headline is in Title Case and capitals say nothing

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’-]*")
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "may",
        "might",
        "more",
        "most",
        "new",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "one",
        "or",
        "other",
        "our",
        "out",
        "over",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "under",
        "up",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "after",
        "amid",
        "before",
        "against",
        "about",
        "during",
        "since",
        "until",
        "toward",
        "towards",
        "via",
        "per",
        "just",
        "also",
        "s",
    ]
)
_COMMON = frozenset(
    [
        "say",
        "report",
        "accord",
        "official",
        "state",
        "media",
        "news",
        "country",
        "government",
        "president",
        "minister",
        "leader",
        "military",
        "force",
        "army",
        "people",
        "year",
        "month",
        "week",
        "day",
        "today",
        "yesterday",
        "hour",
        "time",
        "latest",
        "update",
        "live",
        "watch",
        "video",
        "photo",
        "world",
        "nation",
        "statement",
        "spokesman",
        "spokesperson",
        "source",
        "agency",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "morning",
        "evening",
        "night",
        "cnn",
        "bbc",
        "reuter",
    ]
)
_SUFFIXES = ("ings", "ing", "edly", "ed", "es", "s")


def weighted_words(title: str, lead: str = "") -> dict[str, float]:
    """Each telling word of title and lead with its weight; words are lower-cased and cut to a crude stem."""
    weights = dict(_title_words(title))
    for word, weight in _words(" ".join(lead.split()[:LEAD_WORDS])):
        weights[word] = max(weight, weights.get(word, 0.0))
    return weights


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Share (0..1) of the shorter report's weight that both have in common; 0 when fewer than two words are shared."""
    if len(other) < len(one):
        one, other = other, one
    shared = [min(weight, other[word]) for word, weight in one.items() if word in other]
    if len(shared) < 2:
        return 0.0
    return sum(shared) / max(min(sum(one.values()), sum(other.values())), 5.0)


def title_likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Weighted Jaccard (0..1) of two headlines: 1 for the same words in any order."""
    union = sum(max(one.get(word, 0.0), other.get(word, 0.0)) for word in one.keys() | other.keys())
    return sum(min(weight, other.get(word, 0.0)) for word, weight in one.items()) / union if union else 0.0


def _title_words(title: str) -> list[tuple[str, float]]:
    found = _WORD.findall(title)
    capitals = sum(word[0].isupper() for word in found)
    if capitals > TITLE_CASE_SHARE * len(found):
        title = title.lower()
    return _words(title)


def _words(text: str) -> list[tuple[str, float]]:
    words = []
    for match in _WORD.finditer(text):
        raw = match.group().replace("’", "'").removesuffix("'s")
        if raw.lower() not in _STOP and len(raw) > 1:
            words.append(_weighed(raw, starts_sentence=text[: match.start()].rstrip()[-1:] in ("", ".", ":", "!", "?")))
    return words


def _weighed(raw: str, *, starts_sentence: bool) -> tuple[str, float]:
    word = stem(raw.lower())
    if word in _COMMON:
        return word, COMMON
    if raw[0].isdigit():
        return word, NUMBER
    return word, NAME if raw[0].isupper() and not starts_sentence else PLAIN


def stem(word: str) -> str:
    """The word without its commonest English endings: "fires", "fired" and "firing" are one word."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: -len(suffix)]
            break
    return word.removesuffix("e") if len(word) > 4 else word
