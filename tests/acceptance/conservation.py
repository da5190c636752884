"""Where did every item go? The ledger of promise I1, read from the database alone and checked after every acceptance test.

    seen = alerted + below_threshold + duplicate + held:REASON + unclassifiable + failed:REASON + pending

`seen` counts entries of feeds; `duplicate` are entries of an article that is known already, and reports that join a story which
was told; `below_threshold` are articles without a signal and stories below a receiver's severity. What fits nowhere is `lost`.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from newswatch.storage.session import Database

ARTICLES = """
SELECT a.article_id, a.stage, a.fate, a.reason, sa.story_id,
       (SELECT min(first.article_id) FROM story_articles first WHERE first.story_id = sa.story_id) = a.article_id AS opens,
       EXISTS (SELECT 1 FROM alerts WHERE alerts.story_id = sa.story_id) AS told,
       (SELECT d.reason FROM decisions d WHERE d.story_id = sa.story_id ORDER BY d.decision_id DESC LIMIT 1) AS held
FROM articles a LEFT JOIN story_articles sa USING (article_id)
"""
SEEN = "SELECT count(*), count(DISTINCT article_id), count(*) FILTER (WHERE article_id IS NULL) FROM entries"
WITHOUT_MESSAGE = """
SELECT count(*) FROM alerts a
WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.story_id = a.story_id AND o.receiver = a.receiver)
"""
UNLISTED = (
    "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.article_id)"
)
UNSCORED = ("unclassifiable", "unsupported_language")


def ledger(db: Database) -> Counter[str]:
    """How many items ended where. `lost` is in it only when something is."""
    with db.read() as connection:
        rows = connection.execute(sa.text(ARTICLES)).all()
        entries, known, adrift = connection.execute(sa.text(SEEN)).one()
    found = Counter(_end(row) for row in rows)
    found["duplicate"] += entries - known - adrift
    found["lost"] += adrift
    return +found


def assert_conserved(db: Database, *, seen: int | None = None) -> Counter[str]:
    """The ledger, after making sure that nothing is lost and nothing is alerted without a message; `seen` is what was served."""
    found = ledger(db)
    assert "lost" not in found, found
    with db.read() as connection:
        entries = connection.scalar(sa.text("SELECT count(*) FROM entries"))
        unlisted = connection.scalar(sa.text(UNLISTED))
        assert connection.scalar(sa.text(WITHOUT_MESSAGE)) == 0, "an alert without a message in the outbox"
    assert found.total() == entries + unlisted, found
    assert seen is None or entries == seen, (entries, seen)
    return found


def _end(row: sa.Row[tuple[object, ...]]) -> str:
    if row.stage != "placed":
        return "pending"
    if row.fate in UNSCORED:
        return "unclassifiable"
    if row.fate == "failed":
        return f"failed:{row.reason}" if row.reason else "lost"
    if row.fate == "no_signal":
        return "below_threshold"
    return _end_in_story(row)


def _end_in_story(row: sa.Row[tuple[object, ...]]) -> str:
    if row.story_id is None or (not row.told and row.held is None):
        return "lost"
    if row.told:
        return "alerted" if row.opens else "duplicate"
    return "below_threshold" if row.held == "below_severity" else f"held:{row.held}"
