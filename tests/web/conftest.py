"""The pages over a seeded database: the demo's week is lived through once a session, each test gets a copy of it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders_web import NOW, Seeded, a_desk, a_week, by_token

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template_week(postgres, template_database) -> str:
    """A database with the week in it, to be copied."""
    from newswatch.storage.session import Database

    _copy(postgres, template_database, "template_week")
    db = Database(postgres.url("template_week"))
    a_week(db)
    db.close()
    return "template_week"


@pytest.fixture
def week(postgres, template_week) -> Iterator[Seeded]:
    """A week of news, grouped and told, ending at NOW."""
    import psycopg

    from newswatch.storage.session import Database

    name = f"t_{uuid.uuid4().hex[:12]}"
    _copy(postgres, template_week, name)
    db = Database(postgres.url(name))
    yield Seeded(db, NOW, a_desk())
    db.close()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def config_folder(tmp_path: Path) -> Path:
    """A copy of the configuration that comes with Newswatch: some pages write to it."""
    return Path(shutil.copytree(REPOSITORY / "config", tmp_path / "config"))


@pytest.fixture
def pages(week: Seeded, config_folder: Path) -> FastAPI:
    """The app over that week; `Authorization: Bearer vera|uma|otto` is a viewer, a user, an operator."""
    from newswatch.web.app import create_app

    return create_app(
        by_token,
        lambda: week.db,
        config_folder=config_folder,
        model_folder=REPOSITORY / "seeds" / "model",
        clock=lambda: week.now,
    )


@pytest.fixture
def visit(pages: FastAPI) -> Callable[[str | None], TestClient]:
    """`visit("uma")` is a client that has logged in as uma; `visit(None)` has not. Mounted as Airflow mounts it."""
    outer = FastAPI()
    outer.mount("/newswatch", pages)

    def as_visitor(name: str | None) -> TestClient:
        headers = {"Authorization": f"Bearer {name}"} if name else {}
        return TestClient(outer, base_url="http://desk.example/newswatch", headers=headers, follow_redirects=False)

    return as_visitor


def _copy(postgres, template: str, name: str) -> None:
    import psycopg

    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
