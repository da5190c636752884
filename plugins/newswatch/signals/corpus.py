"""Which items does the model learn from? The labelled articles under seeds/articles, read and checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newswatch.domain import MODALITIES, SIGNALS
from newswatch.errors import ModelError


@dataclass(frozen=True, slots=True)
class Seed:
    """One labelled item: what it says, and what a careful reader found in it."""

    title: str
    lead: str
    body: str
    signals: tuple[str, ...]
    modality: str
    source: str | None
    target: str | None
    file: str  # the seeds file it stands in, without its ending

    @property
    def key(self) -> str:
        """sha256 (16 hex digits) of title and lead: names the item wherever it stands."""
        return hashlib.sha256(f"{self.title}\n{self.lead}".encode()).hexdigest()[:16]


def read_corpus(folder: Path) -> list[Seed]:
    """Every item of every `*.jsonl` in `folder`, files in order of name; an item that stands twice is read once.

    Raises ModelError naming file and line when an item cannot be used.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise ModelError(
            f"{folder}: no *.jsonl files to train from. Pass the folder of labelled articles (seeds/articles)."
        )
    seeds = [seed for file in files for seed in _read_file(file)]
    return list({seed.key: seed for seed in seeds}.values())


def corpus_sha(seeds: Sequence[Seed]) -> str:
    """sha256 over the labelled content, whatever files it lies in: the same items give the same hash."""
    lines = sorted(
        f"{seed.key} {','.join(sorted(seed.signals))} {seed.modality} {hashlib.sha256(seed.body.encode()).hexdigest()}"
        for seed in seeds
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _read_file(file: Path) -> list[Seed]:
    seeds = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            seeds.append(_read_line(line, f"{file}:{number}", file.stem))
    return seeds


def _read_line(line: str, where: str, stem: str) -> Seed:
    try:
        fields = json.loads(line)
        seed = Seed(
            title=fields["title"], lead=fields.get("lead") or "", body=fields.get("body") or "",
            signals=tuple(fields["signals"]), modality=fields["modality"],
            source=fields.get("source"), target=fields.get("target"), file=stem,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{where}: not a labelled item ({error}). Mend the line; nothing was trained.") from None
    if unknown := set(seed.signals) - set(SIGNALS):
        raise ModelError(
            f"{where}: unknown signals {sorted(unknown)}; known: {', '.join(SIGNALS)}. Nothing was trained."
        )
    if seed.modality not in MODALITIES:
        raise ModelError(
            f"{where}: unknown modality {seed.modality!r}; known: {', '.join(MODALITIES)}. Nothing was trained."
        )
    return seed
