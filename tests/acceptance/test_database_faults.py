"""The database is fought over, is full, is killed while it is migrated, and takes whatever comes (S1, S3, S4, S7, P4, P8)."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from acceptance.conservation import assert_conserved
from builders import NOON, a_feed, a_finding, an_entry
from newswatch.errors import StorageError
from newswatch.plain_text import storable
from newswatch.runtime.postgres import OURS, EmbeddedPostgres
from newswatch.storage import articles as article_storage
from newswatch.storage import feeds as feed_storage
from newswatch.storage.articles import ReadArticle
from newswatch.storage.feeds import FoundEntry
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
from newswatch.storage.tables import articles
from newswatch.storage.tables_all import metadata

MIB = 1 << 20


def found(number: int) -> FoundEntry:
    url = f"https://wire.example/{number}"
    return FoundEntry(an_entry(url, title=f"Title {number}"), url)


def test_s1_eight_writers_on_the_same_articles_neither_deadlock_nor_repeat(database) -> None:
    """Eight feeds carry the same two hundred articles, each in an order of its own."""
    feeds = [a_feed(f"feed{number}") for number in range(8)]
    with database.begin() as connection:
        feed_storage.save_feeds(connection, feeds, NOON)

    def write(feed) -> int:
        listed = [found(number) for number in range(200)]
        random.Random(feed.feed_id).shuffle(listed)
        with database.begin() as connection:
            return feed_storage.save_entries(connection, feed, listed, backlog=False, now=NOON)

    with ThreadPoolExecutor(8) as writers:
        assert list(writers.map(write, feeds)) == [200] * 8
    assert assert_conserved(database, seen=1600) == {"pending": 200, "duplicate": 1400}


def test_s1_four_readers_share_the_articles_without_overlap(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        feed_storage.save_entries(connection, a_feed(), [found(n) for n in range(120)], backlog=False, now=NOON)

    def take(_: int) -> list[int]:
        with database.begin() as connection:
            return [one.article_id for one in article_storage.claim(connection, "found", limit=7, minutes=5)[1]]

    with ThreadPoolExecutor(4) as readers:
        taken = [article for claimed in readers.map(take, range(24)) for article in claimed]
    assert len(taken) == len(set(taken)) == 120


@pytest.fixture
def cramped() -> Iterator[tuple[EmbeddedPostgres, Database]]:
    """A server of its own that may write no file longer than 18 MiB: what a full disk does, in the place where it does it."""
    folder = Path(tempfile.mkdtemp(prefix="nw-full-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (18 * MIB, hard))  # children inherit it
    try:
        server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    db = Database(server.url(OURS))
    migrate(db)
    yield server, db
    db.close()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_s3_a_full_disk_undoes_what_was_begun_and_later_nothing_is_missing(cramped) -> None:
    server, db = cramped
    with db.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        feed_storage.save_entries(
            connection, a_feed(), [found(number) for number in range(20)], backlog=False, now=NOON
        )
        token, claimed = article_storage.claim(connection, "found", limit=20, minutes=60)
    noise = random.Random(3)
    read = [
        ReadArticle(one.article_id, one.title, "", noise.randbytes(MIB // 2).hex(), "page", "en", NOON, None, b"")
        for one in claimed
    ]
    with pytest.raises(StorageError, match=r"cannot write: .*Nothing is lost.*Free space"), db.begin() as connection:
        article_storage.save_read(connection, token, read, NOON)
    assert assert_conserved(db, seen=20) == {"pending": 20}

    db.close()
    server.stop()
    server.start()  # without the limit: the disk has room again
    with db.begin() as connection:
        assert article_storage.save_read(connection, token, read, NOON) == 20


KILLED_WHILE_MIGRATING = """
import os, signal, sys
import sqlalchemy as sa
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
db = Database(sys.argv[1])
made = []
def note(connection, cursor, statement, *more):
    if statement.lstrip().startswith("CREATE TABLE"):
        made.append(statement)
        if len(made) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(db.engine, "after_cursor_execute", note)
