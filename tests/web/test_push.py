"""A hub on this machine: it is asked, it asks back, it pushes; and what strangers can do at the door."""

from __future__ import annotations

import hmac
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders_feeds import NOW, an_item, an_rss
from local_web import a_local_web
from newswatch import steps
from newswatch.runtime.demo import write_config
from newswatch.storage import push as storage
from newswatch.storage.tables import articles, subscriptions
from newswatch.web.push import push_router

KEY = "a key of this installation"
PUBLIC = "http://desk.example"


class Hub:
    """Remembers what it was asked; `verify` asks back at once, as section 5.3 wants it."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.status = 202
        self.confirmed: list[tuple[int, str]] = []
        self.subscriber: TestClient | None = None
        self.url = ""

    def take(self, form: dict[str, str]) -> int:
        self.forms.append(form)
        if self.status == 202 and self.subscriber:
            path = urlsplit(form["hub.callback"]).path
            asked = {
                "hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c1",
                "hub.lease_seconds": form["hub.lease_seconds"],
            }  # fmt: skip
            answer = self.subscriber.get(path, params=asked)
            self.confirmed.append((answer.status_code, answer.text))
        return self.status


@pytest.fixture
def hub() -> Iterator[Hub]:
    told = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = told.take({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet: what was asked is in `forms`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(database) -> TestClient:
    app = FastAPI()
    app.include_router(push_router(database=lambda: database, key=lambda: KEY, now=lambda: NOW))
    return TestClient(app, base_url=PUBLIC)


@pytest.fixture
def watched(database, hub: Hub, door: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A desk that has fetched a feed which names the hub."""
    hub.subscriber = door
    with a_local_web() as web:
        links = f'<link rel="hub" href="{hub.url}" xmlns="http://www.w3.org/2005/Atom"/>'
        web.page("/rss", an_rss(an_item(1), head=f"<title>Alpha</title><link>https://alpha.example/</link>{links}"))
        config = tmp_path / "config"
        write_config(config, [{"id": "alpha", "name": "Alpha", "publisher": "Alpha", "url": web.url("/rss")}])
        text = (config / "newswatch.yaml").read_text()
        (config / "newswatch.yaml").write_text(re.sub(r"push_address:.*", f"push_address: {PUBLIC}", text))
        monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("NEWSWATCH_CONFIG", str(config))
        monkeypatch.setenv("NEWSWATCH_PUSH_KEY", KEY)
        monkeypatch.setenv("NEWSWATCH_NOW", NOW.isoformat())
        steps.list_due_feeds()
        steps.fetch_feeds(["alpha"], run_id="r1")
        yield database


def subscription(db) -> dict[str, object]:
    with db.read() as connection:
        return dict(connection.execute(sa.select(subscriptions)).mappings().one())


def signed(hub: Hub, body: bytes) -> dict[str, str]:
    secret = hub.forms[-1]["hub.secret"]
    return {"X-Hub-Signature": "sha1=" + hmac.new(secret.encode(), body, "sha1").hexdigest()}


def test_a_feed_that_names_a_hub_is_pushed(watched, hub: Hub, door: TestClient) -> None:
    assert steps.renew_pushes().counts == {"asked": 1, "refused": 0}
    assert hub.confirmed == [(200, "c1")]
    assert (subscription(watched)["state"], subscription(watched)["until"]) == ("active", NOW + timedelta(days=7))

    body = an_rss(an_item(7, title="Army shells town"))
    path = urlsplit(hub.forms[0]["hub.callback"]).path
    pushed = [door.post(path, content=body, headers=signed(hub, body)).status_code for _ in range(2)]

    assert pushed == [202, 202]
    with watched.read() as connection:
        titles = connection.scalars(sa.select(articles.c.title).order_by(articles.c.title)).all()
        assert storage.find_unsure(connection, NOW, left=timedelta(days=2), again=timedelta(days=1)) == []
        later = NOW + timedelta(days=5)
        assert len(storage.find_unsure(connection, later, left=timedelta(days=2.3), again=timedelta(days=1))) == 1
    assert titles == ["Army shells town", "Title 1"]
    assert subscription(watched)["pushed_at"] == NOW


def test_what_is_not_the_hubs_changes_nothing(watched, hub: Hub, door: TestClient) -> None:
    steps.renew_pushes()
    body, path = an_rss(an_item(7)), urlsplit(hub.forms[0]["hub.callback"]).path
    before = subscription(watched)

    answers = [
        door.post(path, content=body).status_code,
        door.post(path, content=body, headers={"X-Hub-Signature": "sha1=" + "0" * 40}).status_code,
        door.post(path, content=body + b" ", headers=signed(hub, body)).status_code,
        door.post("/push/guessed", content=body, headers=signed(hub, body)).status_code,
        door.get("/push/guessed", params={"hub.mode": "subscribe"}).status_code,
        door.get(
            path, params={"hub.mode": "unsubscribe", "hub.topic": str(before["topic"]), "hub.challenge": "x"}
        ).status_code,
        door.get(path).status_code,
    ]

    assert answers == [403, 403, 403, 404, 404, 404, 404]
    assert subscription(watched) == before
    with watched.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(articles)) == 1


def test_a_hub_that_refuses_is_asked_again_another_day(watched, hub: Hub) -> None:
    hub.status = 500
    assert steps.renew_pushes().counts == {"asked": 1, "refused": 1}
    assert steps.renew_pushes().counts["asked"] == 0
    assert (subscription(watched)["state"], subscription(watched)["reason"]) == ("refused", "the hub answered 500")


def test_without_a_key_there_is_no_door(database) -> None:
    app = FastAPI()
    app.include_router(push_router(database=lambda: database, key=str, now=lambda: NOW))
    client = TestClient(app)

    assert client.post("/push/any", content=b"", headers={"X-Hub-Signature": "sha1=0"}).status_code == 404
    assert client.get("/push/any", params={"hub.mode": "subscribe"}).status_code == 404
