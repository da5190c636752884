"""How does a message reach Slack, and what became of it? The only module that knows slack_sdk's web client.

slack_sdk sends twice by default when a connection breaks; here `retry_handlers=[]`, and the outbox owns every retry. It also
lets the socket's own exceptions through: after the request was written each of them means "nobody knows".
"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from newswatch.alerts.chart import bar_chart
from newswatch.alerts.outbox import Posting
from newswatch.alerts.outcome import Outcome, Search, moment_of, of_error, seconds_to_wait
from newswatch.alerts.plain import cut, escape

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

EVENT = "newswatch_alert"
PLAIN_TEXT = 1_000  # characters of the short form that is sent when the blocks were refused
SEARCH_BEFORE = 60  # seconds before the first attempt: the server's clock may be behind ours
PAGES = 10  # of 200 messages: as many as a busy channel takes in the hours an ambiguity may last
CANNOT_READ = ("missing_scope", "not_in_channel", "channel_not_found", "no_permission", "not_allowed_token_type")
NO_UPLOAD = "the chart could not be uploaded; give the bot files:write and install it again, the digest itself was sent"
_BEFORE_SENDING = (socket.gaierror, ConnectionRefusedError, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who the token is, in which workspace, and what it may do. `error` is Slack's word, or why nobody answered."""

    team: str = ""
    scopes: tuple[str, ...] = ()
    error: str | None = None
    answered_at: datetime | None = None  # by Slack's clock


