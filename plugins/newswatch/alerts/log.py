"""The receiver that needs no account: the message as it would look, in the task's log and on the Alerts page."""

from __future__ import annotations

import logging

from newswatch.alerts.outbox import Posting
from newswatch.alerts.outcome import Outcome, Search

log = logging.getLogger("newswatch.alerts")


class LogSender:
    """Writes to the log. It cannot fail half-way, so nothing sent through it is ever uncertain."""

    def send(self, posting: Posting) -> Outcome:
        """Log the message; the key stands for Slack's time stamp."""
        marks = {"root": "ALERT", "update": "EDIT", "reply": "REPLY"}
        log.info(
            "%s to %s\n%s", marks.get(posting.kind, posting.kind.upper()), posting.receiver, indented(posting.text)
        )
        return Outcome("sent", ts=posting.notification_key[:16], channel=f"log:{posting.receiver}")

    def find(self, posting: Posting) -> Search:
        """A log line may be written twice without harm: it is never found."""
        return Search("absent")


def indented(text: str) -> str:
    """The lines as a quotation, so that no line of an article can pass for a line of the log."""
    return "\n".join(f"  │ {line}" for line in text.splitlines())
