"""The pages in Debian's Chromium, inside the Airflow that people open: log in, find the menu, answer, search, be refused.

With NEWSWATCH_SCREENSHOTS=<folder> it leaves pictures of the pages there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from acceptance.installation import an_installation
from builders_web import a_week
from newswatch.runtime.airflow import environment
from newswatch.runtime.demo import write_config
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
from newswatch.storage.tables_alerts import feedback
from newswatch.storage.tables_stories import stories
from newswatch.storage.tables_tuning import revision_changes

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: the pages are not looked at"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = Path("/usr/bin/chromium")
START_SECONDS = 180
PAGES = (
    "/",
    "/?view=held",
    "/silences",
    "/search?q=missile",
    "/pairs?days=7",
    "/pair?pair=PRK→JPN&days=7",
    "/feeds",
    "/feeds/albion-world",
    "/tuning?launch=0.3",
    "/review",
    "/labels",
    "/model",
)
HOSTILE = "<img src=x onerror=\"alert('title')\"><script>alert('title')</script>"
PASSWORDS = {"admin": "horse-battery", "vera": "staple-correct"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium"),
]


@dataclass
class Desk:
    """A running API server with a week in its database, and a browser."""

    url: str
    db: Database
    browser: Any
    tokens: dict[str, str]

    @contextmanager
    def page(self, visitor: str | None, **more: Any) -> Iterator[tuple[Any, list[str]]]:
        """A page of a fresh browser, logged in as `visitor`, and everything it complained of."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, **more)
        if visitor:
            context.add_cookies([{"name": "_token", "value": self.tokens[visitor], "url": self.url}])
        page, complaints = context.new_page(), []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        try:
            yield page, complaints
        finally:
            context.close()

    def ours(self, path: str) -> str:
        return f"{self.url}newswatch{path}"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    folder = Path(tempfile.mkdtemp(prefix="nw-browser-", dir="/tmp"))
    folder.chmod(0o755)
    with an_installation(folder) as installation, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        db = installation.fresh()
        migrate(db)
        a_week(db, datetime.now(UTC).replace(microsecond=0))
        write_config(folder / "config", [])
        with api_server(folder, port) as url, playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            )
            yield Desk(url, db, browser, {name: token(url, name) for name in PASSWORDS})
            browser.close()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def api_server(folder: Path, port: int) -> Iterator[str]:
    """Airflow's API server with its UI; nothing else of Airflow is needed to look at pages."""
    passwords = folder / "people.json"
    passwords.write_text(json.dumps(PASSWORDS))
    env = environment(port) | {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,vera:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
    }
    log = (folder / "api-server.log").open("wb")
    server = subprocess.Popen(
        ["airflow", "api-server", "--port", str(port)], env=env, stdout=log, stderr=log, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        await_answer(url, server, Path(log.name))
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)
        log.close()


