"""Who said it first? Nine reprints of one agency report are one origin.

In this order: the agency or authority the text itself names, the outlet an aggregator names, the publisher's family.
Copies of one text are given the origin of the first (see `newswatch.stories.window`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newswatch.domain import Report


@dataclass(frozen=True, slots=True)
class Voice:
    """A source that reports name: an agency, an authority, a state's media. `state` is the side it speaks for."""

    origin: str
    state: str | None
    names: str  # a pattern of its names alone
    pattern: re.Pattern[str]  # its names beside a word of saying


def _voice(origin: str, state: str | None, names: str) -> Voice:
    said = r"(said|says|reports?|reported|confirm(s|ed)?|claim(s|ed)?|announce(s|d)|according|state media|quoted)"
    before = rf"\b({names})\b.{{0,60}}?\b{said}"
    after = rf"\b(according to|citing|cited by|told|reported by|quoting)\b.{{0,40}}?\b({names})\b"
    return Voice(origin, state, names, re.compile(f"{before}|{after}", re.IGNORECASE))


VOICES = (
    _voice("KCNA", "PRK", r"KCNA|Korean Central News Agency|North Korean? (state )?media|Rodong Sinmun"),
    _voice(
        "ROK Joint Chiefs of Staff",
        "KOR",
        r"Joint Chiefs( of Staff)?|JCS|South Korea'?s? (military|defen[cs]e ministry)|Seoul'?s? (military|defen[cs]e ministry)",
    ),
    _voice(
        "Japan's government",
        "JPN",
        r"Japan(ese)?('s)? (coast guard|defen[cs]e (ministry|minister)|prime minister|government)",
    ),
    _voice("US Indo-Pacific Command", "USA", r"Indo-Pacific Command|INDOPACOM"),
    _voice(
        "Pentagon", "USA", r"Pentagon|US officials?|U\.S\. officials?|senior US official|White House|State Department"
    ),
    _voice("Russian authorities", "RUS", r"Kremlin|Russia'?s? (defen[cs]e|foreign) ministry|RIA|Interfax|TASS"),
    _voice(
        "Ukrainian authorities",
        "UKR",
        r"Kyiv|Ukraine'?s? (military|general staff|president|defen[cs]e ministry)|Zelensky\w*",
    ),
    _voice(
        "Chinese authorities",
        "CHN",
        r"Xinhua|China'?s? (defen[cs]e|foreign) ministry|Global Times|Eastern Theat(er|re) Command",
    ),
    _voice("Taiwan's defence ministry", "TWN", r"Taiwan'?s? defen[cs]e ministry|Taipei'?s? defen[cs]e ministry"),
    _voice("Iranian media", "IRN", r"IRNA|Fars|Tasnim|Iran(ian)?('s)? state (media|TV|television)|Press TV"),
    _voice("Israel Defense Forces", "ISR", r"IDF|Israel(i)?('s)? (military|army|defen[cs]e (forces|ministry))"),
    _voice("Yonhap", None, r"Yonhap"),
    _voice("Reuters", None, r"Reuters"),
    _voice("AP", None, r"Associated Press|AP"),
    _voice("AFP", None, r"AFP|Agence France-Presse"),
    _voice("Kyodo", None, r"Kyodo"),
    _voice("NHK", None, r"NHK"),
)
"""Order decides: a state's own voice is nearer to the event than an agency that carries it."""

_ANY_NAME = re.compile(
    "|".join(voice.names for voice in VOICES), re.IGNORECASE
)  # most reports name none: one look, not seventeen
_STATE_VOICE = re.compile(r"\b(state media|state news agency|state TV|state television)\b", re.IGNORECASE)
_OWN_CLAIM = re.compile(
    r"^.{0,30}\b(says|claims|confirms|announces|admits|boasts)\b.{0,12}\b(it|its|test|success|to have)\b", re.IGNORECASE
)
LEAD_CHARACTERS = 600  # who said so stands in the first sentences; deeper mentions are background


def origin_of(report: Report) -> str:
    """The origin of a report, in words fit for an alert."""
    voice = voice_of(report)
    if voice is not None:
        return voice.origin
    if _STATE_VOICE.search(_opening(report)) and report.dyad.source:
        return f"{report.dyad.source} state media"
    return report.outlet or report.family or report.publisher


def voice_of(report: Report) -> Voice | None:
    """The agency or authority the report names as its source, or None."""
    opening = _opening(report)
    if not _ANY_NAME.search(opening):
        return None
    return next((voice for voice in VOICES if voice.pattern.search(opening)), None)


def confirms_itself(report: Report) -> bool:
    """Whether the acting side itself says so: its media or authorities are the origin, or the publisher is its state's."""
    actor = report.dyad.source
    if actor is None or report.modality not in ("act", "threat", "plan"):
        return False
    if report.state_media == actor:
        return True
    opening = _opening(report)
    if any(voice.state == actor and voice.pattern.search(opening) for voice in VOICES):
        return True
    return bool(_STATE_VOICE.search(opening) or _OWN_CLAIM.search(report.title))


def _opening(report: Report) -> str:
    return f"{report.title}. {report.lead or report.text}"[:LEAD_CHARACTERS]
