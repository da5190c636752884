"""The one route without a login: Slack's signed button clicks. Mounted by the plugin as an app of its own.

Every request that is not provably Slack's, fresh, and seen for the first time is answered 401; nothing a stranger sends can
make it answer 500. The work is two short statements, far inside Slack's three seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from newswatch.alerts.interactions import MAX_BODY, WINDOW, read_click, read_form, why_untrusted
from newswatch.steps.answer import answer_click
from newswatch.steps.reactions import react

if TYPE_CHECKING:
    from starlette.background import BackgroundTask

    from newswatch.storage.session import Database

PATH = "/slack/interactions"


def slack_router(
    *,
    database: Callable[[], Database],
    signing_secret: Callable[[], str | None],
    now: Callable[[], datetime],
    team_id: str = "",
) -> APIRouter:
    """The router. `signing_secret` returns None while none is configured: then every request is refused."""
    router = APIRouter()

    @router.post(PATH)
    async def interactions(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        timestamp = request.headers.get("X-Slack-Request-Timestamp")
        signature = request.headers.get("X-Slack-Signature")
        secret = signing_secret()
        if not secret or why_untrusted(secret, timestamp, signature, body, now()):
            return Response(status_code=401)
        status, answer = await run_in_threadpool(_take, database(), str(signature), body, now(), team_id)
        return Response(status_code=status, background=answer)

    return router


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is larger than any click."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return body


def _take(db: Database, signature: str, body: bytes, now: datetime, team_id: str) -> tuple[int, BackgroundTask | None]:
    """The status to answer, and what is said to the one who clicked once that answer is out."""
    from starlette.background import BackgroundTask

    from newswatch.storage.alerts import is_first_click

    with db.begin() as connection:
        if not is_first_click(connection, signature, now, keep_seconds=2 * WINDOW):
            return 401, None
    payload = read_form(body)
    if payload is None:
        return 400, None
    click = read_click(payload, team_id=team_id)
    line = react(db, click, now=now) if click else None
    return 200, BackgroundTask(answer_click, payload, line) if line else None
