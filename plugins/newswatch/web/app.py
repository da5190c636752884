"""Which pages are there, and what stands before each of them?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, FastAPI

from newswatch.storage.session import Database
from newswatch.web import (
    alerts,
    answers,
    assets,
    faults,
    feed_list,
    feeds,
    model,
    outgoing,
    pairs,
    review,
    search,
    silences,
    story,
    tuning,
)
from newswatch.web.access import Access
from newswatch.web.body_limit import BodyLimit
from newswatch.web.headers import SecurityHeaders
from newswatch.web.openapi import document
from newswatch.web.same_origin import SameOrigin
from newswatch.web.site import Site

SLACK = "/slack"  # a place without a user: Slack proves itself by its signature
PUSH = "/push"  # the other one: each hub signs with a secret that we gave to it
PAGES = (alerts, answers, silences, story, search, pairs, feed_list, feeds, review, tuning, model, outgoing, assets)


def create_app(
    access: Access,
    database: Callable[[], Database],
    *,
    config_folder: Path,
    model_folder: Path,
    login_path: str = "/api/v2/auth/login",
    own_origins: tuple[str, ...] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    slack_actions: APIRouter | None = None,
    pushes: APIRouter | None = None,
    feed_token: str | None = None,
) -> FastAPI:
    """The pages as one ASGI application, to be mounted anywhere.

    `access` says who sends a request; `own_origins` are addresses of this site besides the host that was asked, for a proxy
    that changes it; `slack_actions` are routes that check Slack's signature, taken in without user authentication, and
    `pushes` the same for WebSub hubs; `feed_token` opens the outgoing feed to programs.
    """
    app = FastAPI(title="Newswatch", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(access, database, clock, config_folder, model_folder, login_path, feed_token)
    for page in PAGES:
        app.include_router(page.router)
    app.include_router(document(app))
    faults.install(app)
    if slack_actions is not None:
        app.include_router(slack_actions, include_in_schema=False)
    if pushes is not None:
        app.include_router(pushes, include_in_schema=False)
    app.add_middleware(BodyLimit)
    app.add_middleware(SameOrigin, own_origins=own_origins, exempt=(SLACK, PUSH))
    app.add_middleware(SecurityHeaders)
    return app
