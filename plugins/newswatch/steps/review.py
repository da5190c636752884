"""What does the desk look at today so that recall and precision on the live stream are known, and what do the answers say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from newswatch.domain import SIGNALS
from newswatch.errors import NewswatchError
from newswatch.steps.labels import known_signals
from newswatch.tuning.card import Candidate, LiveQuality, draw, live_quality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswatch.steps.result import StepResult
    from newswatch.storage.session import Database
    from newswatch.storage.tuning.review import CardItem


def draw_card(db: Database, day: date, *, thresholds: Mapping[str, float]) -> int:
    """Draw the card of a day (UTC) from the articles scored in it; returns its items, 0 when it was drawn before."""
    from newswatch.signals.rules import signals_by_rule
    from newswatch.storage.tuning.review import save_card
    from newswatch.storage.tuning.scored import find_day

    since = datetime.combine(day, time(), UTC)
    with db.begin() as connection:
        candidates = [
            Candidate(
                row["article_id"], row["scores"], tuple(row["signals"]), signals_by_rule(row["title"], row["lead"]),
                row["told"],
            )
            for row in find_day(connection, since=since, until=since + timedelta(days=1))
        ]  # fmt: skip
        return save_card(connection, [asdict(one) | {"day": day} for one in draw(candidates, thresholds, day)])


def draw_daily_card() -> StepResult:
    """Draw the review card over yesterday, once; the Review page shows it."""
    from newswatch.steps.desk import open_desk
    from newswatch.steps.model_life import thresholds_in_force
    from newswatch.steps.result import StepResult, counted

    with open_desk() as desk:
        day = (desk.now.astimezone(UTC) - timedelta(days=1)).date()
        number = draw_card(desk.db, day, thresholds=thresholds_in_force(desk.db, desk.settings))
    return StepResult(
        counted(number, "article"), f"Review card of {day}: {counted(number, 'article')} drawn.", {"items": number}
    )


def todays_card(db: Database, *, user_id: str, thresholds: Mapping[str, float], now: datetime) -> list[CardItem]:
    """The card over yesterday, drawn when first asked for, with what this visitor has answered."""
    from newswatch.storage.tuning.review import find_card

    day = (now.astimezone(UTC) - timedelta(days=1)).date()
    draw_card(db, day, thresholds=thresholds)
    with db.read() as connection:
        return find_card(connection, day, user_id)


def answer_item(
    db: Database, item_id: int, *, user_id: str, signals: Sequence[str], now: datetime, modality: str | None = None
) -> int:
    """Keep what this visitor sees in the item's article (no signals: ordinary news); returns the label's number."""
    from newswatch.storage.tuning.labels import save_label
    from newswatch.storage.tuning.review import get_item

    with db.begin() as connection:
        article_id = get_item(connection, item_id)
        if article_id is None:
            raise NewswatchError(f"There is no item {item_id} on any review card. Nothing was kept.")
        return save_label(
            connection, article_id=article_id, user_id=user_id, source="review", verdict="reviewed",
            signals=known_signals(signals), modality=modality, now=now,
        )  # fmt: skip


def live_figures(db: Database, *, days: int = 28, now: datetime) -> LiveQuality:
    """Recall and precision on the live stream of the last `days`, from approved answers, each weighted by what it stands for."""
    from newswatch.storage.tuning.review import find_answered

    with db.read() as connection:
        answers = find_answered(connection, since=(now - timedelta(days=days)).date())
    return live_quality(answers, SIGNALS)
