"""# Prune history

Every night: forget articles that became part of no story (`operations.keep_days`, 400 by default) and what fetches, runs and
decisions not to tell said (`operations.keep_log_days`, 90), so that no table grows for ever.

Stories, alerts, labels and every article in a story stay. So does what a feed still lists, however old: without it the next
fetch would take it for news. It deletes in small transactions and can be cleared, run by hand or paused at any time; a first run
over years of history may take several nights.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import dag

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, tell_failure, told


@dag(
    schedule="17 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "operations"],
)
def prune_history():
    @told()
    def forget():
        return steps.prune_history()

    forget()


prune_history()
