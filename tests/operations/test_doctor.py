"""What the doctor makes of each fact, and an examination of a real installation: database, Airflow's answer, a Slack."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from builders_alerts import NOW
from local_web import a_local_web
from newswatch.alerts.slack import SlackSender, Standing
from newswatch.doctor import judge
from newswatch.doctor.finding import Finding, is_well
from newswatch.storage.migrate import Schema

REPOSITORY = Path(__file__).resolve().parents[2]
HEALTHY = {
    "metadatabase": {"status": "healthy"},
    "scheduler": {"status": "healthy"},
    "dag_processor": {"status": "healthy"},
    "triggerer": {"status": None},  # not started: nothing of ours waits in it
}
CURRENT = Schema("0007", "0007", known=True)
GIGABYTE = 1 << 30
MAY_ALL = Standing("Desk", ("chat:write", "channels:history", "files:write"))

FACTS = {
    "all is well": (judge.of_server(18, CURRENT), "ok", ""),
    "an old server": (judge.of_server(13, CURRENT), "broken", "PostgreSQL 14 or newer"),
    "an older schema": (judge.of_server(18, Schema("0006", "0007", known=True)), "warning", "newswatch db migrate"),
    "no schema": (judge.of_server(18, Schema(None, "0007", known=True)), "warning", "newswatch db migrate"),
    "a newer schema": (judge.of_server(18, Schema("9999", "0007", known=False)), "broken", "restore a backup"),
    "airflow is silent": ([judge.of_airflow(None, "http://127.0.0.1:1/")], "broken", "make up"),
    "airflow is well": ([judge.of_airflow(HEALTHY, "")], "ok", ""),
    "the scheduler died": ([judge.of_airflow(HEALTHY | {"scheduler": {"status": "unhealthy"}}, "")], "broken", "log"),
    "a run lately": ([judge.of_last_run(NOW - timedelta(minutes=6), NOW)], "ok", ""),
    "no run for an hour": ([judge.of_last_run(NOW - timedelta(hours=1), NOW)], "broken", "paused"),
    "never a run": ([judge.of_last_run(None, NOW)], "warning", "paused"),
    "no token, none needed": ([judge.of_no_token([])], "skipped", ""),
    "no token for the desk": ([judge.of_no_token(["desk"])], "broken", "slack_default"),
    "a refused token": (judge.of_slack(Standing(error="invalid_auth"), {}), "broken", "bot token"),
    "may not write": (judge.of_slack(Standing("D", ("channels:history",)), {}), "broken", "chat:write"),
    "may not read": (judge.of_slack(Standing("D", ("chat:write",)), {}), "warning", "channels:history"),
    "private channels": (
        judge.of_slack(Standing("D", ("chat:write", "groups:history", "files:write")), {"C1": None}),
        "ok",
        "",
    ),
    "may not draw": (judge.of_slack(Standing("D", ("chat:write", "channels:history")), {}), "warning", "files:write"),
    "not invited": (judge.of_slack(MAY_ALL, {"C1": "not_in_channel"}), "broken", "/invite @bot"),
    "no feeds": ([judge.of_feeds(0, {}, [])], "broken", "newswatch feeds add"),
    "most feeds fail": ([judge.of_feeds(10, {"failing": 4, "paused": 2}, [])], "broken", "network"),
    "some feeds are silent": ([judge.of_feeds(10, {"failing": 1}, ["ap"])], "warning", "feeds check"),
    "messages given up": ([judge.of_queue({"waiting": 3, "dead": 1})], "warning", "alerts queue"),
    "messages on their way": ([judge.of_queue({"waiting": 3})], "ok", ""),
    "a full disk": ([judge.of_disk("/d", GIGABYTE // 2, writable=True)], "broken", "room"),
    "a filling disk": ([judge.of_disk("/d", 3 * GIGABYTE, writable=True)], "warning", "keep_days"),
    "a disk of another's": ([judge.of_disk("/d", 50 * GIGABYTE, writable=False)], "broken", "right to write"),
    "clocks agree": ([judge.of_clock({"Slack": 0.4, "the database": -0.1})], "ok", ""),
    "a slow clock": ([judge.of_clock({"Slack": -12.0, "the database": 0.0})], "warning", "NTP"),
    "a wrong clock": ([judge.of_clock({"Slack": 3600.0})], "broken", "NTP"),
    "no other clock": ([judge.of_clock({})], "skipped", ""),
}


@pytest.mark.parametrize("case", FACTS)
def test_what_a_fact_means(case: str) -> None:
    findings, state, remedy = FACTS[case]
    order = ("broken", "warning", "ok", "skipped")
    worst = min(findings, key=lambda one: order.index(one.state))

    assert worst.state == state, findings
    assert remedy in worst.remedy
    assert bool(worst.remedy) == (state in ("warning", "broken")), (
        "what is not well has a remedy, what is well has none"
    )


def test_warnings_leave_an_installation_well() -> None:
    assert is_well([Finding("a", "warning", ""), Finding("b", "skipped", "")])
    assert not is_well([Finding("a", "ok", ""), Finding("b", "broken", "")])


def examine(env: dict[str, str], *words: str) -> tuple[int, dict[str, Finding]]:
    done = subprocess.run(
        [sys.executable, "-m", "newswatch", "doctor", *words],
        env={name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")} | env,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    findings = [Finding(**json.loads(line)) for line in done.stdout.splitlines()]
    return done.returncode, {finding.check: finding for finding in findings}


def test_a_new_installation_is_told_what_to_start(tmp_path: Path) -> None:
    code, found = examine({"NEWSWATCH_HOME": str(tmp_path / "new"), "NEWSWATCH_DATABASE_URL": ""}, "--port", "1")

    assert code == 1
    assert {name for name, finding in found.items() if finding.state == "broken"} == {"database", "airflow"}
    assert not (tmp_path / "new").exists(), "looking leaves nothing behind"


def test_an_installation_with_its_airflow_and_its_slack(database, slack, tmp_path: Path) -> None:
    """The token comes out of Airflow's own command line, from wherever Airflow keeps it: here, its environment."""
    config = Path(shutil.copytree(REPOSITORY / "config", tmp_path / "config"))
    alerts = (config / "alerts.yaml").read_text()
    (config / "alerts.yaml").write_text(alerts.replace("    kind: log ", "    kind: slack\n    channel: C7\n    # ", 1))
    slack.fault("error:not_in_channel", method="conversations.history")
    connection = {"conn_type": "slack", "password": "xoxb-canary", "extra": {"base_url": slack.base_url}}
    with a_local_web() as web:
        web.page("/api/v2/monitor/health", json.dumps(HEALTHY))
        code, found = examine(
            {
                "NEWSWATCH_HOME": str(tmp_path),
                "NEWSWATCH_CONFIG": str(config),
                "NEWSWATCH_DATABASE_URL": database.url.render_as_string(hide_password=False),
                "AIRFLOW__API__BASE_URL": web.url("/"),
                "AIRFLOW_HOME": str(tmp_path / "airflow"),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
                "AIRFLOW_CONN_SLACK_DEFAULT": json.dumps(connection),
            }
        )

    well = ("configuration", "model", "database", "schema", "airflow", "outbox", "slack", "clock")
    assert {name: found[name].state for name in well} == dict.fromkeys(well, "ok")
    assert found["last run"].state == "warning"
    assert (found["channel C7"].state, code) == ("broken", 1)
    assert "/invite" in found["channel C7"].remedy
    assert "canary" not in str(found)


