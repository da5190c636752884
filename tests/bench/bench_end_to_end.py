"""From a feed to a message at Slack, through the real DAG under Airflow's scheduler, beside the naive DAG on the same publishers.

Each run starts with a new edition of every feed, so all its articles are new; database, model and Airflow are warm. Rates are by
the clock on the wall, from the trigger to the end of the last task. `others` is the share of the machine that processes other
than ours (Airflow, tasks, PostgreSQL, publishers) took meanwhile: on a machine that is not idle, CPU per article is the figure
to trust.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import joblib
from bench_stages import naive_model
from report import Finding, Row
from station import Measured, Site, Station, a_site, a_station, listed, news_site


@dataclass
class Sizes:
    """How large the benchmark is. `naive` publishers are enough for the naive DAG, whose rate does not depend on them."""

    feeds: int = 200
    articles: int = 20
    runs: int = 5
    fault_runs: int = 3
    naive: int = 40
    naive_slow: int = 8
    many: int = 1_000


SMALL = Sizes(feeds=60, runs=2, fault_runs=1, naive=10, naive_slow=3, many=200)


@dataclass
class EndToEnd:
    """What came out."""

    rows: list[Row]
    findings: list[Finding]
    stages: list[tuple[str, ...]]


def run(sizes: Sizes, extraction_seconds: float) -> EndToEnd:
    """Everything. `extraction_seconds`: CPU seconds to extract one page of the site, measured by `bench_stages`."""
    result = EndToEnd([], [], [])
    with a_site(sizes.feeds, sizes.articles) as site, a_station() as station:
        station.beside.append(site.pid)
        station.list_feeds(listed(site))
        editions = Editions(site, station)
        editions.measure()  # the first visit: backlog, cold caches
        fast = [editions.measure() for _ in range(sizes.runs)]
        naive = naive_runs(station, site, sizes.naive, sizes.runs)
        with site_set(site, latency="0.1-0.3"):
            slow = [editions.measure() for _ in range(sizes.fault_runs)]
            naive_slow = naive_runs(station, site, sizes.naive_slow, sizes.fault_runs, edition=2)
        dead_count = max(1, sizes.feeds // 20)
        with site_set(site, dead=dead_count):
            dead = [editions.measure() for _ in range(sizes.fault_runs)]
        with site_set(site, slow=dead_count):
            hanging = [editions.measure() for _ in range(sizes.fault_runs)]
        told = len(station.messages())
    ours, theirs = rate(fast), naive_rate(naive, sizes.naive * sizes.articles)
    ours_slow, theirs_slow = rate(slow), naive_rate(naive_slow, sizes.naive_slow * sizes.articles)
    result.rows = [
        Row(f"{sizes.feeds} feeds × {sizes.articles} articles", "Newswatch", ours, 1),
        Row(f"{sizes.feeds} feeds × {sizes.articles} articles", "naive DAG", theirs, ours / theirs),
        Row("the same with 100–300 ms latency", "Newswatch", ours_slow, 1),
        Row("the same with 100–300 ms latency", "naive DAG", theirs_slow, ours_slow / theirs_slow),
    ]
    cpu = statistics.median((one.cpu_seconds + one.postgres_seconds) / max(1, one.articles) for one in fast)
    seconds = statistics.median(one.seconds for one in fast)
    result.findings = [
        finding("articles a second, Airflow included", "≥ 110", ours, at_least=110),
        finding("times the naive DAG, fast site", "≥ 3", ours / theirs, at_least=3),
        finding("times the naive DAG, 100–300 ms latency", "≥ 25", ours_slow / theirs_slow, at_least=25),
        finding("CPU ms an article, all processes and PostgreSQL", "–", cpu * 1000),
        finding("CPU an article by extraction alone", "≤ 1.4 ×", cpu / extraction_seconds, at_most=1.4),
        finding("a run with 5 % dead hosts, by one without", "≤ 1.3 ×", median_seconds(dead) / seconds, at_most=1.3),
        finding(
            "a run with 5 % hosts of 10 s, by one without", "≤ 1.3 ×", median_seconds(hanging) / seconds, at_most=1.3
        ),
        Finding(
            "share of the machine that others took", "0", f"{statistics.median(one.others for one in fast):.0%}", None
        ),
        Finding("messages at Slack, all runs", "–", str(told), None),
    ]
    result.stages = stages(fast)
    return result


def many_feeds(sizes: Sizes) -> list[Finding]:
    """A thousand feeds: memory of a run that reads them all for the first time, time of one that finds nothing new."""
    with a_site(sizes.many, 20) as site, a_station() as station:
        station.list_feeds(listed(site))
        site.set(edition=1)
        first = station.run()
        idle = []
        for _ in range(5):
            station.all_due()
            idle.append(station.run())
    checked = statistics.median(one.tasks["check_feed_failures"][0] for one in idle)
    return [
        finding(f"{sizes.many:,} feeds unmodified, all checked (s)", "< 20", checked, at_most=20),
        finding(f"{sizes.many:,} feeds unmodified, the whole run (s)", "–", median_seconds(idle)),
        finding(
            f"memory of our tasks, {sizes.many:,} feeds and {sizes.many * 20:,} entries (MB)", "< 1,500",
            max(first.tasks_megabytes, *(one.tasks_megabytes for one in idle)), at_most=1500,
        ),
        finding("the same with Airflow's own processes and PostgreSQL (MB)", "–", first.all_megabytes),
    ]  # fmt: skip


def extraction_seconds() -> float:
    """CPU seconds to extract one page of the publishers' alone: median over 60 pages."""
    from newswatch.articles.page import read_page

    site = news_site.Site(10, 6, 80)
    taken = []
    for number in range(60):
        body, _ = site.page(number % 10, 1, number // 10)
        started = time.process_time()
        read_page(body, url=None, metadata=False, shortest=200, longest=200_000)
        taken.append(time.process_time() - started)
    return statistics.median(taken)


class Editions:
    """Runs over one edition after the other."""

    def __init__(self, site: Site, station: Station) -> None:
        self._site, self._station, self._edition = site, station, 0

    def measure(self) -> Measured:
        self._edition += 1
        self._site.set(edition=self._edition)
        if self._edition > 1:
            self._station.all_due()
        measured = self._station.run()
        did = f"{measured.articles} articles, {measured.seconds:.1f} s, {measured.others:.0%} others"
        print(f"  edition {self._edition}: {measured.state}, {did}", flush=True)
        return measured


def naive_runs(station: Station, site: Site, feeds: int, runs: int, edition: int = 1) -> list[Measured]:
    """The naive DAG over the first feeds, forgetting in between what it has seen."""
    model = station.folder / "naive.joblib"
    if not model.exists():
        joblib.dump(naive_model(news_site.Site(1, 1)), model)
    measured = []
    conf = {
        "feeds": site.urls(feeds), "model": str(model), "slack": station.slack_url,
        "database": station.server.url("newswatch"),
    }  # fmt: skip
    for _ in range(runs):
        with station.ours() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS naive (url text PRIMARY KEY, title text, text text, score float)"
            )
            connection.execute("TRUNCATE naive")
        measured.append(station.run("naive_news", conf))
        stored = station.scalar("SELECT count(*) FROM naive WHERE text IS NOT NULL")
        print(f"  naive: {measured[-1].state}, {stored} articles, {measured[-1].seconds:.1f} s", flush=True)
    return measured


