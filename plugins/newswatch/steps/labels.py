"""How does what people say become what the model learns? Votes wait as labels until somebody approves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from newswatch.domain import SIGNALS
from newswatch.errors import NewswatchError

if TYPE_CHECKING:
    from newswatch.storage.session import Database
    from newswatch.storage.tuning.labels import LabelRow, Standing, Voter


def list_labels(
    db: Database, standing: Standing = "waiting", *, user_id: str | None = None, limit: int = 200
) -> list[LabelRow]:
    """Labels of one standing, the newest first; votes under alerts are taken up before."""
    from newswatch.storage.tuning.labels import collect_votes, find_labels

    with db.begin() as connection:
        collect_votes(connection)
        return find_labels(connection, standing, user_id=user_id, limit=limit)


def list_voters(db: Database) -> list[Voter]:
    """How much each person has said, and what became of it."""
    from newswatch.storage.tuning.labels import collect_votes, find_voters

    with db.begin() as connection:
        collect_votes(connection)
        return find_voters(connection)


def report_missed(
    db: Database, article_id: int, *, user_id: str, signals: Sequence[str], now: datetime, modality: str | None = None
) -> int:
    """Somebody says that an article should have been told, and as what; returns the label's number."""
    from newswatch.storage.tuning.labels import save_label

    if not signals:
        raise NewswatchError("An article that was missed carries at least one signal. Nothing was kept; name it.")
    with db.begin() as connection:
        return save_label(
            connection, article_id=article_id, user_id=user_id, source="missed", verdict="missed",
            signals=known_signals(signals), modality=modality, now=now,
        )  # fmt: skip


def decide_on_labels(
    db: Database, label_ids: Sequence[int], decision: Literal["approved", "rejected"] | None, *, who: str, now: datetime
) -> int:
    """Approve or reject labels, or take a decision back (None). Returns how many changed."""
    from newswatch.storage.tuning.labels import decide_labels

    with db.begin() as connection:
        return decide_labels(connection, label_ids, decision, who, now)


def take_back_label(db: Database, label_id: int, *, user_id: str, now: datetime) -> bool:
    """The person who gave a label takes it back, approved or not; False when it is not theirs."""
    from newswatch.storage.tuning.labels import undo_label

    with db.begin() as connection:
        return undo_label(connection, label_id, user_id, now)


def known_signals(signals: Sequence[str]) -> tuple[str, ...]:
    """The signals in their usual order, each once. Raises NewswatchError for one that does not exist."""
    if unknown := [signal for signal in signals if signal not in SIGNALS]:
        raise NewswatchError(f"There is no signal {unknown[0]!r}; known are {', '.join(SIGNALS)}. Nothing was kept.")
    return tuple(signal for signal in SIGNALS if signal in signals)
