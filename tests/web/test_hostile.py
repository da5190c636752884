"""What publishers write is text, wherever it is shown."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from lxml import html

from newswatch.exports.sheet import harmless
from newswatch.storage.tables import articles, classifications, feeds, fetches
from newswatch.storage.tables_alerts import decisions, feedback, outbox
from newswatch.storage.tables_stories import stories

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea></title><iframe src=javascript:alert(1)>",
    "a\u202egpj.exe",
)
TEXT = " ".join(HOSTILE)
OURS = {"theme.js", "htmx.min.js", "pages.js"}
PAGES = (
    "/", "/?view=held", "/stories/{story}", "/search", "/search?q=alert", "/feeds", "/feeds/albion-world", "/silences",
    "/pairs", "/model", "/?pair=%3Cscript%3E", "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/?receiver=%22%3E%3Cscript%3E", "/feeds/%3Cscript%3E", "/stories/%3Cscript%3E",
)  # fmt: skip


@pytest.fixture
def poisoned(week) -> str:
    """The week with everything that comes from outside replaced by markup; the id of one story."""
    with week.db.begin() as connection:
        connection.execute(
            sa.update(articles).values(title=TEXT, lead=TEXT, text=TEXT + " alert missile", publisher=TEXT, outlet=TEXT)
        )
        connection.execute(sa.update(articles).values(url="javascript:alert(1)"))
        connection.execute(
            sa.update(stories).values(
                title=TEXT,
                url="javascript:alert(1)",
                origins=[TEXT],
                publishers=[TEXT],
                evidence=[[TEXT, [[TEXT, 1.0]]]],
            )
        )
        connection.execute(sa.update(classifications).values(evidence=[[TEXT, [["alert", 1.0]]]]))
        connection.execute(sa.update(feeds).values(name=TEXT, publisher=TEXT, message=TEXT, url="javascript:alert(1)"))
        connection.execute(sa.update(fetches).values(reason=TEXT))
        connection.execute(sa.update(decisions).values(explanation=TEXT))
        connection.execute(sa.update(outbox).values(text=TEXT, permalink="javascript:alert(1)", last_error=TEXT))
        key, story = connection.execute(sa.text("SELECT alert_key, story_id FROM alerts LIMIT 1")).one()
        answer = {"kind": "wrong", "verdict": "not_news", "given_at": week.now}
        connection.execute(sa.insert(feedback).values(alert_key=key, user_id=TEXT, **answer))
    return story


@pytest.mark.parametrize("path", PAGES)
def test_markup_from_outside_is_text(visit, poisoned: str, path: str) -> None:
    page = visit("otto").get(path.format(story=poisoned))
    tree = html.document_fromstring(page.text)

    scripts = [one.get("src", "").rpartition("/")[2] for one in tree.iter("script")]
    assert set(scripts) == OURS and all(not (one.text or "").strip() for one in tree.iter("script"))
    assert not list(tree.iter("iframe", "object", "embed", "base"))
    assert [
        name
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name in element.attrib
        if name.startswith("on")
    ] == []
    links = [
        element.get(name)
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name in ("href", "src", "action")
        if element.get(name)
    ]
    assert all(link.startswith(("/newswatch/", "#", "http", "/")) for link in links), links


def test_the_poison_reaches_the_pages(visit, poisoned: str) -> None:
    for path in ("/", "/stories/{story}", "/search", "/feeds"):
        shown = html.document_fromstring(visit("otto").get(path.format(story=poisoned)).text).text_content()
        assert "<script>alert(1)</script>" in shown and "{{ 7 * 7 }}" in shown, path


def test_a_link_that_is_no_web_address_is_not_a_link(visit, poisoned: str) -> None:
    tree = html.document_fromstring(visit("vera").get(f"/stories/{poisoned}").text)

    assert [one.get("href") for one in tree.iter("a") if one.get("target")] == []


def test_links_out_open_apart_and_tell_nothing(visit, week) -> None:
    tree = html.document_fromstring(visit("vera").get("/search").text)
    outside = [one for one in tree.iter("a") if one.get("href", "").startswith("http")]

    assert outside
    assert {(one.get("target"), one.get("rel")) for one in outside} == {("_blank", "noopener noreferrer external")}


CELLS = {
    "=HYPERLINK(\"http://evil.example\",\"x\")": True,
    "+1": True,
    "-1": True,
    "@SUM(A1)": True,
    "\t=1": True,
    "\r=1": True,
    "  =1": True,
    "\n=1": True,
    "N. Korea fires": False,
    "1 = 1": False,
    "": False,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "guarded"), CELLS.items())
def test_no_cell_begins_a_formula(cell: str, guarded: bool) -> None:
    assert harmless(cell) == (f"'{cell}" if guarded else cell)


def test_the_export_holds_no_formula(visit, week) -> None:
    with week.db.begin() as connection:
        connection.execute(
            sa.update(articles).values(title='=HYPERLINK("http://evil.example","win")', publisher="@cmd")
        )
    rows = list(csv.reader(io.StringIO(visit("vera").get("/search.csv").text.removeprefix("\ufeff"))))

    assert len(rows) > 50
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


JUNK = ("/?days=x", "/?severity=9", "/?signal=none", "/?page=0", "/search?since=yesterday", "/search?until=2026-02-30",
        "/search?q=a%00b", "/pair", "/pair?pair=", "/pair?pair=PRK&at=now", "/?pair=%F0%9F%92%A3", "/?state=gone",
        "/search?q=" + "x" * 400, "/pairs?days=8", "/?receiver=%01", "/search?page=99999999999")  # fmt: skip


@pytest.mark.parametrize("path", JUNK)
def test_what_cannot_be_read_is_said_so(visit, path: str) -> None:
    page = visit("vera").get(path)

    assert page.status_code == 422
    assert "Nothing was changed" in page.text or "write YYYY-MM-DD" in page.text
