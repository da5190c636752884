"""# Watch urgent

Every minute: poll the feeds marked `urgent`, read what is new, classify it, group it into stories, and alert.

    poll_urgent_feeds → read_urgent_articles → group_stories → send_alerts

The same steps as `monitor_news`, in a chain of four tasks: a hop costs Airflow about a second. When nothing is new the rest
is skipped. What a slow server keeps back for `operations.urgent_read_seconds` is read by `monitor_news`.

* **Safe to rerun and to pause**: `monitor_news` takes urgent feeds up when nobody has polled them for five minutes.
* **If it is always late**, compare the durations of its tasks: more than ten seconds in all means that the machine is busy.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import chain, dag

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, run_id, slack_access, tell_failure, told


@dag(
    schedule=timedelta(minutes=1),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=10),
    default_args=DEFAULTS | {"priority_weight": 10, "retry_delay": timedelta(seconds=5)},
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "news", "alerts"],
)
def watch_urgent():
    @told(skip_without="waiting")
    def poll_urgent_feeds():
        return steps.poll_urgent_feeds(run_id=run_id())

    @told()
    def read_urgent_articles():
        return steps.read_urgent_articles()

    @told()
    def group_stories():
        return steps.group_stories()

    @told()
    def send_alerts():
        return steps.send_alerts(slack=slack_access())

    chain(poll_urgent_feeds(), read_urgent_articles(), group_stories(), send_alerts())


watch_urgent()
