"""Run by a test in a process of its own: the steps of a run, measured and sent as a task process sends them."""

from __future__ import annotations

from airflow.sdk.configuration import conf
from airflow.sdk.observability.metrics import stats_utils
from airflow.sdk.observability.stats import initialize

from newswatch import steps
from newswatch.domain import Classification, Dyad
from newswatch.steps import measures
from newswatch_dags.tasks import send_measures

# as airflow.sdk.execution_time.task_runner.main does before it runs a task
initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=conf.getboolean("metrics", "legacy_names_on"))
for result in (
    steps.list_due_feeds(),
    steps.group_stories(),
    steps.send_alerts(slack=None),
    steps.check_health(),
):
    send_measures(result.measures)
send_measures(measures.of_fetching({"fetched": 3, "not_modified": 2, "failed": 1, "new_entries": 17}))
send_measures(measures.of_reading(9, {"too_short": 2, "http_403": 1}))
a_launch = Classification(signals=("launch",), scores={"launch": 0.93}, modality="act", dyad=Dyad("PRK", None))
send_measures(measures.of_classifying([a_launch]))
