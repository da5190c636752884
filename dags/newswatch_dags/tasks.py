"""How does a step become a task that tells what it did, and where do secrets come from?

With `plugins/newswatch_plugin.py` and the DAG files this is all of ours that imports Airflow.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowNotFoundException, AirflowSkipException
from airflow.sdk import Connection, get_current_context, task
from airflow.sdk.observability.stats import Stats

from newswatch import steps

if TYPE_CHECKING:
    from newswatch.metrics import Measure

log = logging.getLogger("newswatch")

SLACK_CONNECTION = "slack_default"


def tell_failure(context: Any) -> None:
    """Put a notice about a failed run into the outbox of the operators' receiver; twice asked, it is told once.

    Tasks call it where they fail, so that the run itself still sends it. For whole runs (a time-out) Airflow's DAG processor
    does, which may be killed at it on a busy machine.
    """
    task_instance, error = context.get("ti"), context.get("exception")
    reason = f"{task_instance.task_id}: {error}" if task_instance and error else str(context.get("reason") or "")
    steps.report_failed_run(str(context["dag"].dag_id), str(context["run_id"]), reason)


DEFAULTS: dict[str, Any] = {
    "on_failure_callback": tell_failure,
    "owner": "newswatch",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(minutes=15),
}


def told(*, skip_without: str = "", **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`@task` for a function that returns a `StepResult`: its label titles the task, its summary stands in log and XCom.

    Where `result.counts[skip_without]` is 0 the task counts as skipped, and with it all that would follow.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def tell(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            context = get_current_context()
            context["label"] = result.label  # type: ignore[typeddict-unknown-key]  # read by map_index_template
            for line in result.lines:
                log.info("%s", line)
            log.info("%s", result.summary)
            steps.keep_summary(run_id(), _place(context["ti"]), result.summary)
            context["ti"].xcom_push(key="summary", value=result.summary)
            send_measures(result.measures)
            if skip_without and not result.counts[skip_without]:
                raise AirflowSkipException(result.summary)
            return result.as_xcom()

        return task(map_index_template="{{ label }}", **options)(tell)

    return decorate


def send_measures(measures: Iterable[Measure]) -> None:
    """Hand what a step measured to Airflow's metrics; nothing happens where none are switched on."""
    for one in measures:
        name, tags = one.metric.name, one.tags or None
        if one.metric.kind == "counter":
            Stats.incr(name, int(one.value), tags=tags)
        elif one.metric.kind == "gauge":
            Stats.gauge(name, one.value, tags=tags)
        else:
            Stats.timing(name, one.value, tags=tags)


def run_id() -> str:
    """The id of the running DAG run."""
    return str(get_current_context()["dag_run"].run_id)


def _place(task_instance: Any) -> str:
    mapped = task_instance.map_index
    return str(task_instance.task_id) if mapped < 0 else f"{task_instance.task_id}[{mapped}]"


def slack_access() -> dict[str, Any] | None:
    """Token and base URL of the Airflow connection `slack_default`; None when there is no such connection."""
    try:
        connection = Connection.get(SLACK_CONNECTION)
    except AirflowNotFoundException:
        return None
    if not connection.password:
        return None
    return {"token": connection.password, "base_url": connection.extra_dejson.get("base_url")}
