"""Which signals does an article carry, who acts on whom, and what in the text says so?

A cascade: counted features score everything; the sentence encoder is asked only about titles that leave a doubt. Body sentences
are scored by counted features alone, and pooled with the title by their weight (see `passages`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from newswatch.domain import MODALITIES, SIGNALS, Classification, Dyad, Evidence, Modality, Reading
from newswatch.signals.dyads import actors_of, dyad_of
from newswatch.signals.encoder import Encoder, joined
from newswatch.signals.explain import Explainer
from newswatch.signals.features import Segment, features_of
from newswatch.signals.heads import BINARY, Floats
from newswatch.signals.lexicon.identity import lexicon_sha
from newswatch.signals.model_store import Model, has_encoder, load_model
from newswatch.signals.passages import Passage, body_passages, head_passage, pooled, word_count
from newswatch.signals.settings import ActorList, SignalSettings
from newswatch.signals.tags import Tagger

ENGLISH = "en"
UNCLASSIFIABLE = "unclassifiable"
UNSUPPORTED = "unsupported_language"
MOST = 0.9999  # no score says that an error is impossible; a threshold of 1 never fires
_SPOKEN_OF = ("act", "plan", "threat")  # how an article with signals can stand to them
_DENIED = MODALITIES.index("denial")


@dataclass(frozen=True, slots=True)
class _Scored:
    """A passage with its row of features, its probabilities, and whether the encoder had a say."""

    passage: Passage
    row: Any
    binary: Floats
    modality: Floats
    full: bool


class Classifier:
    """A loaded model. Not safe for several threads at once; one per process."""

    def __init__(
        self, model: Model, encoder: Encoder | None, *, settings: SignalSettings, actors: ActorList, model_sha: str
    ) -> None:
        self.model_sha = model_sha
        self.thresholds = {signal: settings.thresholds.get(signal, model.thresholds[signal]) for signal in SIGNALS}
        self._model, self._encoder, self._settings = model, encoder, settings
        self._tagger = Tagger(actors)
        self._explainers: dict[bool, Explainer] = {}

    def classify(self, readings: Sequence[Reading]) -> list[Classification]:
        """One finding per reading, in order, `batch_size` at a time. Never fails on any text."""
        size = self._settings.batch_size
        return [
            found for start in range(0, len(readings), size) for found in self._batch(readings[start : start + size])
        ]

    def _batch(self, readings: Sequence[Reading]) -> Iterator[Classification]:
        passages = [self._passages(reading) for reading in readings]
        scored = iter(self._score([passage for one in passages if isinstance(one, list) for passage in one]))
        for one in passages:
            yield _unscored(one) if isinstance(one, str) else self._finding([next(scored) for _ in one])

    def _passages(self, reading: Reading) -> list[Passage] | str:
        """The passages to score, head first; or the reason why none is scored."""
        if reading.language not in (None, ENGLISH):
            return UNSUPPORTED
        head = head_passage(reading, self._tagger)
        body = body_passages(reading, self._tagger, told=head.text, limit=self._settings.max_body_sentences)
        return [head, *body] if word_count([head, *body]) >= self._settings.min_words else UNCLASSIFIABLE

    def _score(self, passages: Sequence[Passage]) -> list[_Scored]:
        if not passages:
            return []
        rows = self._model.vectorizer.rows([features_of(one.title, one.lead) for one in passages])
        cheap = self._model.cheap.probabilities(rows)
        found = [
            _Scored(passage, rows[i], cheap.binary[i], cheap.modality[i], full=False)
            for i, passage in enumerate(passages)
        ]
        for i, better in self._look_again(found):
            found[i] = better
        return found

    def _look_again(self, scored: Sequence[_Scored]) -> list[tuple[int, _Scored]]:
        """The titles that leave a doubt, scored anew with the encoder's vector."""
        import scipy.sparse as sparse

        any_signal = BINARY.index("any")
        doubtful = [
            i for i, one in enumerate(scored) if one.passage.weight == 1 and one.binary[any_signal] >= self._model.doubt
        ]
        if self._encoder is None or not doubtful:
            return []
        texts = [joined(scored[i].passage.text, scored[i].passage.lead_text) for i in doubtful]
        counted = sparse.vstack([scored[i].row for i in doubtful])
        rows = sparse.hstack([counted, sparse.csr_matrix(self._encoder.vectors(texts))], format="csr")
        full = self._model.full.probabilities(rows)
        return [
            (i, _Scored(scored[i].passage, rows[n], full.binary[n], full.modality[n], full=True))
            for n, i in enumerate(doubtful)
        ]

    def _finding(self, scored: Sequence[_Scored]) -> Classification:
        weights = np.array([one.passage.weight for one in scored])
        pool = pooled(weights, np.array([one.binary[: len(SIGNALS)] for one in scored]))
        scores = {signal: min(round(float(pool[i]), 4), MOST) for i, signal in enumerate(SIGNALS)}
        # the head's own probabilities, rounded as the others are, so that stored scores decide as these do
        alone = {signal: round(float(scored[0].binary[i]), 4) for i, signal in enumerate(SIGNALS)}
        found = sorted((s for s in SIGNALS if scores[s] >= self.thresholds[s]), key=lambda s: -scores[s])
        head = tuple(s for s in found if alone[s] >= self.thresholds[s])
        fired = [*head, *(s for s in found if s not in head)]
        deciding = _deciding(scored, fired[0]) if fired else scored[0]
        modality, modality_score = _modality(deciding.modality, fired=bool(fired))
        segments = _segments(deciding, scored)
        return Classification(
            signals=tuple(fired),
            scores=scores,
            modality=modality,
            dyad=dyad_of(segments, fired[0] if fired else None),
            actors=actors_of(segments),
            evidence=self._evidence(scored, fired),
            modality_score=modality_score,
            head=head,
            head_scores=alone,
        )

    def _evidence(self, scored: Sequence[_Scored], fired: Sequence[str]) -> tuple[Evidence, ...]:
        """For the signals that fired: the passage that says it loudest, with its terms; each passage once."""
        found: dict[str, Evidence] = {}
        for signal in fired:
            best = _deciding(scored, signal)
            if best.passage.text not in found:
                terms = self._explainer(full=best.full).terms(best.row, signal, count=self._settings.evidence_terms)
                found[best.passage.text] = Evidence(best.passage.text, terms)
        return tuple(found.values())[: self._settings.evidence_sentences]

    def _explainer(self, *, full: bool) -> Explainer:
        if full not in self._explainers:
            head = self._model.full if full else self._model.cheap
            self._explainers[full] = Explainer(head, self._model.vectorizer.names)
        return self._explainers[full]


