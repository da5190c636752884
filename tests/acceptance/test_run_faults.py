"""Whole runs in bad company: poisoned feeds and pages, an altered model, a terminated sender; each item has its end (I1)."""

from __future__ import annotations

import gzip
import logging
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from acceptance.conservation import assert_conserved, ledger
from acceptance.desk import Item, Publisher, desk_env, one_run, write_desk
from acceptance.outbox_rows import send, sent_keys, tell
from acceptance.test_kill_points import LEASE, wait_until
from builders import NOON
from builders_alerts import NOW, a_decision, a_story, slack_settings
from builders_feeds import an_item, an_rss
from builders_signals import MODEL, the_actors
from local_web import LocalWeb, a_local_web
from newswatch import steps
from newswatch.alerts.log import LogSender
from newswatch.alerts.message import Provenance, root_message
from newswatch.alerts.outbox import Posting
from newswatch.alerts.settings import Receiver
from newswatch.domain import Reading
from newswatch.errors import ModelError
from newswatch.signals.classify import load_classifier
from newswatch.signals.settings import SignalSettings
from newswatch.steps import articles as article_steps

HOUR = timedelta(hours=1)
QUIET = [Item(f"City council debates parking fees, part {number}", f"q{number}", NOON - HOUR) for number in range(3)]


@pytest.fixture
def web():
    with a_local_web() as local:
        yield local


