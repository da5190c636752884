"""Who acts on whom? The directed pair of a text, by position and voice; a side that is not said stays open.

Active: the actor before the deciding verb acts on the one after it ("Iran seizes Greek tanker": IRN→GRC). Passive turns the pair
round ("Greek tanker seized by Iran"). Some words name the acted-upon by themselves ("attack on Israel", "sanctions against Iran",
"talks with Pyongyang"). A speaker at the end ("…: Seoul", "…, says JCS") reports and does not act. One actor alone is the source,
unless the words make it the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from newswatch.domain import Dyad
from newswatch.signals.features import Segment
from newswatch.signals.tags import Tag

_ACTS = frozenset(
    """
    FIRE TEST STRIKE KILL DOWN CLASH DEPLOY VIOLATE SEIZE IMPOSE LIFT EXPEL SEVER RESUME AGREE MEET WITHDRAW RELEASE
    CEASE DISMANTLE ENRICH THREATEN RETALIATE CONDEMN ACCUSE DENY HACK HOLD PREPARE
    """.split()  # noqa: SIM905  # a list of words reads better as text
)
_OBJECT_BEFORE = frozenset(
    """
    on against at into toward towards over near in with to from upon off
    """.split()  # noqa: SIM905  # a list of words reads better as text
)
_SOURCE_BEFORE = frozenset(["by", "behind"])
_REPORTING = frozenset(["says", "say", "said", "reports", "report", "claims", "according", "confirms", "tells"])
_HAPPENS_SOMEWHERE = frozenset(("attack", "incursion"))
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "gets", "got"])


@dataclass(frozen=True, slots=True)
class Mention:
    """One actor in a sentence: its code, where its words stand, and what its place makes of it."""

    code: str
    start: int
    end: int
    role: str  # "by" (named as the doer), "on" (named as the object), "speaker" or "" (to be told by position)


def dyad_of(segments: Sequence[Segment], signal: str | None = None) -> Dyad:
    """The pair of the first segment (title, then lead) that names anybody; a missing side is filled from the next ones."""
    source: str | None = None
    target: str | None = None
    for segment in segments:
        found = _pair(segment, signal)
        if source is None and found.source != target:
            source = found.source
        if target is None and found.target != source:
            target = found.target
        if source and target:
            break
    return Dyad(source, target)


def actors_of(segments: Sequence[Segment]) -> tuple[str, ...]:
    """Every actor code named, in order of first mention."""
    return tuple(dict.fromkeys(tag.actor for segment in segments for tag in segment.tags if tag.actor))


def _pair(segment: Segment, signal: str | None) -> Dyad:
    mentions = _mentions(segment)
    if signal in _HAPPENS_SOMEWHERE and len(mentions) > 1 and _is_dateline(segment, mentions[0]):
        mentions = [*mentions[1:], replace(mentions[0], role="on")]
    acting = [one for one in mentions if one.role != "speaker"] or mentions
    if not acting:
        return Dyad()
    doer = next((one.code for one in acting if one.role == "by"), None)
    if doer is not None:
        return Dyad(doer, next((one.code for one in acting if one.code != doer), None))
    verb = _deciding_verb(segment, acting)
    return _by_position(segment, acting, verb)


def _by_position(segment: Segment, mentions: Sequence[Mention], verb: Tag | None) -> Dyad:
    """Before the verb: source, after it: target; a passive verb turns them round."""
    if verb is None:
        source = next((one.code for one in mentions if one.role != "on"), None)
        return Dyad(source, _other(mentions, source))
    before = [one for one in mentions if one.end <= verb.start]
    after = [one for one in mentions if one.start >= verb.end]
    if not before:
        first = mentions[0]
        return Dyad(None, first.code) if first.role == "on" else Dyad(first.code, _other(mentions, first.code))
    if _is_passive(segment, verb):
        return Dyad(_other(after, before[0].code), before[0].code)
    source = before[0].code
    if before[0].role == "on":
        return Dyad(_other(mentions, source), source)
    return Dyad(source, _other([*after, *before], source))


def _other(mentions: Sequence[Mention], code: str | None) -> str | None:
    """The first actor named that is not `code`; one that a word marks as the object comes before the others."""
    others = [one for one in mentions if one.code != code]
    marked = [one for one in others if one.role == "on"]
    return next((one.code for one in (*marked, *others)), None)


def _mentions(segment: Segment) -> list[Mention]:
    words = segment.words.words
    found = []
    for tag in segment.tags:
        if tag.actor is None:
            continue
        before = words[tag.start - 1] if tag.start else ""
        if before == "the" and tag.start > 1:
            before = words[tag.start - 2]
        found.append(Mention(tag.actor, tag.start, tag.end, _role(words, tag, before)))
    return found


def _role(words: Sequence[str], tag: Tag, before: str) -> str:
    speaks_last = tag.end >= len(words) - 2 and (before == ":" or before in _REPORTING)
    if speaks_last or (tag.end == len(words) - 1 and words[-1] in _REPORTING):
        return "speaker"
    if before in _SOURCE_BEFORE:
        return "by"
    return "on" if before in _OBJECT_BEFORE else ""


def _is_dateline(segment: Segment, first: Mention) -> bool:
    """ "Somalia: Shabaab gunmen storm hotel": the first name says where."""
    words = segment.words.words
    return first.start == 0 and first.end < len(words) and words[first.end] == ":"


def _deciding_verb(segment: Segment, mentions: Sequence[Mention]) -> Tag | None:
    """The first deed after the first actor; failing that, the first deed at all."""
    deeds = [tag for tag in segment.tags if tag.actor is None and not _ACTS.isdisjoint(tag.classes)]
    after = [tag for tag in deeds if tag.start >= mentions[0].end]
    return next(iter(after or deeds), None)


def _is_passive(segment: Segment, verb: Tag) -> bool:
    """ "is seized", "seized by": the one before the verb is acted upon."""
    words = segment.words.words
    helped = (
        verb.start > 0 and words[verb.start - 1] in _BE and words[verb.start].endswith(("ed", "en", "wn", "t", "d"))
    )
    return helped or (verb.end < len(words) and words[verb.end] == "by")
