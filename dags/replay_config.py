"""# Replay a configuration

By hand only: what would another configuration have told in the last weeks, against the one in force? The form asks for a stored
revision (`newswatch config history` lists them), for single values to override, or for both, and for the time to look at.

Nothing is fetched, told or changed. Stored scores are reused; articles are scored again only where other thresholds change
their signals. The report stands in the task's log and XCom (`summary`, Markdown) and on the Tuning page.

**It fails** when the values are not valid (the log names file, line and column) or no model can be used. It is safe to run again
at any time.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, run_id, tell_failure, told

PARAMS = {
    "days": Param(30, type="number", minimum=0.04, maximum=400, title="Days", description="So many days, up to now or `to`."),
    "from": Param(None, type=["null", "string"], format="date-time", title="From", description="Instead of a number of days."),
    "to": Param(None, type=["null", "string"], format="date-time", title="To", description="Left empty: now."),
    "revision": Param(None, type=["null", "string"], title="Revision", description="A stored revision; empty: the one in force."),
    "overrides": Param(
        {}, type=["null", "object"], title="Overrides",
        description='Values on top, by file: {"classifier": {"signals": {"thresholds": {"launch": 0.6}}}}',
    ),
    "challenger": Param(default=False, type="boolean", title="Challenger", description="With the model in the shadow."),
}  # fmt: skip


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=40),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    params=PARAMS,
    doc_md=__doc__,
    tags=["newswatch", "tuning"],
)
def replay_config():
    @told(retries=1, execution_timeout=timedelta(minutes=30))
    def replay():
        return steps.replay_task(dict(get_current_context()["params"]), asked_by=run_id())

    replay()


replay_config()