class Desk:
    """The environment of a task, in this process."""

    def __init__(self, database, slack, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database, self._slack, self._config, self._patch = database, slack, config, monkeypatch

    def at(self, moment) -> None:
        for name, value in desk_env(self._database, self._config, self._slack.base_url, moment).items():
            self._patch.setenv(name, value)

    def run(self, moment, run_id: str = "run") -> None:
        self.at(moment)
        one_run(run_id)


@pytest.fixture
def desk_of(database, slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def make(*feeds: dict[str, object]) -> Desk:
        return Desk(database, slack, write_desk(tmp_path / "config", list(feeds)), monkeypatch)

    return make


def test_f3_of_a_bomb_nothing_is_stored_and_the_others_are_read(database, web: LocalWeb, desk_of) -> None:
    good = Publisher("good", QUIET)
    good.serve(web)
    bad = Publisher("bad")
    web.page("/bad/rss", gzip.compress(an_rss(an_item()) + bytes(64 << 20), 9), Content_Encoding="gzip")
    desk_of(good.listed(web), bad.listed(web)).run(NOON)
    with database.read() as connection:
        fetched = dict(
            connection.execute(sa.text("SELECT feed_id, status || ': ' || coalesce(reason, '') FROM fetches")).all()
        )
    assert fetched["bad"].startswith("failed: more than 10,485,760 bytes") and fetched["good"] == "fetched: "
    assert_conserved(database, seen=len(QUIET))


P6 = {
    "guids that change at each visit": lambda visit: an_item(1, guid=f"g-{visit}"),
    "guids reused for another story": lambda visit: an_item(visit, guid="same"),
    "no guid, no date": lambda visit: an_item(1, guid="", pubDate=""),
    "a title that is edited": lambda visit: an_item(1, title=f"North Korea fires missile, update {visit}"),
}


@pytest.mark.parametrize("name", P6)
def test_p6_no_item_is_lost_and_none_is_new_twice(name: str, database, web: LocalWeb, desk_of) -> None:
    feed = Publisher("alpha")
    web.page("/alpha/rss", an_rss())
    desk = desk_of(feed.listed(web))
    for visit in range(3):
        desk.at(NOON + visit * 24 * HOUR)
        steps.list_due_feeds()
        steps.fetch_feeds(["alpha"], run_id=f"r{visit}")
        web.page("/alpha/rss", an_rss(P6[name](visit + 1)))
    assert_conserved(database, seen=2 if "reused" in name else 1)


def test_e5_text_that_looks_like_markup_is_kept_as_text(database, web: LocalWeb, desk_of) -> None:
    shown = "The page said &lt;script&gt;alert(1)&lt;/script&gt; in plain sight. " * 8
    feed = Publisher("alpha", [Item("Council debates parking fees", "a", NOON - HOUR, text=shown)])
    feed.serve(web)
    desk = desk_of(feed.listed(web))
    desk.at(NOON)
    steps.list_due_feeds()
    steps.fetch_feeds(["alpha"], run_id="r")
    steps.read_articles(0)
    with database.read() as connection:
        text, source = connection.execute(sa.text("SELECT text, text_source FROM articles")).one()
    assert source == "page" and "<script>alert(1)</script>" in text  # escaped at every sink: tests/web/test_hostile.py


def test_m1_an_altered_model_stops_the_classifier_and_nothing_is_lost(
    database, web: LocalWeb, desk_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Publisher("alpha", QUIET)
    feed.serve(web)
    desk = desk_of(feed.listed(web))
    folder = Path(shutil.copytree(MODEL, tmp_path / "model"))
    whole = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(whole[:-1] + b"\x00\x01")
    monkeypatch.setenv("NEWSWATCH_MODEL", str(folder))
    with pytest.raises(ModelError, match="sha256 differs"):
        desk.run(NOON)
    assert ledger(database) == {"pending": len(QUIET)}
    assert any("No model" in line for line in steps.check_health().lines)

    (folder / "weights.npz").write_bytes(whole)
    steps.classify_articles(0)
    assert "pending" not in assert_conserved(database, seen=len(QUIET))


def test_m6_a_run_keeps_the_model_it_began_with(
    database, web: LocalWeb, desk_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Publisher("alpha", QUIET)
    feed.serve(web)
    desk = desk_of(feed.listed(web))
    folder = Path(shutil.copytree(MODEL, tmp_path / "model"))
    monkeypatch.setenv("NEWSWATCH_MODEL", str(folder))
    monkeypatch.setattr(article_steps, "CLASSIFY_BATCH", 1)
    classify = article_steps._classify_batch

    def swapped_after(*args, **more):
        found = classify(*args, **more)
        shutil.rmtree(folder, ignore_errors=True)
        return found

    monkeypatch.setattr(article_steps, "_classify_batch", swapped_after)
    desk.at(NOON)
    steps.list_due_feeds()
    steps.fetch_feeds(["alpha"], run_id="r")
    steps.read_articles(0)
    steps.classify_articles(0)
    with database.read() as connection:
        counted = connection.execute(sa.text("SELECT count(*), count(DISTINCT model_sha) FROM classifications")).one()
    assert tuple(counted) == (len(QUIET), 1)


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(MODEL, settings=SignalSettings(), actors=the_actors())


def test_m7_five_megabytes_of_text_score_the_same_twice(classifier) -> None:
    reading = Reading("North Korea fires ballistic missile", "", "The council met on Friday. " * 200_000)
    first, second = classifier.classify([reading]), classifier.classify([reading])
    assert first == second and first[0].reason is None


@pytest.mark.parametrize("text", ["", "\x00", " \n", "a", "?", "…", "1234567890", "\u200b\u200b", "🚀"])
def test_m4_what_says_nothing_is_never_scored(classifier, text: str) -> None:
    (found,) = classifier.classify([Reading(text)])
    assert (found.reason, found.signals, found.scores) == ("unclassifiable", (), {})


def test_x5_a_sender_that_is_terminated_ends_at_once_and_nothing_is_told_twice(database, slack) -> None:
    settings = slack_settings()
    tell(database, settings, *(a_story(f"st_{number}") for number in range(3)))
    slack.fault("accept_then_hang", seconds=30)
    script = Path(__file__).with_name("dying.py")
    url = database.url.render_as_string(hide_password=False)
    sender = subprocess.Popen([sys.executable, str(script), "never", url, slack.base_url])
    wait_until(slack.messages)
    sender.send_signal(signal.SIGTERM)
    assert sender.wait(30) == -signal.SIGTERM
    time.sleep(LEASE)
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))
    assert len(slack.keys()) == 3 and sorted(slack.keys()) == sent_keys(database)


def test_x8_no_line_of_an_article_passes_for_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    hostile = "Talks\n2026-03-01 ERROR everything is lost\r\x1b[2J\u2028[CRITICAL] again" + "x" * 1_000_000
    story = a_story(title=hostile)
    text = root_message(story, a_decision(story, explanation=hostile), Receiver(name="desk"), Provenance()).text
    posting = Posting("k" * 64, story.story_id, "desk", "root", 4, text, (), NOW, 1, NOW, 1)
    with caplog.at_level(logging.INFO):
        LogSender().send(posting)
    (record,) = caplog.records
    first, *rest = record.getMessage().splitlines()
    assert first == "ALERT to desk" and all(line.startswith("  │ ") for line in rest)
    assert "\x1b" not in record.getMessage() and len(record.getMessage()) < 10_000


def test_x3_no_dag_reads_what_a_manual_trigger_passes() -> None:
    dags = sorted((Path(__file__).resolve().parents[2] / "dags").rglob("*.py"))
    assert dags
    reading = [path.name for path in dags if "monitor" in path.name and ".conf" in path.read_text()]
    assert reading == []
