"""What did a run do, in a sentence a step? Kept in our own database, for the pages and the heartbeat."""

from __future__ import annotations

from newswatch.steps.desk import open_desk
from newswatch.storage.runs import save_summary


def keep_summary(run_id: str, step: str, summary: str) -> None:
    """Store the sentence in which `step` of `run_id` told what it did."""
    with open_desk() as desk, desk.db.begin() as connection:
        save_summary(connection, run_id, step, summary, desk.now)
