"""Newswatch's pages inside Airflow: an entry in the navigation, and an app under /newswatch behind Airflow's own login.

Every task process loads plugins, so nothing heavy is imported here: the first request to a page pays for the web framework.
Airflow mounts an app without asking who calls it; `visitor_of` asks, and every route of ours asks `visitor_of`.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import APIRouter, FastAPI, Request

    from newswatch.storage.session import Database
    from newswatch.web.access import Role, Visitor

DAG_ID = "monitor_news"  # who may read this DAG may read the pages; who may change it may answer alerts
PREFIX = "/newswatch"
SLACK_CONNECTION = "slack_default"  # its extra `signing_secret` lets Slack's buttons in
SECRET_SECONDS = 60.0  # how long a secret is believed before Airflow is asked again
_building = threading.Lock()
log = logging.getLogger("newswatch.web")


class Pages:
    """The ASGI app that Airflow mounts; it is built when the first request comes."""

    def __init__(self) -> None:
        self._app: FastAPI | None = None

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if self._app is None:
            from starlette.concurrency import run_in_threadpool

            self._app = await run_in_threadpool(_built)
        await self._app(scope, receive, send)


def _built() -> FastAPI:
    with _building:
        return _build()


@cache
def _build() -> FastAPI:
    from urllib.parse import urlsplit

    from airflow.configuration import conf

    from newswatch.runtime.given import given
    from newswatch.runtime.place import config_folder, model_folder
    from newswatch.steps.desk import utc_now
    from newswatch.web.app import create_app

    base = urlsplit(conf.get("api", "base_url", fallback=""))
    return create_app(
        visitor_of,
        database,
        config_folder=config_folder(),
        model_folder=model_folder(),
        login_path=f"{base.path.rstrip('/')}/api/v2/auth/login",
        own_origins=(f"{base.scheme}://{base.netloc}",) if base.netloc else (),
        clock=utc_now,
        slack_actions=_slack_actions(),
        pushes=_pushes(),
        feed_token=given("NEWSWATCH_FEED_TOKEN"),
    )


async def visitor_of(request: Request) -> Visitor:
    """Who sent this request and what they may do, by Airflow's own rules. Raises HTTPException 401 for nobody it knows."""
    from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
    from fastapi import HTTPException
    from starlette.concurrency import run_in_threadpool

    from newswatch.web.access import Visitor

    try:
        user = await get_user(request, None, await bearer_scheme(request))
    except HTTPException as refused:  # a token that is no longer believed is a reason to log in again
        raise HTTPException(401, refused.detail) from None
    return Visitor(user.get_name(), await run_in_threadpool(_roles_of, user))


def _roles_of(user: Any) -> frozenset[Role]:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails

    manager, dag = get_auth_manager(), DagDetails(id=DAG_ID)
    allowed: dict[Role, bool] = {
        "viewer": manager.is_authorized_dag(method="GET", details=dag, user=user),
        "user": manager.is_authorized_dag(method="PUT", details=dag, user=user),
        "op": manager.is_authorized_variable(method="PUT", user=user),
    }
    return frozenset(role for role, is_allowed in allowed.items() if is_allowed)


def database() -> Database:
    """Newswatch's database, its schema brought up to date the first time. Raises StorageError when it cannot be reached."""
    with _building:
        return _migrated()


@cache
def _migrated() -> Database:
    from newswatch.runtime.postgres import database_url
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    db = Database(database_url())
    migrate(db)
    return db


def _slack_actions() -> APIRouter | None:
    """The route for Slack's buttons; None while config/alerts.yaml is broken, for it names the workspace that may click."""
    from newswatch.alerts.settings import AlertSettings
    from newswatch.errors import ConfigError
    from newswatch.runtime.place import config_folder
    from newswatch.settings import load_file
    from newswatch.steps.desk import utc_now
    from newswatch.web.slack_actions import slack_router

    try:
        team_id = load_file(config_folder() / "alerts.yaml", AlertSettings).slack.team_id
    except ConfigError as error:
        log.error("%s\nClicks in Slack are refused until the file is mended and the API server started anew.", error)
        return None
    return slack_router(database=database, signing_secret=_Secret(), now=utc_now, team_id=team_id)


def _pushes() -> APIRouter:
    """The routes for WebSub hubs; they answer 404 while no key is set."""
    from newswatch.steps.desk import utc_now
    from newswatch.steps.push import push_key
    from newswatch.web.push import push_router

    return push_router(database=database, key=push_key, now=utc_now)


class _Secret:
    """Slack's signing secret from Airflow's connection, asked for once a minute: strangers may knock as often as they like."""

    def __init__(self) -> None:
        self._value: str | None = None
        self._asked_at = -SECRET_SECONDS

    def __call__(self) -> str | None:
        if time.monotonic() - self._asked_at >= SECRET_SECONDS:
            self._asked_at = time.monotonic()
            self._value = self._read()
        return self._value

    def _read(self) -> str | None:
        from airflow.exceptions import AirflowNotFoundException
        from airflow.models import Connection

        try:
            connection = Connection.get_connection_from_secrets(SLACK_CONNECTION)
        except AirflowNotFoundException:
            return None
        return connection.extra_dejson.get("signing_secret") or None


class NewswatchPlugin(AirflowPlugin):
    """What Airflow reads. The paths have no leading slash, so that they hold where Airflow is served below a prefix."""

    name = "newswatch"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Newswatch"}]
    external_views = [
        {
            "name": "Newswatch",
            "href": "newswatch/",
            "destination": "nav",
            "url_route": "newswatch",
            "nav_top_level": True,
            "icon": "newswatch/static/icon.svg",
            "icon_dark_mode": "newswatch/static/icon_dark.svg",
        }
    ]
