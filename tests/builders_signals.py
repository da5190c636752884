"""Short ways to a segment, a list of actors and a tiny labelled corpus."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

from newswatch.domain import SIGNALS
from newswatch.signals.features import Segment
from newswatch.signals.passages import segment_of
from newswatch.signals.settings import ActorList
from newswatch.signals.tags import Tagger
from newswatch.yaml_file import read_yaml

REPOSITORY = Path(__file__).resolve().parents[1]
MODEL = REPOSITORY / "seeds" / "model"
COUNTRIES = (
    "Iran",
    "India",
    "Russia",
    "China",
    "Turkey",
    "Japan",
    "Egypt",
    "Sudan",
    "Chad",
    "Cuba",
    "Peru",
    "Mali",
    "Iraq",
    "Oman",
    "Laos",
    "Fiji",
)
SHARED = Path(os.environ.get("NEWSWATCH_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))


@lru_cache(maxsize=1)
def the_actors() -> ActorList:
    return read_yaml(REPOSITORY / "config" / "actors.yaml", ActorList)


@lru_cache(maxsize=1)
def the_tagger() -> Tagger:
    return Tagger(the_actors())


def a_segment(text: str) -> Segment:
    return segment_of(text, the_tagger())


def a_corpus(folder: Path) -> Path:
    """Two hundred labelled items in `folder`: enough to fit every head, too few to mean anything."""
    verbs = {
        "none": "wins cup",
        "launch": "fires missile",
        "attack": "bombs town",
        "threat": "threatens war",
        "": "opens museum with flowers",
    }
    signals = ("nuclear", "mobilization", "incursion", "sanction", "rupture", "cyber", "condemnation", "deescalation")
    lines = []
    for number, country in enumerate(COUNTRIES):
        for signal, words in verbs.items():
            lines.append(_line(f"{country} {words} on day {number}", [signal] if signal in SIGNALS else [], number))
        for signal in signals:
            lines.append(_line(f"{country} {signal} report of the week {number}", [signal], number))
    (folder / "items.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _line(title: str, signals: list[str], number: int) -> str:
    likely = ("act", "plan", "threat") if signals else ("none", "comment", "denial", "retrospective")
    return json.dumps({"title": title, "lead": "", "signals": signals, "modality": likely[number % len(likely)]})
