"""The step of `prune_history`: forget what is older than the settings keep, in batches, for a limited time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from newswatch.steps.desk import open_desk
from newswatch.steps.result import StepResult, sentence
from newswatch.storage import history

MOST_SECONDS = 600.0  # of one run; what is left waits for the next night


def prune_history() -> StepResult:
    """Delete articles without a story after `operations.keep_days`, and logs after `operations.keep_log_days`."""
    counts: Counter[str] = Counter()
    until = time.monotonic() + MOST_SECONDS
    with open_desk() as desk:
        operations = desk.settings.operations
        old = desk.now - timedelta(days=operations.keep_days)
        stale = desk.now - timedelta(days=operations.keep_log_days)
        forget: dict[str, Callable[[], int]] = {
            "entries": lambda: history.forget_entries(desk.db, before=old),
            "articles": lambda: history.forget_articles(desk.db, before=old),
            "fetches": lambda: history.forget_fetches(desk.db, before=stale),
            "runs": lambda: history.forget_runs(desk.db, before=stale),
            "decisions": lambda: history.forget_decisions(desk.db, before=stale),
        }
        for kind, one_batch in forget.items():
            while time.monotonic() < until and (number := one_batch()):
                counts[kind] += number
    told = sentence(*((counts[kind], kind) for kind in forget))
    return StepResult(
        label=f"{counts.total():,} rows", summary=f"Forgotten: {told}.", counts={kind: counts[kind] for kind in forget}
    )
