"""What can be set about signals: thresholds, modality, batches (`classifier.yaml`), and who can act (`actors.yaml`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from newswatch.domain import SIGNALS


class SignalSettings(BaseModel):
    """How scores become signals. Thresholds left out are the model's own, chosen for a stated precision at training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    thresholds: dict[str, float] = Field(
        default_factory=dict,
        description="Lowest probability (0..1) at which a signal fires. A signal left out uses the model's own threshold.",
    )
    use_encoder: bool = Field(
        default=True,
        description="Let the sentence encoder look at doubtful articles. false: the linear model alone, faster.",
    )
    encoder_threads: int = Field(default=1, ge=1, le=64, description="Processor threads of the sentence encoder.")
    batch_size: int = Field(default=256, ge=1, le=10_000, description="Articles scored at once.")
    min_words: int = Field(
        default=2, ge=1, le=50, description="Texts with fewer words are unclassifiable, never scored."
    )
    max_body_sentences: int = Field(
        default=24,
        ge=0,
        le=500,
        description="Sentences of the body that are read, from the top; news tells the news first.",
    )
    evidence_sentences: int = Field(default=2, ge=1, le=10, description="Sentences kept as evidence for one article.")
    evidence_terms: int = Field(default=6, ge=1, le=30, description="Terms shown with each sentence, heaviest first.")

    @field_validator("thresholds")
    @classmethod
    def _known_signals(cls, thresholds: dict[str, float]) -> dict[str, float]:
        for signal, threshold in thresholds.items():
            if signal not in SIGNALS:
                raise ValueError(f"unknown signal `{signal}`; known: {', '.join(SIGNALS)}")
            if not 0 <= threshold <= 1:
                raise ValueError(f"threshold of `{signal}` must lie between 0 and 1")
        return thresholds


class ActorNames(BaseModel):
    """One actor and the names it goes by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,11}$", description="ISO 3166-1 alpha-3, or a short upper-case word.")
    kind: Literal["state", "group", "world"] = Field(
        description="A state, an armed group, or an organisation of states."
    )
    names: tuple[str, ...] = Field(description="Short forms, demonyms, seats of government, forces, in lower case.")
    people: tuple[str, ...] = Field(default=(), description="Leaders and spokesmen, as headlines name them.")


class Exceptions(BaseModel):
    """Words beside which a name means something else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    not_before: tuple[str, ...] = Field(default=(), description="The name is not the actor when one of these follows.")
    not_after: tuple[str, ...] = Field(default=(), description="The name is not the actor when one of these precedes.")
    not_beside: tuple[str, ...] = Field(
        default=(), description="The name is not the actor when one of these is in the text."
    )


class ContextualName(BaseModel):
    """A name that means an actor only in company."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="The name, in lower case.")
    code: str = Field(description="The actor it then means.")
    needs: tuple[str, ...] = Field(description="One of these words must stand in the text.")


class ActorList(BaseModel):
    """`actors.yaml`: who can act in the news."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actors: tuple[ActorNames, ...] = Field(default=(), description="Actors beyond the names ISO 3166 knows.")
    ambiguous: dict[str, Exceptions] = Field(default_factory=dict, description="Names that often mean something else.")
    contextual: tuple[ContextualName, ...] = Field(default=(), description="Names that need company to mean an actor.")
    adversaries: tuple[tuple[str, str], ...] = Field(
        default=(), description="Pairs at odds: talks between them are news."
    )
