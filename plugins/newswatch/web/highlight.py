"""Which words of a sentence weighed? Cuts a text into pieces, marked or not; what is shown is escaped by the template."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newswatch.storage.pages.search import START, STOP

Pieces = tuple[tuple[str, bool], ...]
SHORTEST = 3  # letters; shorter terms would mark half a sentence
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def mark_terms(sentence: str, terms: Iterable[str]) -> Pieces:
    """The sentence with every word marked that stands in a term. Terms may carry tags of the model, which match no word."""
    words = {
        word.casefold() for term in terms for word in _WORD.findall(term.replace("_", " ")) if len(word) >= SHORTEST
    }
    if not words:
        return ((sentence, False),)
    pieces: list[tuple[str, bool]] = []
    end = 0
    for found in _WORD.finditer(sentence):
        if found[0].casefold() in words:
            pieces += [(sentence[end : found.start()], False), (found[0], True)]
            end = found.end()
    return _without_empty([*pieces, (sentence[end:], False)])


def mark_found(snippet: str) -> Pieces:
    """A snippet of the search, cut where the words that were sought begin and end."""
    pieces: list[tuple[str, bool]] = []
    for part in snippet.split(START):
        found, stop, rest = part.partition(STOP)
        pieces += [(found, True), (rest, False)] if stop else [(part, False)]
    return _without_empty(pieces)


def _without_empty(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    return tuple((text, marked) for text, marked in pieces if text)
