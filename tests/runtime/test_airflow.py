"""One environment for every Airflow process: secrets made once and kept private, a used port refused."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from newswatch.errors import RuntimeSetupError
from newswatch.runtime.airflow import admin_password, environment, refuse_used_port


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", "postgresql://desk@db.example/news")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://desk@db.example/airflow")
    return tmp_path


def test_secrets_are_made_once_and_kept_private(own_home: Path) -> None:
    first, second = environment(), environment()

    names = ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET")
    assert [first[name] for name in names] == [second[name] for name in names]
    assert len(first["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64  # Airflow warns of shorter ones
    assert admin_password() == admin_password()
    for file in ("secrets.json", "passwords.json"):
        assert stat.S_IMODE((own_home / file).stat().st_mode) == 0o600


def test_named_databases_are_used_and_tasks_call_the_port_that_is_served(own_home: Path) -> None:
    env = environment(8123)

    assert env["NEWSWATCH_DATABASE_URL"] == "postgresql://desk@db.example/news"
    assert env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://desk@db.example/airflow"
    assert env["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8123/"
    assert not (own_home / "postgres").exists()


def test_a_used_port_is_refused_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(RuntimeSetupError, match=f"Port {port} is in use.*PORT={port + 1}"):
            refuse_used_port(port)
