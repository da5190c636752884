"""Feeds that a person adds: by address with autodiscovery, or from another reader's file."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import html
from starlette.testclient import TestClient

from builders_web import by_token
from newswatch.feeds.settings import FeedList
from newswatch.runtime.demo import write_config
from newswatch.runtime.demo_server import serve
from newswatch.runtime.demo_site import DemoResponse
from newswatch.settings import load_file
from newswatch.storage.feeds import find_due_feeds
from newswatch.storage.tables import feeds
from newswatch.web.app import create_app
from newswatch.web.body_limit import LARGEST_BODY

RSS = b"<rss version='2.0'><channel><title>Fjord Post</title><item><title>Ferry <i>late</i></title></item></channel></rss>"
SITE = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/dead.xml" title="Dead">
<link rel="alternate" type="application/rss+xml" href="/news.xml" title="News">
<link rel="alternate" type="application/atom+xml" href="/sport.xml" title="Sport"></head><body>Fjord</body></html>"""
WANTED = {
    "url": "https://fjord.example/news.xml",
    "name": "Fjord Post",
    "publisher": "Fjord Post",
    "country": "NOR",
    "tier": 3,
}
OPML = """<opml version="2.0"><body><outline text="Norden"><outline text="Fjord Post" xmlUrl="https://fjord.example/news.xml"/>
<outline text="Again" xmlUrl="https://fjord.example/news.xml"/><outline text="Local" xmlUrl="file:///etc/passwd"/>
<outline text="Known" xmlUrl="{known}"/></outline></body></opml>"""


def site(path: str) -> DemoResponse:
    if path == "/":
        return DemoResponse(200, {"Content-Type": "text/html"}, SITE)
    known = path in ("/news.xml", "/sport.xml")
    return DemoResponse(200 if known else 404, {"Content-Type": "application/rss+xml"}, RSS if known else b"")


@pytest.fixture
def fjord(week, tmp_path: Path):
    """A client of an app that may fetch from this machine, and the address of a site there."""
    with serve(site) as base_url:
        write_config(tmp_path / "local", [])
        app = create_app(
            by_token, lambda: week.db, config_folder=tmp_path / "local", model_folder=tmp_path, clock=lambda: week.now
        )
        yield TestClient(app, headers={"Authorization": "Bearer otto"}), base_url


def listed(folder: Path) -> dict[str, str]:
    return {one.url: one.id for one in load_file(folder / "feeds.yaml", FeedList).feeds}


def test_a_site_leads_to_its_first_working_feed(fjord) -> None:
    client, base_url = fjord
    found = client.post("/api/feeds/find", json={"url": f"{base_url}/"}).json()

    assert (found["url"], found["title"]) == (f"{base_url}/news.xml", "Fjord Post")
    assert [one["title"] for one in found["others"]] == ["Dead", "Sport"]
    assert (found["trial"]["entries"], found["trial"]["newest"][0]["title"]) == (1, "Ferry late")


def test_looking_adds_nothing_and_offers_the_form(fjord, week, tmp_path: Path) -> None:
    client, base_url = fjord
    page = html.document_fromstring(client.post("/feeds/find", data={"url": f"{base_url}/"}).text)

    (form,) = [one for one in page.forms if one.action.endswith("/feeds/add")]
    assert (form.fields["url"], form.fields["name"]) == (f"{base_url}/news.xml", "Fjord Post")
    assert listed(tmp_path / "local") == {}


@pytest.mark.parametrize("path", ["/nothing", "/dead.xml"])
def test_where_there_is_no_feed_it_is_said(fjord, path: str) -> None:
    client, base_url = fjord
    refused = client.post("/api/feeds/find", json={"url": base_url + path})

    assert refused.status_code == 422 and "Nothing was added" in refused.json()["detail"]


def test_looking_does_not_reach_private_addresses(visit) -> None:
    refused = visit("otto").post("/api/feeds/find", json={"url": "http://169.254.169.254/latest"})

    assert refused.status_code == 422 and "Nothing was added" in refused.json()["detail"]


def test_an_added_feed_stands_in_the_file_and_is_due(visit, week, config_folder: Path) -> None:
    before = (config_folder / "feeds.yaml").read_text()
    added = visit("otto").post("/api/feeds", json=WANTED)

    assert (added.status_code, added.json()["feed_id"], added.json()["state"]) == (201, "fjord_post", "new")
    after = (config_folder / "feeds.yaml").read_text()
    assert after.startswith(before.rstrip("\n")) and after.count("\n") == before.rstrip("\n").count("\n") + 2
    with week.db.read() as connection:
        assert "fjord_post" in dict(find_due_feeds(connection, week.now))


