"""The same DAG on two Celery workers finds what the steps find by themselves; a worker that dies loses and doubles nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from newswatch.runtime.demo import write_config
from scale.cluster import Cluster, a_cluster

TESTS = Path(__file__).resolve().parents[1]
REPOSITORY = TESTS.parent
FEEDS, ARTICLES = 12, 6
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PLAINLY = """
from newswatch import steps
due = steps.list_due_feeds()
for shard in due.shards: steps.fetch_feeds(list(shard), run_id="plain")
for shard in (0, 1): steps.read_articles(shard, of=2)
steps.classify_articles(0)
steps.group_stories()
"""
FOUND = """
SELECT a.canonical_url, a.title, md5(a.text), a.text_source, a.stage, a.fate, c.signals::text, c.modality, c.source, c.target
FROM articles a LEFT JOIN classifications c USING (article_id) ORDER BY 1
"""
ENTRIES = "SELECT feed_id, entry_key FROM entries ORDER BY 1, 2"
IN_STORIES = "SELECT a.canonical_url FROM story_articles s JOIN articles a USING (article_id) ORDER BY 1"


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    """Publishers on this machine; yields their port."""
    command = [sys.executable, str(TESTS / "bench/news_site.py"), "--feeds", str(FEEDS), "--articles", str(ARTICLES)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.kill()
    server.wait()


@pytest.fixture(scope="module")
def cluster(site: int) -> Iterator[Cluster]:
    """Two workers; the DAGs without their schedules."""
    folder = Path(tempfile.mkdtemp(prefix="nw-scale-", dir="/tmp"))  # a socket's path must be short
    dags = Path(shutil.copytree(REPOSITORY / "dags", folder / "dags"))
    for path in dags.glob("*.py"):
        path.write_text(re.sub(r"schedule=[^\n]+,\n", "schedule=None,\n", path.read_text(), count=1))
    feeds = [
        {
            "id": f"c{n}",
            "name": f"Courier {n}",
            "publisher": f"Courier {n}",
            "url": f"http://127.1.0.{n + 1}:{site}/feed.xml",
        }
        for n in range(FEEDS)
    ]
    write_config(folder / "config", feeds, networks=("127.0.0.0/8",))
    with a_cluster(folder, dags) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


def found(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All that a run decides, by names that do not depend on the order of work."""
    with psycopg.connect(url) as connection:
        queries = {"articles": FOUND, "entries": ENTRIES, "in stories": IN_STORIES}
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


def found_plainly(cluster: Cluster) -> dict[str, list[tuple[object, ...]]]:
    """What the steps find without Airflow, one after the other, in a database of their own."""
    url = cluster.database_url.rpartition("/")[0] + "/plain"
    with cluster.ours() as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'plain'").fetchone():
            connection.execute("CREATE DATABASE plain")
    env = cluster.env | {"NEWSWATCH_DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", PLAINLY], env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    all_due(url)
    return found(url)


def all_due(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE feeds SET next_due_at = now()")


def test_two_workers_find_what_one_process_finds(cluster: Cluster) -> None:
    assert cluster.wait(cluster.trigger()) == "success"

    by_cluster = found(cluster.database_url)
    assert len(by_cluster["articles"]) == len(by_cluster["entries"]) == FEEDS * ARTICLES
    assert by_cluster == found_plainly(cluster)
    worked = [number for number in (1, 2) if "succeeded" in (cluster.folder / f"worker{number}.log").read_text()]
    assert worked == [1, 2]


def test_a_worker_that_dies_loses_and_doubles_nothing(cluster: Cluster, site: int) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{site}/__set?edition=2").close()
    all_due(cluster.database_url)
    run_id = cluster.trigger()
    cluster.wait_for_task(run_id, "read_articles")
    cluster.kill_worker(0)  # with whatever it was reading
    cluster.wait(run_id)
    with cluster.ours() as connection:  # the time for which a dead task's claims hold is over
        connection.execute("UPDATE articles SET claimed_until = now() WHERE claimed_until IS NOT NULL")
    cluster.add_worker()
    assert cluster.wait(cluster.trigger()) == "success"

    by_cluster = found(cluster.database_url)
    assert len(by_cluster["articles"]) == len(by_cluster["entries"]) == 2 * FEEDS * ARTICLES
    assert by_cluster == found_plainly(cluster)
