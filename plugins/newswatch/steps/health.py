"""Steps of the DAGs beside the main one: is the machinery well, and what did the day come to?"""

from __future__ import annotations

from datetime import timedelta

from newswatch.errors import ModelError
from newswatch.metrics import FEEDS_SILENT
from newswatch.steps.articles import load_current_classifier
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.digest import send_digests
from newswatch.steps.notices import check_queue
from newswatch.steps.operators import notice_feeds, notice_model
from newswatch.steps.result import StepResult, counted
from newswatch.storage.feeds import find_silent_feeds


def check_health() -> StepResult:
    """Tell the operators of silent feeds, an unusable model and stuck messages; and when all is well again."""
    with open_desk() as desk:
        silent = _silent_feeds(desk)
        told = notice_feeds(desk.db, desk.settings, silent, now=desk.now)
        told += notice_model(desk.db, desk.settings, _model_trouble(desk), now=desk.now)
        told += check_queue(desk.db, desk.settings, now=desk.now)
    return StepResult(
        label=f"{counted(len(silent), 'silent feed')}, {counted(len(told), 'notice')}",
        summary=f"Health: {counted(len(silent), 'silent feed')}; {counted(len(told), 'notice')} told.",
        counts={"silent_feeds": len(silent), "notices": len(told)},
        lines=tuple(told),
        measures=(FEEDS_SILENT.of(len(silent)),),
    )


def write_digests() -> StepResult:
    """Write the daily digest of every receiver whose hour it is; the next run of the main DAG sends it."""
    with open_desk() as desk:
        quiet = tuple(feed_id for feed_id, _ in _silent_feeds(desk))
        receivers = send_digests(desk.db, desk.settings, now=desk.now, quiet_feeds=quiet)
    named = ", ".join(receivers) or "nobody is due"
    return StepResult(
        label=counted(len(receivers), "digest"), summary=f"Digests: {named}.", counts={"digests": len(receivers)}
    )


def _silent_feeds(desk: Desk) -> list[tuple[str, str]]:
    quiet_for = timedelta(days=desk.settings.operations.silent_feed_days)
    with desk.db.read() as connection:
        return find_silent_feeds(connection, desk.now, quiet_for)


def _model_trouble(desk: Desk) -> str | None:
    try:
        load_current_classifier(desk)
    except ModelError as error:
        return str(error)
    return None
