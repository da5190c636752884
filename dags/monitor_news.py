"""# Monitor news

Every five minutes: poll the feeds that are due, read new articles, classify them, group them into stories, and alert.

    list_due_feeds → fetch_feeds ×6 → read_articles ×2 → classify_articles ×2 → group_stories → send_alerts
                          └───────────────────────────────────────────────────────┴→ check_feed_failures

* **Safe to rerun at any time**: each step picks up whatever the last run left. Clear any task without fear.
* **A dead feed is a row**, not a failed task; `check_feed_failures` fails the run when more than half of the feeds fail, or
  when a step before it did.
* **If alerts stop**, look first at the summary of `fetch_feeds`, then of `send_alerts` (log or XCom `summary`): messages wait
  in the outbox until Slack takes them, and none is lost. It runs even when a task before it failed; the run fails all the same.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import chain, dag

from newswatch import steps
from newswatch_dags.tasks import DEFAULTS, run_id, slack_access, tell_failure, told

SHARDS = [0, 1]  # tasks that read, and tasks that classify, side by side: one for each core of a small machine


@dag(
    schedule=timedelta(minutes=5),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=60),
    default_args=DEFAULTS,
    on_failure_callback=tell_failure,
    doc_md=__doc__,
    tags=["newswatch", "news", "alerts"],
)
def monitor_news():
    @told()
    def list_due_feeds():
        return steps.list_due_feeds()

    @told()
    def fetch_feeds(feed_ids: list[str]):
        return steps.fetch_feeds(feed_ids, run_id=run_id())

    @told(retries=0, trigger_rule="none_failed")
    def check_feed_failures():
        return steps.check_feed_failures(run_id=run_id())

    @told(trigger_rule="all_done")  # nothing due, or one shard lost: what earlier runs left is read all the same
    def read_articles(shard: int):
        return steps.read_articles(shard, of=len(SHARDS))

    @told(trigger_rule="none_failed")
    def classify_articles(shard: int):
        return steps.classify_articles(shard)

    @told()
    def group_stories():
        return steps.group_stories()

    @told(trigger_rule="all_done")  # what waits is sent, and notices of this run's own trouble
    def send_alerts():
        return steps.send_alerts(slack=slack_access())

    fetched = fetch_feeds.expand(feed_ids=list_due_feeds())
    readers, classifiers = read_articles.expand(shard=SHARDS), classify_articles.expand(shard=SHARDS)
    grouped = group_stories()
    chain(fetched, readers, classifiers, grouped, send_alerts())
    [fetched, grouped] >> check_feed_failures()  # the run's verdict: send_alerts ends well whatever failed before it


monitor_news()