migrate(db)
"""


@pytest.mark.parametrize("tables", [1, 2, 12])
def test_s4_a_migration_killed_half_way_leaves_nothing_and_is_done_by_the_next(postgres, tables: int) -> None:
    name = f"m_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    db = Database(postgres.url(name))
    plugins = Path(__file__).resolve().parents[2] / "plugins"
    command = [sys.executable, "-c", KILLED_WHILE_MIGRATING, postgres.url(name), str(tables)]
    assert subprocess.run(command, cwd=plugins, timeout=60).returncode == -signal.SIGKILL
    with db.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
    migrate(db)
    with db.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    db.close()


TEXTS = {
    "emoji": "🚀👩‍🚀 launch 🇰🇵",
    "a statement": "'; DROP TABLE articles; --",
    "a format": "%s %(x)s {x} {{ ti }} {% raw %} \\copy",
    "a megabyte": "word " * (MIB // 5),
    "a long word": "x" * MIB,
    "every script": "Ядерные 핵실험 核试验 نووي परमाणु",
    "backslashes": "C:\\new\\table \\x00 \\u0000",
    "JSON": '{"a": [null, "\\u0000"]}',
}


@pytest.mark.parametrize("name", TEXTS)
def test_s7_whatever_is_written_is_read_back(database, name: str) -> None:
    text = TEXTS[name]
    entry = replace(an_entry("https://wire.example/1", title=text[:500], summary=text[:5000]), text=text)
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        feed_storage.save_entries(connection, a_feed(), [FoundEntry(entry, "u")], backlog=False, now=NOON)
        row = connection.execute(sa.select(articles.c.title, articles.c.lead, articles.c.text)).one()
        assert tuple(row) == (text[:500], text[:5000], text)
        assert connection.scalar(sa.text("SELECT count(*) FROM feeds")) == 1


@pytest.mark.parametrize("raw", ["a\x00b", "a\ud800b", "\ufffe\uffff", "a\u202eb", "\x1b[31mred"])
def test_p4_what_postgresql_refuses_is_cleaned_before(database, raw: str) -> None:
    clean = storable(raw)
    entry = an_entry("https://wire.example/1", title=clean, summary=clean)
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        feed_storage.save_entries(connection, a_feed(), [FoundEntry(entry, "u")], backlog=False, now=NOON)
        assert connection.scalar(sa.select(articles.c.title)) == clean


def test_p8_one_article_under_many_addresses_is_one_row(database) -> None:
    from newswatch.articles.urls import canonical_url

    links = (
        "https://www.a.example/1?utm_source=x",
        "http://www.a.example/1",
        "https://www.a.example/1/amp",
        "https://www.a.example/1#top",
    )
    with database.begin() as connection:
        feeds = [a_feed(f"f{number}") for number in range(len(links))]
        feed_storage.save_feeds(connection, feeds, NOON)
        for feed, link in zip(feeds, links, strict=True):
            entry = FoundEntry(an_entry(link), str(canonical_url(link)))
            feed_storage.save_entries(connection, feed, [entry], backlog=False, now=NOON)
    assert assert_conserved(database, seen=4) == {"pending": 1, "duplicate": 3}


def test_i3_the_same_finding_twice_is_one_row(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        feed_storage.save_entries(connection, a_feed(), [found(1)], backlog=False, now=NOON)
        token, (one,) = article_storage.claim(connection, "found", limit=1, minutes=5)
        known = ReadArticle(one.article_id, one.title, "", "", "feed", "en", NOON, None, b"")
        article_storage.save_read(connection, token, [known], NOON)
        for _ in range(2):
            article_storage.save_classified(
                connection,
                token,
                {one.article_id: a_finding("launch")},
                model_sha="m" * 64,
                config_rev="c" * 12,
                now=NOON,
            )
        assert connection.scalar(sa.text("SELECT count(*) FROM classifications")) == 1
