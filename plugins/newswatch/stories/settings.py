"""What may the tuner decide about stories, their severity and the escalation index? Sections of config/classifier.yaml."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from newswatch.domain import MODALITIES, SIGNALS
from newswatch.patterns import problem_of

STRICT = ConfigDict(frozen=True, extra="forbid")


class StorySettings(BaseModel):
    """When are two reports one happening?"""

    model_config = STRICT

    window_hours: float = Field(
        72, gt=0, description="A story without a new report for so long is quiet and takes no more."
    )
    max_age_hours: float = Field(
        168, gt=0, description="No story takes reports longer than this, however often it is fed."
    )
    near_duplicate: float = Field(
        0.5, gt=0, le=1, description="Likeness of two texts' fingerprints from which they are copies of one another."
    )
    same_title: float = Field(0.75, gt=0, le=1, description="Likeness of two headlines from which they are copies.")
    alike: float = Field(
        0.32,
        gt=0,
        le=1,
        description="Share of weighted words in common from which two reports of one pair are one story.",
    )
    alike_unknown_pair: float = Field(
        0.5,
        gt=0,
        le=1,
        description="The same where a pair is not known on one side, so that text must carry the weight.",
    )
    alike_hours: float = Field(48, gt=0, description="Likeness of text joins reports no further apart than this.")
    same_act_hours: float = Field(
        30,
        gt=0,
        description="A one-sided act of the same actor within this time is the same act, however it is worded.",
    )
    same_place_hours: float = Field(
        12, gt=0, description="What one pair does in one named place within this time is one happening."
    )
    one_sided: tuple[str, ...] = Field(
        ("launch", "nuclear"), description="Signals that are the act of one side; the target does not tell two apart."
    )
    new_event_hours: float = Field(
        1.0,
        gt=0,
        description="A second act on one day counts only when reported at least so long after the one before.",
    )
    max_candidates: int = Field(
        40, ge=1, description="Most stories one report is compared with, those that share most with it."
    )

    @field_validator("one_sided")
    @classmethod
    def _known(cls, signals: tuple[str, ...]) -> tuple[str, ...]:
        return _known_signals(signals)


class WatchedPair(BaseModel):
    """A directed pair the desk cares about more, or less. `*` stands for any actor or none."""

    model_config = STRICT

    source: str = Field("*", description="Who acts: ISO alpha-3 or actor code, * for anyone.")
    target: str = Field("*", description="On whom: ISO alpha-3 or actor code, * for anyone.")
    weight: float = Field(1.0, ge=0, le=5, description="Multiplies the severity.")


class Intensity(BaseModel):
    """Words that make the same signal graver."""

    model_config = STRICT

    name: str = Field(description="Shown in the alert.")
    pattern: str = Field(description="Regular expression (RE2) over title and lead, case ignored.")
    weight: float = Field(1.0, ge=0, le=5, description="Multiplies the severity; of several the greatest counts.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        if problem := problem_of(pattern):
            raise ValueError(problem)
        return pattern


INTENSITIES = (
    Intensity(
        name="war",
        pattern=r"\b(declar\w+ war|full[- ]scale (war|invasion)|invad(es|ed)|invasion (begins|of)|martial law)\b",
        weight=1.6,
    ),
    Intensity(name="nuclear test", pattern=r"\b(nuclear (test|device|detonation)|hydrogen bomb)\b", weight=1.4),
    Intensity(
        name="strategic weapon", pattern=r"\b(icbm|intercontinental|hypersonic|over japan|hwasong-1[5-9])\b", weight=1.3
    ),
    Intensity(
        name="many killed",
        pattern=r"\b(dozens|scores|hundreds|at least [2-9]\d) (\w+ ){0,3}(killed|dead|die)\b",
        weight=1.25,
    ),
)


class SeveritySettings(BaseModel):
    """How grave is a story? The score is the product of the factors below; `levels` cuts it into 1..5."""

    model_config = STRICT

    signals: dict[str, float] = Field(
        default_factory=lambda: {
            "nuclear": 0.95,
            "launch": 0.9,
            "attack": 0.8,
            "incursion": 0.7,
            "threat": 0.6,
            "mobilization": 0.6,
            "cyber": 0.55,
            "rupture": 0.55,
            "sanction": 0.45,
            "deescalation": 0.35,
            "condemnation": 0.3,
        },
        description="Weight of each signal; a story counts its heaviest.",
    )
    modalities: dict[str, float] = Field(
        default_factory=lambda: {
            "act": 1.0,
            "threat": 0.95,
            "plan": 0.55,
            "denial": 0.0,
            "retrospective": 0.0,
            "comment": 0.0,
            "none": 0.0,
        },
        description="Weight of each modality; 0 pages nobody.",
    )
    certainty_floor: float = Field(
        0.5, ge=0, le=1, description="Factor of a score of 0; a score of 1 counts 1, between them a straight line."
    )
    origins: tuple[float, ...] = Field(
        (1.0, 1.12, 1.2),
        min_length=1,
        description="Factor for 1, 2, 3 … independent origins; the last counts for more.",
    )
    official: float = Field(
        1.2, ge=1, le=3, description="Factor once the acting side confirms; replaces that of the origins if greater."
    )
    disputed: float = Field(0.4, ge=0, le=1, description="Factor once a story is denied, withdrawn or a false alarm.")
    pairs: tuple[WatchedPair, ...] = Field((), description="The watch-list; the most specific row that fits counts.")
    intensities: tuple[Intensity, ...] = Field(INTENSITIES, description="Words that make the same signal graver.")
    surge: float = Field(1.15, ge=1, le=3, description="Factor while the pair's escalation index shows a surge.")
    levels: tuple[float, float, float, float] = Field(
        (0.25, 0.44, 0.78, 1.15), description="Scores from which the severity is 2, 3, 4 and 5."
    )

    @field_validator("signals")
    @classmethod
    def _known(cls, weights: dict[str, float]) -> dict[str, float]:
        _known_signals(tuple(weights))
        return weights

    @field_validator("modalities")
    @classmethod
    def _all_modalities(cls, weights: dict[str, float]) -> dict[str, float]:
        if set(weights) != set(MODALITIES):
            raise ValueError(f"must name exactly {', '.join(MODALITIES)}")
        return weights

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if list(self.levels) != sorted(set(self.levels)):
            raise ValueError("levels must rise from severity 2 to 5")
        return self


class IndexSettings(BaseModel):
    """The escalation index of each directed pair. No country has a hidden baseline: only these weights enter."""

    model_config = STRICT

    act_signals: tuple[str, ...] = Field(
        ("launch", "nuclear", "attack", "incursion", "mobilization", "cyber", "sanction", "rupture"),
        description="Signals counted in the series of acts.",
    )
    threat_signals: tuple[str, ...] = Field(
        ("threat", "condemnation"), description="Signals counted in the series of threats."
    )
    half_life_hours: float = Field(36, gt=0, description="After so long a report counts half.")
    baseline_days: int = Field(
        7, ge=3, le=60, description="Days before the tested one that make the base line of the surge test."
    )
    alpha: float = Field(
        0.025, gt=0, lt=0.5, description="One-sided error rate of the surge test, shared among all pairs tested."
    )
    outlier_alpha: float = Field(
        0.05, gt=0, lt=0.5, description="From here a day of the base line counts as an outlier and weighs less."
    )
    min_reports: int = Field(3, ge=1, description="Fewer reports than this in a day are never a surge.")

    @field_validator("act_signals", "threat_signals")
    @classmethod
    def _known(cls, signals: tuple[str, ...]) -> tuple[str, ...]:
        return _known_signals(signals)


def _known_signals(signals: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [signal for signal in signals if signal not in SIGNALS]
    if unknown:
        raise ValueError(f"unknown signal {unknown[0]!r}; known are {', '.join(SIGNALS)}")
    return signals