class SlackSender:
    """Sends to one workspace. `base_url` ends in a slash and lets a stand-in server take Slack's place."""

    def __init__(self, token: str, *, base_url: str = "https://slack.com/api/", timeout_seconds: float = 15) -> None:
        self._token, self._base_url, self._timeout = token, base_url, timeout_seconds

    def send(self, posting: Posting) -> Outcome:
        """One attempt. Never raises for anything Slack or the network does."""
        if posting.kind == "chart":
            return self._share_chart(posting)
        if posting.kind == "update":
            return self._call("chat.update", self._edit(posting))
        return self._call("chat.postMessage", self._post(posting))

    def find(self, posting: Posting) -> Search:
        """Whether an earlier attempt got through: the channel, or the thread, is searched for the message's key."""
        arguments: dict[str, Any] = {
            "channel": posting.root_channel or posting.channel,
            "oldest": f"{posting.first_attempt_at.timestamp() - SEARCH_BEFORE:.6f}",
            "include_all_metadata": True,
            "inclusive": True,
            "limit": 200,
        }
        method = "conversations.history"
        if posting.kind in ("reply", "chart") and posting.root_ts:
            method, arguments["ts"] = "conversations.replies", posting.root_ts
        for _ in range(PAGES):
            answer = self._ask(method, arguments)
            if isinstance(answer, Search):
                return answer
            for message in answer.get("messages", []):
                if _key_of(message) == posting.notification_key:
                    return Search("found", Outcome("sent", ts=message["ts"], channel=arguments["channel"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return Search("absent")
            arguments["cursor"] = cursor
        return Search("failed")

    def standing(self) -> Standing:
        """What Slack says of the token; sends nothing to anybody."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            response: Any = self._client().api_call("auth.test")
        except SlackApiError as error:
            body = getattr(error.response, "data", None)
            return Standing(error=str(body.get("error")) if isinstance(body, dict) else "no readable answer")
        except (OSError, http.client.HTTPException, SlackClientError, ValueError, TypeError) as error:
            return Standing(error=f"{type(error).__name__}: {error}"[:200])
        headers = {name.lower(): value for name, value in dict(response.headers).items()}
        scopes = tuple(one.strip() for one in (_first(headers.get("x-oauth-scopes")) or "").split(",") if one.strip())
        team = str(response.get("team") or response.get("team_id") or "")
        return Standing(team, scopes, None, moment_of(_first(headers.get("date"))))

    def reach(self, channel: str) -> str | None:
        """Slack's word for why the bot cannot read `channel`; None when it can. Sends nothing to anybody."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            self._client().api_call("conversations.history", params={"channel": channel, "limit": 1})
        except SlackApiError as error:
            body = getattr(error.response, "data", None)
            return str(body.get("error")) if isinstance(body, dict) else "no readable answer"
        except (OSError, http.client.HTTPException, SlackClientError, ValueError, TypeError) as error:
            return f"{type(error).__name__}: {error}"[:200]
        return None

    def _share_chart(self, posting: Posting) -> Outcome:
        """Upload a chart into its message's thread (docs.slack.dev/messaging/working-with-files); the last call shows it."""
        picture = bar_chart(posting.blocks[0]["counts"])
        name = f"{posting.notification_key}.png"  # by its name it is found again; people see the title
        given = self._ask("files.getUploadURLExternal", {"filename": name, "length": len(picture)})
        if isinstance(given, Search):
            return Outcome("payload" if given.result == "forbidden" else "not_sent", NO_UPLOAD)
        try:
            with urllib.request.urlopen(given["upload_url"], data=picture, timeout=self._timeout):  # noqa: S310 - Slack's own address
                pass
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Outcome("not_sent", f"upload: {type(error).__name__}")
        shared = {"files": [{"id": given["file_id"], "title": posting.text}], "channel_id": posting.root_channel}
        outcome = self._call(
            "files.completeUploadExternal", shared | {"thread_ts": posting.root_ts}, ts=given["file_id"]
        )
        return replace(outcome, kind="payload", error=NO_UPLOAD) if outcome.kind in ("auth", "route") else outcome

    def _post(self, posting: Posting) -> dict[str, Any]:
        content = self._content(posting) | {
            "channel": posting.root_channel or posting.channel,
            "client_msg_id": posting.client_msg_id,
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
        }
        if posting.kind == "reply" and posting.root_ts:
            content |= {"thread_ts": posting.root_ts, "reply_broadcast": posting.broadcast}
        return content

    def _edit(self, posting: Posting) -> dict[str, Any]:
        return self._content(posting) | {"channel": posting.root_channel, "ts": posting.root_ts, "link_names": False}

    def _content(self, posting: Posting) -> dict[str, Any]:
        shown: dict[str, Any] = {"text": escape(posting.text), "blocks": list(posting.blocks)}
        if posting.plain:
            shown = {"text": escape(cut(posting.text, PLAIN_TEXT)), "mrkdwn": False}
        key = (
            posting.notification_key if posting.kind != "update" else posting.root_key
        )  # an edit keeps the message's key
        payload = {"alert_key": key, "story_id": posting.story_id}
        return shown | {"metadata": {"event_type": EVENT, "event_payload": payload}}

    def _call(self, method: str, arguments: Mapping[str, Any], *, ts: str | None = None) -> Outcome:
        """One request; `ts` stands for the time stamp where the answer of this method has none."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            return self._accepted(self._client().api_call(method, json=dict(arguments)), ts)
        except SlackApiError as error:
            return self._refused(error.response)
        except URLError as error:
            return _network(error.reason if isinstance(error.reason, BaseException) else error)
        except (OSError, http.client.HTTPException, SlackClientError, ValueError, TypeError) as error:
            return _network(error)

    def _accepted(self, response: SlackResponse, ts: str | None) -> Outcome:
        ts = ts or response.get("ts")
        if not ts:
            return Outcome("ambiguous", "ok without ts")
        return Outcome("sent", ts=str(ts), channel=str(response.get("channel") or ""))

    def _refused(self, response: Any) -> Outcome:
        headers = {name.lower(): value for name, value in dict(getattr(response, "headers", None) or {}).items()}
        wait = seconds_to_wait(_first(headers.get("retry-after")), datetime.now(UTC), cap=900)
        status = getattr(response, "status_code", 0)
        if status == 429:
            return Outcome("rate_limited", "ratelimited", retry_after=wait)
        body = getattr(response, "data", None)
        if status >= 500 or not isinstance(body, dict) or not body.get("error"):
            return Outcome("ambiguous", f"HTTP {status}")
        return of_error(str(body["error"]), retry_after=wait)

    def _ask(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | Search:
        """The answer to a question, or what its absence means for the search."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            answer = self._client().api_call(method, params=dict(arguments)).data
        except SlackApiError as error:
            body = getattr(error.response, "data", None)
            word = body.get("error") if isinstance(body, dict) else None
            return Search("forbidden" if word in CANNOT_READ else "failed")
        except (OSError, http.client.HTTPException, SlackClientError, ValueError, TypeError):
            return Search("failed")
        return answer if isinstance(answer, dict) else Search("failed")

    def _client(self) -> WebClient:
        from slack_sdk import WebClient

        return WebClient(token=self._token, base_url=self._base_url, timeout=int(self._timeout) or 1, retry_handlers=[])


def _network(error: BaseException) -> Outcome:
    name = f"{type(error).__name__}: {error}"[:200]
    return Outcome("not_sent" if isinstance(error, _BEFORE_SENDING) else "ambiguous", name)


def _key_of(message: Mapping[str, Any]) -> str | None:
    """The key in a message's metadata, or in the name of the file that it shares."""
    for file in message.get("files") or ():
        return str(file.get("name")).removesuffix(".png")
    payload: Mapping[str, Any] = (message.get("metadata") or {}).get("event_payload") or {}
    key = payload.get("alert_key")
    return str(key) if key else None


def _first(header: Any) -> str | None:
    one = header[0] if isinstance(header, list) and header else header
    return str(one) if one else None