def await_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            requests.get(f"{url}api/v2/version", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(1)
    pytest.fail(f"the API server did not answer: {log.read_text()[-3000:]}")


def token(url: str, name: str) -> str:
    answer = requests.post(f"{url}auth/token", json={"username": name, "password": PASSWORDS[name]}, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("NEWSWATCH_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(400)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_a_person_logs_in_finds_the_menu_and_answers(desk: Desk) -> None:
    with desk.page(None, color_scheme="dark") as (page, complaints):
        page.goto(desk.ours("/?severity=4"))
        page.locator("input[name=username]").fill("admin", timeout=60_000)
        page.locator("input[name=password]").fill(PASSWORDS["admin"])
        page.locator("button[type=submit]").click()
        page.wait_for_url("**/newswatch/?severity=4", timeout=60_000)  # back where the link led
        assert page.locator(".row").count() > 2

        page.goto(desk.url, wait_until="networkidle")
        page.get_by_role("link", name="Newswatch").first.click(timeout=60_000)
        frame = page.frame_locator("iframe")
        frame.locator(".row").first.wait_for(timeout=60_000)
        theme = page.evaluate("document.documentElement.classList.contains('dark') ? 'dark' : 'light'")
        assert frame.locator("html").get_attribute("data-theme") == theme
        picture(page, "alerts-in-airflow")

        first = frame.locator(".row").first
        first.get_by_role("button", name="Acknowledge").focus()
        page.keyboard.press("Enter")
        first.get_by_text("✓ admin").wait_for()
        first.get_by_text("Silence", exact=True).first.click()
        first.get_by_label("because").fill("seen at the morning conference")
        first.get_by_role("button", name="Silence").click()
        first.get_by_text("Silence #1 until").wait_for()

        frame.get_by_label("Severity").select_option("5")
        frame.locator(".row.s5").first.wait_for()
        page.wait_for_timeout(500)
        assert frame.locator(".row:not(.s5)").count() == 0

        frame.locator(".row h3 a").first.click()
        with page.context.expect_page() as opened:  # Airflow's frame opens no windows; the page around it does
            frame.locator(".reports h3 a").first.click()
        assert ".example" in opened.value.url or opened.value.url in ("about:blank", "chrome-error://chromewebdata/")
        assert [one for one in complaints if "newswatch" in one or "Content Security Policy" in one] == []

    with desk.db.read() as connection:
        assert connection.execute(sa.select(feedback.c.user_id, feedback.c.verdict)).all() == [
            ("airflow:admin", "acknowledged")
        ]


def test_an_operator_tunes_and_rolls_back(desk: Desk) -> None:
    """By keyboard: move a threshold, see the effect, save it with a reason, and put the revision before in force again."""
    with desk.page("admin") as (page, complaints):
        page.goto(desk.ours("/tuning"))
        before = page.locator(".heading code").inner_text()
        slider = page.get_by_role("slider", name="threat")
        slider.focus()
        for _ in range(45):
            page.keyboard.press("ArrowRight")
        page.locator("#effect").get_by_text("No longer told").wait_for()
        assert "threat=0.95" in page.url and page.locator("output.moved").inner_text() == "0.95"
        page.get_by_label("Why").fill("the desk hears of threats elsewhere")
        page.get_by_role("button", name="Save as a new revision").click()
        page.get_by_text("the desk hears of threats elsewhere").wait_for()
        assert page.locator(".heading code").inner_text() != before

        row = page.locator("tr", has_text=before[:12]).last
        row.get_by_text("Roll back to this").click()
        row.get_by_label("because").fill("no, it does not")
        row.get_by_role("button", name="Roll back").click()
        page.get_by_text("no, it does not").wait_for()
        assert page.locator(".heading code").inner_text() == before
        assert page.get_by_role("slider", name="threat").input_value() == "0.5"
        assert complaints == []
    with desk.db.read() as connection:
        rows = connection.execute(sa.select(revision_changes).order_by(revision_changes.c.change_id)).mappings().all()
    assert [(row["action"], row["who"]) for row in rows][-2:] == [
        ("saved", "airflow:admin"),
        ("rolled_back", "airflow:admin"),
    ]


def test_the_card_of_the_day_is_answered_in_a_click_or_two(desk: Desk) -> None:
    with desk.page("admin") as (page, complaints):
        page.goto(desk.ours("/review"))
        first = page.locator(".item").first
        first.wait_for()  # the page has the card drawn by itself
        assert "the model" not in page.locator(".card-items").inner_text()
        first.get_by_role("button", name="Ordinary news").click()
        page.locator(".item.done").first.wait_for()
        second = page.locator(".item:not(.done)").first
        second.get_by_label("launch", exact=True).check()
        second.get_by_role("button", name="It reports these").click()
        page.locator(".item.done").nth(1).wait_for()
        assert "You: launch" in page.locator(".item.done").nth(1).inner_text()
        page.goto(desk.ours("/labels"))
        page.locator("input[name=ids]").first.check()
        page.get_by_role("button", name="Approve what is ticked").click()
        page.goto(desk.ours("/labels?standing=approved"))
        assert page.locator(".label").count() == 1
        assert complaints == []


def test_words_are_sought_and_the_address_keeps_them(desk: Desk) -> None:
    with desk.page("vera") as (page, complaints):
        page.goto(desk.ours("/search"))
        page.get_by_label("Words").fill("missile")
        page.keyboard.press("Enter")
        page.locator(".found mark").first.wait_for()
        page.get_by_label("Signal").select_option("launch")
        page.wait_for_url("**/search?q=missile&signal=launch")
        found = page.locator(".found > li").count()
        page.reload()
        assert page.locator(".found > li").count() == found > 0
        assert page.get_by_label("Signal").input_value() == "launch"
        assert complaints == []


def test_an_operator_pauses_and_resumes_without_script(desk: Desk) -> None:
    with desk.page("admin", java_script_enabled=False) as (page, _):
        page.goto(desk.ours("/feeds/albion-world"))
        page.get_by_label("Pause because").fill("moving house")
        page.get_by_role("button", name="Pause").click()
        assert "Paused by admin: moving house" in page.inner_text("main")
        page.get_by_role("button", name="Resume").click()
        assert "Resumed by admin" in page.inner_text("main")


def test_a_viewer_looks_and_is_refused(desk: Desk) -> None:
    with desk.page("vera") as (page, _):
        page.goto(desk.ours("/"))
        assert page.locator(".row").count() and not page.locator(".answers button").count()
        key = requests.get(
            desk.ours("/api/alerts"), headers={"Authorization": f"Bearer {desk.tokens['vera']}"}, timeout=30
        ).json()["rows"][0]["alert_key"]
        status = page.evaluate(
            "path => fetch(path, {method: 'POST'}).then(answer => answer.status)",
            f"/newswatch/api/alerts/{key}/acknowledge",
        )
        assert status == 403


def test_airflow_lets_nobody_by(desk: Desk) -> None:
    for path in ("/api/alerts", "/api/openapi.json", "/static/style.css", "/api/feeds"):
        assert requests.get(desk.ours(path), timeout=30).status_code == 401
        assert requests.get(desk.ours(path), cookies={"_token": "forged"}, timeout=30).status_code == 401
    assert requests.get(desk.ours("/docs"), timeout=30).status_code == 404
    forged = requests.post(
        desk.ours("/feeds/albion-world/pause"),
        cookies={"_token": desk.tokens["admin"]},
        headers={"Origin": "http://evil.example"},
        timeout=30,
    )
    assert forged.status_code == 403
    assert requests.post(desk.ours("/slack/interactions"), data="payload={}", timeout=30).status_code == 401


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")])
def test_every_page_is_sound(desk: Desk, width: int, scheme: str) -> None:
    """No script error, no policy violation, nothing wider than the window, nothing serious for axe."""
    with desk.page("admin", color_scheme=scheme) as (page, complaints):
        page.set_viewport_size({"width": width, "height": 900})
        story = desk_story(desk)
        for path in (*PAGES, f"/stories/{story}"):
            page.goto(desk.ours(path))
            if path == "/review":
                page.locator(".item").first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
            report = axe.Axe().run(page).response
            assert len(report["passes"]) > 10, "axe has looked at nothing"
            found = report["violations"]
            grave = [
                f"{one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
            assert grave == [], path
            picture(page, f"{path.strip('/').partition('?')[0].partition('/')[0] or 'alerts'}-{width}-{scheme}")
        assert complaints == []


def test_hostile_titles_do_nothing(desk: Desk) -> None:
    with desk.db.begin() as connection:
        titles = connection.execute(sa.select(stories.c.story_id, stories.c.title)).all()
        connection.execute(sa.update(stories).values(title=HOSTILE))
    try:
        with desk.page("admin") as (page, complaints):
            for path in ("/", f"/stories/{titles[0].story_id}"):
                page.goto(desk.ours(path))
                page.wait_for_timeout(300)
                assert "<script>alert('title')</script>" in page.inner_text("main")
            assert complaints == []
    finally:
        with desk.db.begin() as connection:
            for story_id, title in titles:
                connection.execute(sa.update(stories).where(stories.c.story_id == story_id).values(title=title))


def desk_story(desk: Desk) -> str:
    with desk.db.read() as connection:
        return str(connection.scalar(sa.select(stories.c.story_id).order_by(stories.c.severity_score.desc()).limit(1)))
