"""Runs one step in this process and kills it, with SIGKILL, at a named point: `python dying.py POINT DATABASE_URL SLACK_URL`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "plugins")]

import sqlalchemy as sa  # noqa: E402 - the path is set above

from builders_alerts import NOW, slack_settings  # noqa: E402
from newswatch.alerts.outbox import Posting  # noqa: E402
from newswatch.alerts.outcome import Outcome  # noqa: E402
from newswatch.alerts.slack import SlackSender  # noqa: E402
from newswatch.steps.alerts import send_alerts  # noqa: E402
from newswatch.steps.stories import group_stories  # noqa: E402
from newswatch.storage.session import Database  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingSender(SlackSender):
    """Dies before or after the request of its n-th message."""

    point = ""
    calls = 0

    def send(self, posting: Posting) -> Outcome:
        self.calls += 1
        if (self.point, self.calls) in (("before_send", 1), ("after_mark", 2)):
            die()
        outcome = super().send(posting)
        if (self.point, self.calls) == ("after_send", 1):
            die()
        return outcome


def main(point: str, database_url: str, slack_url: str) -> None:
    db, settings = Database(database_url), slack_settings()
    if point == "before_commit":
        sa.event.listen(db.engine, "commit", lambda connection: die())
        group_stories(db, settings, now=NOW)
    if point == "after_commit":
        group_stories(db, settings, now=NOW)
        die()
    if point == "before_claim":
        sa.event.listen(db.engine, "commit", lambda connection: die())
    if point == "after_claim":
        commits = []
        sa.event.listen(db.engine, "begin", lambda connection: die() if commits else commits.append(1))
    sender = DyingSender("xoxb-canary-token", base_url=slack_url, timeout_seconds=10)
    sender.point = point
    send_alerts(db, settings, senders={"slack": sender}, now=NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
