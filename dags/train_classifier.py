"""# Train the classifier

Weekly, by hand, and when enough labels have been approved (asset `x-newswatch://labels/approved`):

    train → approve → decide

* `train` learns from the seeds and the **approved** labels, examines the new model on the frozen set and on labels it has not
  learnt from, writes its card, and puts it into the champion's shadow. A model that does not pass its gate, or is known already,
  ends the run here (skipped). If it dies the champion is untouched; run it again.
* `approve` waits up to six days for a person (Required Actions in this UI); its text is the card. Let the challenger run in the
  shadow for a day or two first: the Model page lays it beside the champion. No answer keeps the champion.
* `decide` promotes in one transaction, or takes the challenger out of the shadow. Back again: `newswatch model rollback`.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag
from airflow.sdk.exceptions import AirflowSkipException

from newswatch import steps
from newswatch_dags.assets import APPROVED_LABELS
from newswatch_dags.tasks import DEFAULTS, tell_failure, told

PROMOTE, KEEP = "Promote", "Keep the champion"


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 3 * * 0", timezone="UTC"), assets=[APPROVED_LABELS]),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(days=6, hours=12),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "tuning"],
)
def train_classifier():
    @told(execution_timeout=timedelta(minutes=30), retries=1)
    def train():
        return steps.train_challenger()

    @told(retries=1)
    def check_gate(trained: dict):
        if not trained["passed"]:
            raise AirflowSkipException(trained["summary"])
        return steps.StepResult("passed", trained["summary"])

    @told()
    def decide(trained: dict, answer: dict):
        who = (answer.get("responded_by_user") or {}).get("name") or "nobody answered"
        chosen = answer["chosen_options"]
        return steps.decide_on_challenger(chosen, model_sha=trained["model_sha"], champion=trained["champion"], who=who)

    trained = train()
    approve = HITLOperator(
        task_id="approve",
        subject="Promote model {{ ti.xcom_pull(task_ids='train')['model_sha'][:12] }}?",
        body="{{ ti.xcom_pull(task_ids='train')['summary'] }}",
        options=[PROMOTE, KEEP],
        defaults=KEEP,
        response_timeout=timedelta(days=6),
    )
    check_gate(trained) >> approve
    decide(trained, approve.output)


train_classifier()
