"""# Check feed health

Every hour: tell the operators' receiver (`operators.receiver` in `config/alerts.yaml`) what is not as it should be, once per
trouble and again only after `operators.repeat`; and when it is well again.

* feeds that are paused, or have brought nothing new for `operations.silent_feed_days`
* a model that cannot be loaded
* messages that wait too long in the outbox, or were given up; a heartbeat when nothing was sent for a day

`renew_pushes` asks the WebSub hubs that feeds name to push, and again before a lease ends (only with `feeds.push_address`).

It changes nothing but notices and subscriptions; it can be cleared or run by hand at any time. If this DAG is silent while
feeds are dead, look whether `operators.receiver` names a receiver.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import dag

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, tell_failure, told


@dag(
    schedule=timedelta(hours=1),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=20),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "operations"],
)
def check_feed_health():
    @told()
    def check_health():
        return steps.check_health()

    @told()
    def renew_pushes():
        return steps.renew_pushes()

    check_health()
    renew_pushes()


check_feed_health()
