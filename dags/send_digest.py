"""# Send digest

Every half hour: write the daily digest of each receiver named in `digest.receivers` of `config/alerts.yaml` whose hour
(`digest.at`, in the receiver's own zone) has come: counts, top stories, how tense each pair has become, quiet feeds.

A digest is a message in the outbox like any other; the task `send_alerts` of `monitor_news` delivers it, once.
It is safe to run this DAG by hand: a receiver gets one digest a day, however often it is asked for.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import dag

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, tell_failure, told


@dag(
    schedule=timedelta(minutes=30),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=20),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "alerts"],
)
def send_digest():
    @told()
    def write_digests():
        return steps.write_digests()

    write_digests()


send_digest()
