"""Troubles of the machinery itself, told to those who run it: runs that failed, feeds that died, a model that is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from newswatch.alerts.plain import clean, cut
from newswatch.steps.notices import enqueue_notice, tell_operators

if TYPE_CHECKING:
    from newswatch.settings import Settings
    from newswatch.storage.session import Database

REASON = 300  # characters of an error that a notice repeats; the rest stands in the task's log


def notice_failed_run(
    db: Database, settings: Settings, *, dag_id: str, run_id: str, reason: str, now: datetime
) -> bool:
    """Tell that a run failed, no sooner again than `operators.repeat`; returns whether it was told."""
    from newswatch.storage.alerts import is_new_trouble

    text = f"Run {run_id} of {dag_id} failed: {cut(clean(reason), REASON)}. The next run takes up what this one left."
    repeat = settings.alerts.operators.repeat.total_seconds()
    with db.begin() as connection:
        if not is_new_trouble(connection, f"run:{dag_id}", text, now, repeat_seconds=repeat):
            return False
        enqueue_notice(connection, settings.alerts, settings.alerts.operators.receiver, text, now)
    return True


def notice_feeds(db: Database, settings: Settings, silent: Iterable[tuple[str, str]], *, now: datetime) -> list[str]:
    """Tell feeds (id, why) that are dead or silent, and those that are well again; returns the texts told."""
    troubles = {f"feed:{feed_id}": f"Feed {feed_id}: {cut(clean(why), REASON)}" for feed_id, why in silent}
    return tell_operators(db, settings, troubles, prefix="feed:", now=now)


def notice_model(db: Database, settings: Settings, missing: str | None, *, now: datetime) -> list[str]:
    """Tell that no model can be used, or that one can be used again."""
    troubles = {"model:missing": f"No model: {cut(clean(missing), REASON)}"} if missing else {}
    return tell_operators(db, settings, troubles, prefix="model:", now=now)
