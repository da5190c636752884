"""# Watch the model

Every hour:

* `score_in_shadow`: a challenger, where there is one, reads what the champion has read; nobody is told of its findings.
* `draw_card`: yesterday's review card, drawn once; the Review page asks the desk about it.
* `watch_drift`: scores, length, language and unknown words of the last three days against the four weeks before; operators are
  told what has moved, once per trouble, and when it is as before.
* `watch_labels`: announces the asset `x-newswatch://labels/approved` when `training.new_labels` labels have been approved since
  the last training, which starts `train_classifier`; **it is skipped while there are fewer**, and that is well.

Nothing live depends on this DAG; every task may be cleared and run again at any time.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import dag
from airflow.sdk.exceptions import AirflowSkipException

from newswatch import steps
from newswatch_dags.assets import APPROVED_LABELS
from newswatch_dags.tasks import DEFAULTS, tell_failure, told


@dag(
    schedule=timedelta(hours=1),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=50),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "tuning"],
)
def watch_model():
    @told()
    def score_in_shadow():
        return steps.score_in_shadow()

    @told()
    def draw_card():
        return steps.draw_daily_card()

    @told()
    def watch_drift():
        return steps.watch_drift()

    @told(outlets=[APPROVED_LABELS])
    def watch_labels():
        found = steps.count_new_labels()
        if not found.counts["enough"]:
            raise AirflowSkipException(found.summary)
        return found

    score_in_shadow()
    draw_card()
    watch_drift()
    watch_labels()


watch_model()
