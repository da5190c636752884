"""What did Slack answer, and may we send again? Seven classes, from certain success to nobody knows.

Error words: docs.slack.dev/reference/methods/chat.postMessage. What is not listed is treated as `ambiguous`, because a
message looked up needlessly costs a request, a message sent twice costs trust.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

OutcomeClass = Literal["sent", "not_sent", "rate_limited", "ambiguous", "payload", "route", "auth", "gone"]

RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
PAYLOAD = frozenset(
    {
        "msg_too_long", "msg_blocks_too_long", "no_text", "metadata_too_large", "too_many_attachments",
        "invalid_arguments", "invalid_metadata_format", "invalid_metadata_schema",
    }
)  # fmt: skip
ROUTE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "ekm_access_denied", "channel_is_limited_access"}
)
AUTH = frozenset(
    {
        "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
        "access_denied", "org_login_required", "no_permission", "not_allowed_token_type",
    }
)  # fmt: skip
GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "cannot_reply_to_message"}
)
REPAIRS = {
    "channel_not_found": "check the channel's id in config/alerts.yaml; a private channel needs the bot invited: /invite @bot",
    "not_in_channel": "invite the bot: /invite @bot in the channel",
    "is_archived": "unarchive the channel or name another one in config/alerts.yaml",
    "ekm_access_denied": "ask the workspace's administrators; they have blocked the bot",
    "missing_scope": "give the bot chat:write and channels:history (groups:history for private channels) and install it again",
}
DEFAULT_RETRY_AFTER = 10.0  # seconds, where Slack names none


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attempt. `error` is a short word; `retry_after` seconds, where Slack asked for them."""

    kind: OutcomeClass
    error: str | None = None
    ts: str | None = None
    channel: str | None = None
    permalink: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What looking for a message brought. `forbidden`: the bot may not read the channel; `failed`: ask again later."""

    result: Literal["found", "absent", "forbidden", "failed"]
    sent: Outcome | None = None


def of_error(word: str, *, retry_after: float | None = None) -> Outcome:
    """The class of an error that Slack named."""
    if word in RATE_LIMITED:
        return Outcome("rate_limited", word, retry_after=retry_after)
    if word in PAYLOAD or word.startswith("invalid_blocks"):
        return Outcome("payload", word)
    if word in ROUTE or word.startswith("restricted_action"):
        return Outcome("route", word)
    if word in AUTH:
        return Outcome("auth", word)
    if word in GONE:
        return Outcome("gone", word)
    return Outcome("ambiguous", word)


def seconds_to_wait(header: str | None, now: datetime, *, cap: float) -> float:
    """A Retry-After header (whole or broken seconds, or an HTTP date) as seconds between 0 and `cap`."""
    if not header:
        return min(DEFAULT_RETRY_AFTER, cap)
    try:
        seconds = float(header)
    except ValueError:
        seconds = _seconds_until(header, now)
    if seconds != seconds:  # NaN parses as a float
        seconds = DEFAULT_RETRY_AFTER
    return min(max(seconds, 0.0), cap)


def moment_of(header: str | None) -> datetime | None:
    """An HTTP date as a moment; None for anything else."""
    try:
        moment = parsedate_to_datetime(header or "")
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _seconds_until(header: str, now: datetime) -> float:
    moment = moment_of(header)
    return (moment - now).total_seconds() if moment else DEFAULT_RETRY_AFTER
