"""A Slack in a process of its own, and an outbox with messages in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acceptance.conservation import assert_conserved
from acceptance.installation import Installation, an_installation
from acceptance.outbox_rows import assert_told_once
from newswatch.storage.session import Database

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class MockSlack:
    """The running server: its address, its file, its controls."""

    base_url: str
    log: Path

    def fault(self, fault: str, *, method: str = "chat.postMessage", times: int = 1, **more: Any) -> None:
        """The next `times` calls of `method` meet this fault."""
        self._post("/__faults", {"method": method, "fault": fault, "times": times, **more})

    def delete(self, ts: str) -> None:
        """Somebody deletes a message in the channel."""
        self._post("/__delete", {"ts": ts})

    def reset(self) -> None:
        """A fresh Slack: nothing posted, nothing asked, no fault queued."""
        self._post("/__reset", {})

    def heal(self) -> None:
        """No fault is queued any more."""
        self._post("/__heal", {})

    def messages(self) -> list[dict[str, Any]]:
        """Every message as it stands now, in order of posting within a channel."""
        with urllib.request.urlopen(self.base_url.replace("/api/", "/__messages")) as answer:
            return list(json.load(answer)["messages"])

    def requests(self, method: str) -> list[dict[str, Any]]:
        """Every request to that method, refused ones too; to any for ""."""
        with urllib.request.urlopen(self.base_url.replace("/api/", "/__requests")) as answer:
            return [one for one in json.load(answer)["requests"] if method in ("", one["method"])]

    def click(self, payload: dict[str, Any]) -> bool:
        """A click over Socket Mode; whether it was acknowledged within three seconds."""
        return bool(self._post("/__click", payload)["acknowledged"])

    def answers(self) -> dict[str, Any]:
        """What was said to those who clicked (`answers`), and how many clients listen over Socket Mode (`listening`)."""
        with urllib.request.urlopen(self.base_url.replace("/api/", "/__answers")) as answer:
            return dict(json.load(answer))

    def keys(self) -> list[str]:
        """The alert keys of all messages: one that occurs twice was told twice. A file carries its key in its name."""
        return [
            message["files"][0]["name"].rpartition(".")[0]
            if "files" in message
            else message["metadata"]["event_payload"]["alert_key"]
            for message in self.messages()
        ]

    def _post(self, path: str, content: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.base_url.replace("/api/", path), json.dumps(content).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """PostgreSQL, Airflow's metadata and a configuration of its own, for tests that run the real DAG."""
    folder = Path(tempfile.mkdtemp(prefix="nw-dag-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    with an_installation(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(database: Database) -> Iterator[Database]:
    """A fresh database; whatever the test did to it, every item in it must have its end (promise I1)."""
    yield database
    assert_conserved(database)


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[MockSlack]:
    """A fresh mock Slack."""
    yield from start(tmp_path)


@pytest.fixture(autouse=True)
def told_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a mock Slack and a database: alert keys there = keys marked sent, none twice."""
    slack = next((name for name in ("slack", "paced_slack") if name in request.fixturenames), None)
    if slack is None or "database" not in request.fixturenames:
        yield
        return
    mock, database = request.getfixturevalue(slack), request.getfixturevalue("database")
    yield
    assert_told_once(mock.keys(), database)


@pytest.fixture
def paced_slack(tmp_path: Path) -> Iterator[MockSlack]:
    """A mock Slack that refuses more than one message a second and channel."""
    yield from start(tmp_path, "--paced")


def start(folder: Path, *options: str) -> Iterator[MockSlack]:
    command = [sys.executable, str(TESTS / "mock_slack.py"), "--folder", str(folder), *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield MockSlack(server.stdout.readline().strip(), folder / "messages.jsonl")
    finally:
        server.kill()
        server.wait()
