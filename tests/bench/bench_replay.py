"""Is a replay of 30 days of 20,000 stored articles done in under 60 seconds on two cores?

    .venv/bin/python tests/bench/bench_replay.py [articles]

Makes a month from the seed articles (one in five carries a signal, as real feeds do at most), stores it as the pipeline does,
with a grouping run every five minutes, and prints a line a replay: wall and processor seconds, articles scored again, alerts.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2] / "plugins"), str(Path(__file__).parents[1])]

import sqlalchemy as sa

from newswatch.articles.fingerprint import fingerprint
from newswatch.domain import SIGNALS
from newswatch.runtime.place import REPOSITORY, model_folder
from newswatch.runtime.postgres import EmbeddedPostgres
from newswatch.signals.lexicon.identity import lexicon_sha
from newswatch.signals.model_store import load_model
from newswatch.steps.replay import replay_config
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
from newswatch.storage.tables import classifications, feeds

MOST_SECONDS = 60
NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 30
SHARE = 0.2
BODY = 2_500  # characters
CHANGES: dict[str, dict[str, Any]] = {
    "the same": {},
    "weights": {"classifier": {"severity": {"signals": {"threat": 0.9, "sanction": 0.3}}}},
    "stories": {"classifier": {"stories": {"alike": 0.4, "window_hours": 48}}},
    "routes": {"alerts": {"route": {"min_severity": 4}}},
    "thresholds": {"classifier": {"signals": {"thresholds": dict.fromkeys(SIGNALS, 0.7)}}},
}


def fill(db: Database, number: int) -> None:
    """The month."""
    chance = Random(3)
    lines = [
        line for file in sorted((REPOSITORY / "seeds/articles").glob("*.jsonl")) for line in file.open(encoding="utf-8")
    ]
    seeds = [json.loads(line) for line in lines]
    loud = [one for one in seeds if one["signals"]]
    quiet = [one for one in seeds if not one["signals"]]
    thresholds = load_model(model_folder(), lexicon_sha=lexicon_sha())[0].thresholds
    with db.begin() as connection:
        for n in range(60):
            connection.execute(
                sa.insert(feeds).values(
                    feed_id=f"f{n}", name=f"Feed {n}", publisher=f"Publisher {n}", url=f"https://f{n}.example/rss",
                    language="en", tier=2, urgent=False, next_due_at=NOW,
                )
            )  # fmt: skip
        moments = [{"at": NOW - timedelta(days=DAYS + 9) + timedelta(minutes=5 * n)} for n in range((DAYS + 9) * 288)]
        connection.execute(sa.text("INSERT INTO groupings VALUES (:at)"), moments)
        rows, findings = [], []
        for n in range(number):
            seed = chance.choice(loud if chance.random() < SHARE else quiet)
            at = NOW - timedelta(days=DAYS) * (1 - n / number)
            rows.append(an_article(n + 1, seed, seeds, at, chance))
            findings.append(a_finding(n + 1, seed, at, thresholds, chance))
        names = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        connection.execute(sa.text(f"INSERT INTO articles ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})"), rows)
        connection.execute(sa.insert(classifications), findings)


def an_article(
    n: int, seed: dict[str, Any], seeds: list[dict[str, Any]], at: datetime, chance: Random
) -> dict[str, Any]:
    text = seed["lead"] or seed["title"]
    while len(text) < BODY:
        text += " " + (chance.choice(seeds)["lead"] or "More was not said.")
    return {
        "article_id": n, "canonical_url": f"https://x.example/{n}", "url": f"https://x.example/{n}", "feed_id": f"f{n % 60}",
        "publisher": f"Publisher {n % 60}", "title": seed["title"], "lead": seed["lead"] or "", "text": text, "language": "en",
        "published_at": at - timedelta(minutes=10), "seen_at": at, "backlog": False, "stage": "placed",
        "fate": "in_story" if seed["signals"] else "no_signal", "fingerprint": fingerprint(text),
    }  # fmt: skip


def a_finding(n: int, seed: dict[str, Any], at: datetime, thresholds: Any, chance: Random) -> dict[str, Any]:
    scores = {signal: round(chance.betavariate(0.4, 9), 4) for signal in SIGNALS}
    scores |= {signal: round(chance.betavariate(4, 1.3), 4) for signal in seed["signals"]}
    found = sorted((s for s in SIGNALS if scores[s] >= thresholds[s]), key=lambda s: -scores[s])
    return {
        "article_id": n, "model_sha": "m" * 64, "config_rev": "c" * 12, "classified_at": at, "signals": found, "head": found,
        "scores": scores, "head_scores": scores, "modality": seed["modality"] if found else "none", "modality_score": 0.9,
        "source": seed.get("source") if found else None, "target": seed.get("target") if found else None, "actors": [],
        "evidence": [],
    }  # fmt: skip


def main() -> None:
    """Fill a database and replay on it."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    folder = Path(tempfile.mkdtemp(prefix="nw-bench-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    try:
        server.create_database("bench")
        db = Database(server.url("bench"))
        migrate(db)
        fill(db, number)
        for name, patch in CHANGES.items():
            started, spent = time.monotonic(), _processor()
            report = replay_config(db, REPOSITORY / "config", now=NOW, patch=patch, days=DAYS)
            wall = time.monotonic() - started
            verdict = "" if wall <= MOST_SECONDS else f"   over {MOST_SECONDS} s"
            again = f"{report['scored_again']:5} scored again"
            counts = f"{report['before']['alerts']} -> {report['after']['alerts']} alerts"
            print(
                f"{name:12} {wall:6.1f} s, {_processor() - spent:6.1f} CPU-s, {again}, {counts}{verdict}",
                flush=True,
            )
        db.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _processor() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main()