def load_classifier(folder: Path, *, settings: SignalSettings, actors: ActorList) -> Classifier:
    """The model in `folder`, ready to classify; takes under a second. Raises ModelError when it cannot be trusted."""
    model, sha = load_model(folder, lexicon_sha=lexicon_sha())
    use_encoder = settings.use_encoder and has_encoder(folder)
    encoder = Encoder(folder, threads=settings.encoder_threads) if use_encoder else None
    return Classifier(model, encoder, settings=settings, actors=actors, model_sha=sha)


def _unscored(reason: str) -> Classification:
    return Classification(signals=(), scores={}, modality="none", dyad=Dyad(), reason=reason)


def _deciding(scored: Sequence[_Scored], signal: str) -> _Scored:
    """The passage whose weighed probability of `signal` is highest; the earliest of equals."""
    index = SIGNALS.index(signal)
    return max(scored, key=lambda one: one.passage.weight * one.binary[index])


def _segments(deciding: _Scored, scored: Sequence[_Scored]) -> list[Segment]:
    """Where to look for actors: the deciding passage, then title and lead."""
    ordered = dict.fromkeys([id(deciding), id(scored[0])])
    by_id = {id(one): one for one in (deciding, scored[0])}
    return [
        segment
        for key in ordered
        for segment in (by_id[key].passage.title, by_id[key].passage.lead)
        if segment is not None
    ]


def _modality(probabilities: Floats, *, fired: bool) -> tuple[Modality, float]:
    """The likeliest modality. With signals it is act, plan or threat, unless a denial is likelier than all three together."""
    spoken_of = [MODALITIES.index(one) for one in _SPOKEN_OF]
    allowed = spoken_of if fired else [i for i in range(len(MODALITIES)) if i not in spoken_of]
    if fired and probabilities[_DENIED] > probabilities[spoken_of].sum():
        allowed = [_DENIED]
    best = max(allowed, key=lambda i: probabilities[i])
    return MODALITIES[best], round(float(probabilities[best]), 4)  # type: ignore[return-value]  # MODALITIES spells the literal