def test_the_form_leads_to_the_new_feed(visit) -> None:
    answer = visit("otto").post("/feeds/add", data=WANTED | {"urgent": "true", "state_media": ""})

    assert (answer.status_code, answer.headers["location"]) == (303, "/newswatch/feeds/fjord_post")
    assert "urgent" in visit("vera").get("/feeds/fjord_post").text


def test_the_same_address_twice_is_refused(visit, config_folder: Path) -> None:
    visit("otto").post("/api/feeds", json=WANTED)
    before = (config_folder / "feeds.yaml").read_text()
    again = visit("otto").post("/api/feeds", json=WANTED | {"name": "Other"})

    assert again.status_code == 409 and "Fjord Post" in again.json()["detail"]
    assert (config_folder / "feeds.yaml").read_text() == before


WRONG = {
    "no web address": {"url": "ftp://fjord.example/x"},
    "a country in words": {"country": "Norway"},
    "a tier beyond": {"tier": 5},
    "no name": {"name": ""},
    "a control character": {"publisher": "a\x07b"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_feed_that_makes_no_sense_is_refused(visit, config_folder: Path, changes: dict) -> None:
    before = (config_folder / "feeds.yaml").read_text()

    assert visit("otto").post("/api/feeds", json=WANTED | changes).status_code == 422
    assert (config_folder / "feeds.yaml").read_text() == before


def test_a_file_that_cannot_be_written_is_said_so(visit, config_folder: Path) -> None:
    (config_folder / "feeds.yaml").write_text("feeds: [")
    refused = visit("otto").post("/api/feeds", json=WANTED)

    assert refused.status_code == 503 and "feeds.yaml" in refused.json()["detail"]


def test_another_readers_list_is_looked_at_then_taken(visit, week, config_folder: Path) -> None:
    document = OPML.format(known=next(iter(listed(config_folder)))).replace("&hl", "&amp;hl").replace("&gl", "&amp;gl")
    document = document.replace("&ceid", "&amp;ceid")
    before = listed(config_folder)
    looked = visit("otto").post("/feeds/import", files={"opml": ("l.opml", document)}, data={"do": "look"})

    assert looked.status_code == 200 and "1 would be added" in looked.text and "file:///etc/passwd" in looked.text
    assert listed(config_folder) == before
    took = visit("otto").post("/api/feeds/import", content=document, headers={"Content-Type": "text/x-opml"}).json()
    assert ([one["id"] for one in took["added"]], took["listed_already"], took["repeated"]) == (["fjord_post"], 1, 1)
    assert took["refused"] == ["file:///etc/passwd"]
    with week.db.read() as connection:
        assert connection.scalar(sa.select(feeds.c.tier).where(feeds.c.feed_id == "fjord_post")) == 4


@pytest.mark.parametrize(
    "document", [b"", b"hello", b"<opml/>", b"\xff\xfe\x00", b"<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>"]
)
def test_no_list_of_feeds(visit, document: bytes) -> None:
    answer = visit("otto").post("/api/feeds/import", content=document, headers={"Content-Type": "text/x-opml"})

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/api/feeds/find", "/feeds/find", "/api/feeds/import", "/feeds/import"])
def test_only_operators_add(visit, path: str) -> None:
    how = (
        {"json": {"url": "https://x.example"}}
        if "find" in path
        else {"content": b"<opml/>", "headers": {"Content-Type": "text/xml"}}
    )
    how = {"data": {"url": "https://x.example"}} if path == "/feeds/find" else how
    how = {"files": {"opml": ("x", b"<opml/>")}} if path == "/feeds/import" else how

    assert [visit(name).post(path, **how).status_code for name in (None, "vera", "uma")] == [403, 403, 403]


def test_what_is_too_large_is_not_read(visit, week) -> None:
    for visitor in ("stranger", "otto"):
        large = visit(visitor).post("/feeds/import", files={"opml": ("x", b"x" * (LARGEST_BODY + 1))})
        assert large.status_code == 413

    def unannounced():
        yield from (b"<opml>" for _ in range(LARGEST_BODY // 6 + 2))

    assert visit("otto").post("/api/feeds/import", content=unannounced()).status_code == 413


def test_states_narrow_the_list(visit) -> None:
    everything = visit("vera").get("/api/feeds").json()
    failing = visit("vera").get("/api/feeds?state=failing").json()

    assert [one["state"] for one in failing] == ["failing"] and len(everything) == 10
    page = html.document_fromstring(visit("vera").get("/feeds?state=failing").text)
    assert len(page.cssselect(".feeds tbody tr")) == 1
    assert page.cssselect(".tally a[aria-current]")[0].get("href") == "/newswatch/feeds?state=failing"
