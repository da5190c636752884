"""How are the tables of the lexicon written? Phrases with commas between them, broken over lines as the page needs."""

from __future__ import annotations


def listed(phrases: str) -> list[str]:
    """The phrases of a table's entry, each with single blanks."""
    return [" ".join(phrase.split()) for phrase in phrases.split(",") if phrase.strip()]
