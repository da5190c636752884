"""Are the documented numbers really sent, through Airflow's own metrics, and does the dashboard ask for none that is not?"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from acceptance.classified import add_reports
from builders_alerts import NOW, a_report
from newswatch import metrics
from newswatch.domain import Classification, Dyad
from newswatch.metrics import METRICS, Metric, score_band
from newswatch.steps import measures

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("send_measures.py")
DASHBOARD = REPOSITORY / "ops" / "grafana" / "newswatch.json"
SENT = re.compile(
    r"^airflow\.(?P<name>newswatch\.[a-z.]+)(,(?P<tag>\w+)=(?P<label>[\w.]+))?:(?P<value>-?[\d.]+)\|(?P<kind>\w+)$"
)
STATSD = {"counter": "c", "gauge": "g", "timer": "ms"}


def test_every_metric_is_listed_once_and_explained() -> None:
    declared = [value for value in vars(metrics).values() if isinstance(value, Metric)]

    assert sorted(one.name for one in METRICS) == sorted(one.name for one in declared)
    assert len({one.name for one in METRICS}) == len(METRICS)
    for one in METRICS:
        assert one.name.startswith("newswatch.") and one.help.endswith(".") and one.unit


@pytest.mark.parametrize(
    ("scores", "band"),
    [((0.93, 0.2), "0.9"), ((1.0,), "1.0"), ((0.0999,), "0.0"), ((), "0.0")],
)
def test_bands_are_tenths(scores: tuple[float, ...], band: str) -> None:
    assert score_band(scores) == band


def test_what_was_not_scored_is_in_no_band() -> None:
    unread = Classification((), {}, "none", Dyad(), reason="unclassifiable")

    assert measures.of_classifying([unread]) == (metrics.ARTICLES_CLASSIFIED.of(1),)


def test_every_documented_metric_arrives_at_a_statsd_listener(database, tmp_path: Path) -> None:
    lately = NOW - timedelta(minutes=5)
    told = a_report("North Korea fires ballistic missile", published_at=lately)
    held = a_report("Oslo deplores", signals=("condemnation",), source="NOR", target="DNK", published_at=lately)
    add_reports(database, told, held)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.5)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        done = run_the_steps(database, tmp_path, listener.getsockname()[1])
        assert done.returncode == 0, done.stderr[-3000:]
        sent = ours(listener)

    by_name = {one.name: one for one in METRICS}
    assert {match["name"] for match in sent} == set(by_name)
    for match in sent:
        metric = by_name[match["name"]]
        assert match["kind"] == STATSD[metric.kind], match.string
        assert match["tag"] == metric.tag, match.string
    values = {(match["name"], match["label"]): float(match["value"]) for match in sent}
    assert values["newswatch.feeds.polled", "failed"] == 1
    assert values["newswatch.extraction.failures", "too_short"] == 2
    assert values["newswatch.alerts.told", "first"] == 1
    assert values["newswatch.alerts.held", "below_severity"] == 1
    assert values["newswatch.messages.attempted", "sent"] == 1
    assert values["newswatch.scores", "0.9"] == 1
    assert 0 <= values["newswatch.messages.latency", None] < 60_000


def run_the_steps(database, tmp_path: Path, port: int) -> subprocess.CompletedProcess[str]:
    config = Path(shutil.copytree(REPOSITORY / "config", tmp_path / "config"))
    alerts = (config / "alerts.yaml").read_text()
    (config / "alerts.yaml").write_text(alerts.replace("group_wait: 10s", "group_wait: 0s"))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(port),
        "AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "True",
        "PYTHONPATH": os.pathsep.join(str(REPOSITORY / folder) for folder in ("plugins", "dags")),
        "NEWSWATCH_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "NEWSWATCH_CONFIG": str(config),
        "NEWSWATCH_NOW": NOW.isoformat(),
    }
    return subprocess.run([sys.executable, str(SCRIPT)], env=env, capture_output=True, text=True, timeout=120)


def ours(listener: socket.socket) -> list[re.Match[str]]:
    """Every packet about Newswatch, taken apart; a packet that does not fit the form fails."""
    found = []
    while True:
        try:
            packet = listener.recv(65_536).decode()
        except TimeoutError:
            return found
        if "newswatch" in packet:
            match = SENT.match(packet)
            assert match, packet
            found.append(match)


def test_the_dashboard_asks_for_what_is_sent() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    known = {name for one in METRICS for name in prometheus_names(one)}
    labels = {name: one.tag for one in METRICS for name in prometheus_names(one)}
    asked = set()
    for panel in dashboard["panels"]:
        assert panel["title"] and panel["description"], panel.get("id")
        for target in panel["targets"]:
            names = set(re.findall(r"airflow_newswatch_\w+", target["expr"]))
            assert names and names <= known, (panel["title"], names - known)
            asked |= names
            for by in re.findall(r"by \((\w+)\)", target["expr"]):
                assert by in {labels[name] for name in names} | {"quantile"}, target["expr"]
    assert {one.in_prometheus for one in METRICS} <= asked, "a metric that nobody looks at"


def prometheus_names(metric: Metric) -> set[str]:
    name = metric.in_prometheus
    return {name, f"{name}_count", f"{name}_sum"} if metric.kind == "timer" else {name}


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