def test_a_broken_configuration_is_named_with_its_place(tmp_path: Path) -> None:
    for file in (REPOSITORY / "config").glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "alerts.yaml").write_text("route: {receiver: nobody}\n")
    code, found = examine({"NEWSWATCH_CONFIG": str(tmp_path), "NEWSWATCH_HOME": str(tmp_path)}, "--port", "1")

    assert code == 1 and "alerts.yaml:1" in found["configuration"].told
    assert found["model"].state == "skipped"


def test_slack_is_asked_and_nothing_is_sent(slack) -> None:
    sender = SlackSender("xoxb-canary", base_url=slack.base_url, timeout_seconds=5)
    slack.fault("error:not_in_channel", method="conversations.history")

    standing = sender.standing()

    assert (standing.team, standing.scopes, standing.error) == (
        "T0MOCK",
        ("chat:write", "channels:history", "files:write"),
        None,
    )
    assert standing.answered_at is not None
    assert [sender.reach("C1"), sender.reach("C1")] == ["not_in_channel", None]
    assert slack.messages() == []


def test_a_slack_that_refuses_or_is_not_there(slack) -> None:
    slack.fault("error:token_revoked", method="auth.test")

    assert SlackSender("xoxb-x", base_url=slack.base_url).standing().error == "token_revoked"
    gone = SlackSender("xoxb-x", base_url="http://127.0.0.1:1/api/", timeout_seconds=2)
    assert "refused" in str(gone.standing().error) and "refused" in str(gone.reach("C1"))
    assert "xoxb" not in str(gone.standing())
