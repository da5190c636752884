"""The door for WebSub hubs: no login, an address that nobody guesses, and content that proves itself by its signature.

A hub first asks whether we meant it (GET, answered with its challenge), then pushes (POST). Without a subscription under the
token nothing is read; without the right signature nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from newswatch.feeds.settings import FeedSettings
from newswatch.steps.push import confirm_push, find_push, take_push

if TYPE_CHECKING:
    from newswatch.storage.session import Database

PATH = "/push/{token}"


def push_router(
    *,
    database: Callable[[], Database],
    key: Callable[[], str],
    now: Callable[[], datetime],
    settings: FeedSettings | None = None,
) -> APIRouter:
    """The router. `key` returns "" while none is configured: then every hub is told that there is nothing here."""
    router = APIRouter()
    bounds = settings or FeedSettings()

    @router.get(PATH)
    async def confirm(token: str, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        asked = dict(request.query_params)
        challenge = await run_in_threadpool(confirm_push, database(), token, asked, bounds, now()) if key() else None
        if challenge is None:
            return Response(status_code=404)
        return Response(challenge, media_type="text/plain")

    @router.post(PATH)
    async def take(token: str, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        signature = request.headers.get("X-Hub-Signature")
        one = await run_in_threadpool(find_push, database(), token) if key() else None
        if one is None:
            return Response(status_code=404)
        if not signature:
            return Response(status_code=403)
        body = await request.body()  # no larger than `newswatch.web.body_limit` lets through
        taken = await run_in_threadpool(
            lambda: take_push(database(), one, body, signature, key=key(), settings=bounds, now=now())
        )
        return Response(status_code=202 if taken else 403)

    return router