@contextmanager
def site_set(site: Site, **values: object) -> Iterator[None]:
    """The publishers behave so inside the block."""
    site.set(**values)
    try:
        yield
    finally:
        site.set(**dict.fromkeys(values, 0))


def stages(runs: list[Measured]) -> list[tuple[str, ...]]:
    """When each task began and ended, in the run of median length."""
    typical = sorted(runs, key=lambda one: one.seconds)[len(runs) // 2]
    return [(task, f"{start:.1f}", f"{end:.1f}") for task, (start, end) in typical.tasks.items()]


def rate(runs: list[Measured]) -> float:
    """Articles a second: those that met their fate, not those that were on offer."""
    return statistics.median(one.articles / one.seconds for one in runs)


def naive_rate(runs: list[Measured], articles: int) -> float:
    return articles / median_seconds(runs)


def median_seconds(runs: list[Measured]) -> float:
    return statistics.median(one.seconds for one in runs)


def finding(
    what: str, target: str, measured: float, *, at_least: float | None = None, at_most: float | None = None
) -> Finding:
    """A figure beside its target."""
    met = None
    if at_least is not None:
        met = measured >= at_least
    if at_most is not None:
        met = measured <= at_most
    return Finding(what, target, f"{measured:,.1f}" if measured < 100 else f"{measured:,.0f}", met)
