"""Which models are there, which is in force, and what do they say of the same articles?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import SIGNALS, Classification
from newswatch.storage.tables import classifications
from newswatch.storage.tables_tuning import drift_readings, models, shadow_findings, trainings

State = Literal["champion", "challenger", "retired", "rejected"]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One trained model. `folder` "" is the one that came with the code; `report` holds figures and gate."""

    model_sha: str
    folder: str
    state: str
    trained_at: datetime
    corpus_sha: str
    labels: int
    report: Mapping[str, Any]
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SideBySideRow:
    """The same articles in two models, for one signal: how many each found, and how many both."""

    signal: str
    champion: int
    challenger: int
    both: int


@dataclass(frozen=True, slots=True)
class DriftRow:
    """How far what comes in has moved from what used to come in, in one measure."""

    measured_at: datetime
    measure: str
    distance: float
    usual: Mapping[str, float]
    lately: Mapping[str, float]
    articles: int


def find_models(connection: sa.Connection, *, limit: int = 20) -> list[ModelRow]:
    """Every model that was trained here, the latest first."""
    statement = sa.select(models).order_by(models.c.trained_at.desc(), models.c.model_sha).limit(limit)
    return [ModelRow(**row) for row in connection.execute(statement).mappings()]


def get_model(connection: sa.Connection, *, state: State | None = None, beginning: str = "") -> ModelRow | None:
    """The one model of this state (champion or challenger), or whose sha begins so; None when there is none or more."""
    statement = sa.select(models).where(models.c.model_sha.startswith(beginning, autoescape=True)).limit(2)
    if state is not None:
        statement = statement.where(models.c.state == state)
    rows = connection.execute(statement).mappings().all()
    return ModelRow(**rows[0]) if len(rows) == 1 else None


def save_model_row(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Store a model; one that is known keeps its state unless `row` names another."""
    statement = insert(models).values(**row)
    changed = {name: statement.excluded[name] for name in row if name != "model_sha"}
    connection.execute(statement.on_conflict_do_update(index_elements=["model_sha"], set_=changed))


def set_state(connection: sa.Connection, model_sha: str, state: State, *, who: str, now: datetime) -> bool:
    """Move a model to another state; False when it is not known."""
    statement = (
        sa.update(models).where(models.c.model_sha == model_sha).values(state=state, decided_by=who, decided_at=now)
    )
    return connection.execute(statement).rowcount == 1


def retire(connection: sa.Connection, state: State, *, instead: State, who: str, now: datetime) -> None:
    """Whoever is champion (or challenger) is so no longer."""
    connection.execute(
        sa.update(models).where(models.c.state == state).values(state=instead, decided_by=who, decided_at=now)
    )


def start_training(connection: sa.Connection, *, labels: int, now: datetime) -> int:
    """Note that a training has begun; one that dies stays without an outcome."""
    statement = sa.insert(trainings).values(started_at=now, labels=labels).returning(trainings.c.training_id)
    return int(connection.execute(statement).scalar_one())


def end_training(connection: sa.Connection, training_id: int, outcome: str, model_sha: str, now: datetime) -> None:
    """Note how a training ended."""
    connection.execute(
        sa.update(trainings)
        .where(trainings.c.training_id == training_id)
        .values(finished_at=now, outcome=outcome, model_sha=model_sha)
    )


def find_trainings(connection: sa.Connection, *, limit: int = 10) -> list[Mapping[str, Any]]:
    """The latest trainings, the newest first; without an outcome: running, or dead."""
    statement = sa.select(trainings).order_by(trainings.c.training_id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def unshadowed(connection: sa.Connection, model_sha: str, *, since: datetime, limit: int) -> list[Mapping[str, Any]]:
    """Articles scored by the champion since then which the challenger has not seen, oldest first."""
    from newswatch.storage.tables import articles

    seen = sa.exists().where(
        shadow_findings.c.article_id == classifications.c.article_id, shadow_findings.c.model_sha == model_sha
    )
    statement = (
        sa.select(articles.c.article_id, articles.c.title, articles.c.lead, articles.c.text, articles.c.language)
        .join(classifications, classifications.c.article_id == articles.c.article_id)
        .where(classifications.c.classified_at >= since, ~seen)
        .order_by(classifications.c.classified_at, articles.c.article_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def save_shadow(
    connection: sa.Connection, model_sha: str, findings: Mapping[int, Classification], now: datetime
) -> None:
    """What a challenger found; nobody is told."""
    rows = [
        {
            "article_id": article_id, "model_sha": model_sha, "classified_at": now, "signals": list(finding.signals),
            "scores": dict(finding.scores), "modality": finding.modality, "reason": finding.reason,
        }
        for article_id, finding in sorted(findings.items())
    ]  # fmt: skip
    if rows:
        connection.execute(insert(shadow_findings).on_conflict_do_nothing(), rows)


def compare_in_shadow(
    connection: sa.Connection, champion: str, challenger: str, *, since: datetime
) -> tuple[int, list[SideBySideRow]]:
    """How many articles both models have scored since then, and what each found of every signal in them."""
    both = (
        sa.select(classifications.c.signals.label("champion"), shadow_findings.c.signals.label("challenger"))
        .join(shadow_findings, shadow_findings.c.article_id == classifications.c.article_id)
        .where(classifications.c.model_sha == champion, shadow_findings.c.model_sha == challenger)
        .where(shadow_findings.c.classified_at >= since, classifications.c.reason.is_(None))
        .subquery("both")
    )
    one, other = both.c.champion, both.c.challenger
    counts = [
        sa.func.count().filter(kind)
        for signal in SIGNALS
        for kind in (
            sa.literal(signal) == sa.any_(one),
            sa.literal(signal) == sa.any_(other),
            sa.and_(sa.literal(signal) == sa.any_(one), sa.literal(signal) == sa.any_(other)),
        )
    ]
    total, *found = connection.execute(sa.select(sa.func.count(), *counts).select_from(both)).one()
    return total, [SideBySideRow(signal, *found[3 * i : 3 * i + 3]) for i, signal in enumerate(SIGNALS)]


def save_drift(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep one reading a measure."""
    if rows:
        connection.execute(insert(drift_readings).on_conflict_do_nothing(), [dict(row) for row in rows])


def find_drift(connection: sa.Connection, *, since: datetime) -> list[DriftRow]:
    """Every reading since then, oldest first."""
    statement = sa.select(drift_readings).where(drift_readings.c.measured_at >= since)
    ordered = statement.order_by(drift_readings.c.measured_at, drift_readings.c.measure)
    return [DriftRow(**row) for row in connection.execute(ordered).mappings()]
