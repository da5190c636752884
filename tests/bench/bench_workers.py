"""How much more do two workers read than one? Celery workers on this machine, each with two slots.

Both share the two cores with Airflow, PostgreSQL, Redis and the publishers, so the second worker is worth what the cores leave;
what it shows is that the work divides. The projection in docs/scaling.md starts from CPU seconds an article.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import machine
from bench_end_to_end import Sizes
from station import REPOSITORY, a_site, listed

from newswatch.runtime.demo import write_config
from scale.cluster import Cluster, a_cluster

RUNS = 3


def run(sizes: Sizes) -> list[tuple[str, ...]]:
    """A line for one worker and for two."""
    return [_measured(sizes, workers) for workers in (1, 2)]


def _measured(sizes: Sizes, workers: int) -> tuple[str, ...]:
    folder = Path(tempfile.mkdtemp(prefix="nw-work-", dir="/tmp"))
    folder.chmod(0o755)
    dags = Path(shutil.copytree(REPOSITORY / "dags", folder / "dags"))
    for path in dags.glob("*.py"):
        path.write_text(re.sub(r"schedule=[^\n]+,\n", "schedule=None,\n", path.read_text(), count=1))
    feeds, articles = sizes.feeds // 2, sizes.articles
    try:
        with a_site(feeds, articles) as site:
            write_config(folder / "config", listed(site), networks=("127.0.0.0/8",))
            with a_cluster(folder, dags, workers=workers) as cluster:
                runs = [_one(cluster, site, edition) for edition in range(1, RUNS + 2)][1:]  # the first warms up
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = statistics.median(one[0] for one in runs)
    cpu = statistics.median(one[1] for one in runs) / (feeds * articles)
    others = statistics.median(one[2] for one in runs)
    minute = 60 / seconds
    return str(workers), f"{feeds * articles * minute:,.0f}", f"{feeds * minute:,.0f}", f"{cpu:.3f}", f"{others:.0%}"


def _one(cluster: Cluster, site, edition: int) -> tuple[float, float, float]:
    """Seconds, CPU seconds and the others' share of one run over a new edition."""
    site.set(edition=edition)
    with cluster.ours() as connection:
        if edition > 1:
            connection.execute("UPDATE feeds SET next_due_at = now()")
    pids = [*cluster.pids, cluster.postgres_pid]
    cpu, everybody, beside = (
        machine.cpu_seconds(*pids),
        machine.machine_seconds(),
        machine.cpu_seconds(site.pid, os.getpid()),
    )
    started = time.time()
    state = cluster.wait(cluster.trigger())
    seconds = time.time() - started
    used = machine.cpu_seconds(*pids) - cpu
    others = machine.machine_seconds() - everybody - used - (machine.cpu_seconds(site.pid, os.getpid()) - beside)
    print(f"  {len(cluster.workers)} workers: {state}, {seconds:.1f} s", flush=True)
    return seconds, used, max(0.0, others / (seconds * (os.cpu_count() or 1)))
