"""Does every page answer in under 200 ms at the server, with 200,000 articles and 5,000 stories?

    .venv/bin/python tests/bench/bench_pages.py          makes the database (some minutes), then measures every page

Prints a line a page: the median and the slowest of five answers after the first, in milliseconds, and its size.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "plugins"), str(Path(__file__).parents[1])]

import sqlalchemy as sa
from starlette.testclient import TestClient

from builders_web import NOW, a_week, by_token
from newswatch.runtime.postgres import EmbeddedPostgres
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
from newswatch.web.app import create_app

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_MILLISECONDS = 200
PAGES = (
    "/", "/?days=365&order=gravest", "/?days=365&signal=launch&pair=PRK-JPN&open=true", "/?view=held&days=365",
    "/stories/b40", "/search", "/search?q=missile", "/search?q=korea&page=40", '/search?q="long-range ballistic"',
    "/search?q=zxqwv", "/search?signal=nuclear", "/search?pair=PRK-JPN&signal=cyber", "/search?q=missile&signal=launch",
    "/search?publisher=Publisher 7", "/search?page=200", "/pairs", "/pairs?days=7", "/pairs?days=365",
    "/pair?pair=PRK-JPN&days=365", "/feeds", "/feeds/f7", "/model", "/silences",
    "/tuning", "/tuning?launch=0.3&threat=0.95", "/review?day=2026-03-07", "/labels",
)  # fmt: skip
SIGNAL = "(ARRAY['launch','nuclear','threat','attack','sanction','cyber'])[1+{0}%6]"
SOURCE = "(ARRAY['PRK','RUS','IRN','CHN','ISR'])[1+{0}%5]"
TARGET = "(ARRAY['JPN','UKR','ISR','TWN','LBN','USA','KOR'])[1+{0}%7]"
FILL = (
    """INSERT INTO feeds (feed_id, name, publisher, url, language, tier, urgent, state, next_due_at, last_success_at)
    SELECT 'f'||g, 'Feed '||g, 'Publisher '||g, 'https://f'||g||'.example/rss', 'en', 2, false, 'ok', now(), now()
    FROM generate_series(1, 190) g""",
    """CREATE TEMP TABLE vocabulary AS SELECT row_number() OVER () AS n, word FROM (SELECT word FROM
    ts_stat('SELECT to_tsvector(''simple'', title||'' ''||text) FROM articles') ORDER BY nentry DESC LIMIT 4000) w""",
    "CREATE UNIQUE INDEX ON vocabulary (n)",
    """CREATE TEMP TABLE texts AS SELECT g, (SELECT string_agg(word, ' ') FROM (SELECT word FROM vocabulary JOIN
    (SELECT 1+floor(4000*power(random(), 3))::int AS k FROM generate_series(1, 350) WHERE g = g) r ON r.k = n) q) AS t
    FROM generate_series(1, 4000) g""",
    "CREATE UNIQUE INDEX ON texts (g)",
    """INSERT INTO articles (canonical_url, url, feed_id, publisher, title, lead, text, text_source, language, published_at,
    seen_at, read_at, backlog, stage, fate) SELECT 'https://b.example/'||i, 'https://b.example/'||i, 'f'||(1+i%190),
    'Publisher '||(1+i%190), initcap(substr(t, 1, 70)), substr(t, 70, 200), substr(t, 1+i%40), 'page', 'en',
    :now - i*interval '38 seconds', :now - i*interval '38 seconds' + interval '3 minutes', :now, false, 'placed',
    CASE WHEN i%8 = 0 THEN 'in_story' ELSE 'no_signal' END FROM generate_series(1, 200000) i JOIN texts ON g = 1+i%4000""",
    f"""INSERT INTO classifications (article_id, model_sha, config_rev, classified_at, signals, head, scores, modality,
    modality_score, source, target, actors, evidence) SELECT article_id, 'm', 'r', seen_at, CASE WHEN fate = 'in_story' THEN
    ARRAY[{SIGNAL.format("article_id")}] ELSE '{{}}' END, '{{}}', jsonb_build_object('launch', random(),
    'nuclear', random()^3, 'threat',
    random()^3, 'mobilization', random()^4, 'attack', random()^4, 'incursion', random()^4, 'sanction', random()^4, 'rupture',
    random()^4, 'cyber', random()^4, 'condemnation', random()^4, 'deescalation', random()^4),
    'act', 0.9, CASE WHEN fate = 'in_story'
    THEN {SOURCE.format("article_id")} END, CASE WHEN fate = 'in_story' THEN {TARGET.format("article_id")} END, '{{}}',
    '[["A sentence.", [["a", 1.0]]]]' FROM articles WHERE canonical_url LIKE 'https://b.example/%'""",
    f"""INSERT INTO stories (story_id, signal, signals, source, target, modality, state, title, first_at, last_at, severity,
    severity_score, factors, origins, publishers, actors, countries, tiers, events, evidence, score, backlog, changes, memory,
    config_rev, model_sha, updated_at, closed_at) SELECT 'b'||i, {SIGNAL.format("i")}, ARRAY[{SIGNAL.format("i")}],
    {SOURCE.format("i")}, {TARGET.format("i")}, 'act', 'quiet', 'Story number '||i, :now - i*interval '25 minutes' - interval
    '6 hours', :now - i*interval '25 minutes', 1+i%5, 0.5, '[["signal", "launch", 0.9]]', ARRAY['A', 'B'], ARRAY['A', 'B'],
    ARRAY['PRK'], ARRAY['USA'], ARRAY[1, 2], 1, '[["A sentence.", [["a", 1.0]]]]', 0.9, false, '[]', '{{}}',
    (SELECT revision FROM revisions LIMIT 1), 'm', :now, :now FROM generate_series(1, 5000) i""",
    """INSERT INTO story_articles (article_id, story_id, how, joined_at) SELECT article_id,
    'b'||(1+((row_number() OVER (ORDER BY article_id)-1)/5)::int), 'alike', seen_at FROM articles
    WHERE canonical_url LIKE 'https://b.example/%' AND fate = 'in_story'""",
    """INSERT INTO alerts (alert_key, story_id, receiver, reason, severity, explanation, ordinal, decided_at, group_key, root_id,
    modality, state, events, labels, last_report_at, config_rev, model_sha) SELECT md5(story_id||r||o)||md5(story_id||r||o),
    story_id, r, 'first', severity, 'because', o, first_at + o*interval '40 minutes', 'g', story_id, 'act', 'claimed', 1, '{}',
    last_at, config_rev, model_sha FROM stories, (VALUES ('desk'), ('night')) v(r), generate_series(1, 2) o
    WHERE story_id LIKE 'b%'""",
    """INSERT INTO decisions (story_id, receiver, route, outcome, reason, explanation, severity, ordinal, decided_at, last_at)
    SELECT story_id, r, '', 'hold', k, 'because', severity, 1, first_at, last_at FROM stories, (VALUES ('desk'), ('ops'),
    ('night')) v(r), (VALUES ('duplicate'), ('below_severity')) x(k) WHERE story_id LIKE 'b%'""",
    """INSERT INTO outbox (notification_key, alert_key, story_id, receiver, kind, severity, text, blocks, state, created_at,
    not_before_at, channel, ts) SELECT alert_key||'m', alert_key, story_id, receiver, 'root', severity, 'text', '[]', 'sent',
    decided_at, decided_at, 'c', '1' FROM alerts WHERE story_id LIKE 'b%'""",
    """INSERT INTO review_items (day, article_id, stratum, population, drawn, found, told) SELECT (:now - d*interval '1
    day')::date, article_id, 'unalerted', 2000, 5, '{}', false FROM generate_series(1, 28) d, LATERAL (SELECT article_id FROM
    articles WHERE seen_at < :now - d*interval '1 day' ORDER BY seen_at DESC LIMIT 20) a""",
    """INSERT INTO labels (article_id, user_id, source, verdict, signals, given_at, decision, decided_by, decided_at) SELECT
    article_id, 'airflow:'||u, 'review', 'reviewed', '{}', :now, CASE WHEN u = 'uma' THEN 'approved' END, 'airflow:otto', :now
    FROM review_items, (VALUES ('uma'), ('vera')) v(u) ON CONFLICT DO NOTHING""",
    """INSERT INTO fetches (feed_id, run_id, fetched_at, status, body_bytes, elapsed_seconds, entries, new_entries) SELECT 'f'||f,
    'r', :now - g*interval '15 minutes', CASE WHEN (f+g)%17 = 0 THEN 'failed' ELSE 'fetched' END, 1000, 0.4, 20, 1
    FROM generate_series(1, 190) f, generate_series(1, 700) g""",
)  # fmt: skip


def fill(db: Database) -> None:
    """The demo's week, and around it as much as the promise speaks of."""
    migrate(db)
    a_week(db)
    with db.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        for statement in FILL:
            values = {"now": NOW} if ":now" in statement else {}
            connection.execute(sa.text(statement), values)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("VACUUM ANALYZE"))


def measure(db: Database) -> bool:
    """A line a page; whether all of them kept the promise."""
    app = create_app(
        by_token,
        lambda: db,
        config_folder=REPOSITORY / "config",
        model_folder=REPOSITORY / "seeds/model",
        clock=lambda: NOW,
    )
    client = TestClient(app, headers={"Authorization": "Bearer otto"})
    kept = True
    for page in PAGES:
        took = []
        for _ in range(6):
            started = time.perf_counter()
            answer = client.get(page)
            took.append(1000 * (time.perf_counter() - started))
            answer.raise_for_status()
        median = statistics.median(took[1:])
        kept &= median < MOST_MILLISECONDS
        print(f"{median:6.0f} ms  slowest {max(took[1:]):5.0f} ms  {len(answer.text) / 1000:6.0f} kB  {page}")
    return kept


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="nw-bench-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    started = time.monotonic()
    try:
        server.start()
        server.create_database("bench")
        db = Database(server.url("bench"))
        fill(db)
        print(f"filled in {timedelta(seconds=round(time.monotonic() - started))}", file=sys.stderr)
        kept = measure(db)
        db.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
