"""What does a page need besides the request? The database, the clock, who is asking, and where things stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from newswatch.storage.session import Database
from newswatch.web.access import Access


@dataclass(frozen=True)
class Site:
    """Everything the pages are handed. `login_path` is Airflow's, to which a visitor without a session is sent."""

    access: Access
    database: Callable[[], Database]
    clock: Callable[[], datetime]
    config_folder: Path
    model_folder: Path
    login_path: str
    feed_token: str | None = None  # opens the outgoing feed, see `outgoing`

    @property
    def db(self) -> Database:
        return self.database()

    @property
    def now(self) -> datetime:
        return self.clock()


def _site_of(request: Request) -> Site:
    return cast(Site, request.app.state.site)


SiteDep = Annotated[Site, Depends(_site_of)]
