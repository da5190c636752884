"""Through what is each kind of receiver told? The log always; Slack where there is a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswatch.alerts.log import LogSender

if TYPE_CHECKING:
    from newswatch.settings import Settings
    from newswatch.steps.alerts import Sender

SLACK = "https://slack.com/api/"


def senders_for(settings: Settings, slack: dict[str, Any] | None) -> dict[str, Sender]:
    """A sender for each kind that can be used now. `slack` holds `token` and, for a stand-in server, `base_url`.

    Without a token messages for Slack wait in the outbox; nothing is lost.
    """
    senders: dict[str, Sender] = {"log": LogSender()}
    if slack and slack.get("token"):
        from newswatch.alerts.slack import SlackSender

        base_url = str(slack.get("base_url") or SLACK)
        senders["slack"] = SlackSender(
            str(slack["token"]),
            base_url=base_url if base_url.endswith("/") else f"{base_url}/",
            timeout_seconds=settings.alerts.slack.timeout_seconds,
        )
    return senders
