"""# Naive news

What a first version of a news monitor does, as one task: read each feed, fetch and extract each article, predict, store and
post, one after the other. The benchmarks compare with it; nobody schedules it.

It has the same publishers, the same database server and the same Slack. Its model is TF-IDF and logistic regression, trained
once and loaded from a file: the usual start.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import dag, task

SIGNAL = 0.5


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=60),
    doc_md=__doc__,
    params={"feeds": [], "database": "", "model": "", "slack": ""},
    tags=["benchmark"],
)
def naive_news():
    @task
    def read_everything(params: dict):
        import feedparser
        import joblib
        import psycopg
        import requests
        import trafilatura

        own_machine = trafilatura.settings.use_config()
        own_machine.set("DEFAULT", "SSRF_PROTECTION", "off")  # the publishers of the benchmark are on the loopback
        model = joblib.load(params["model"])
        stored = 0
        with psycopg.connect(params["database"]) as connection:
            for feed_url in params["feeds"]:
                for entry in feedparser.parse(feed_url).entries:
                    if connection.execute("SELECT 1 FROM naive WHERE url = %s", (entry.link,)).fetchone():
                        continue
                    page = trafilatura.fetch_url(entry.link, config=own_machine)
                    text = trafilatura.extract(page) if page else None
                    score = float(model.predict_proba([f"{entry.title} {text or entry.summary}"])[0][1])
                    connection.execute(
                        "INSERT INTO naive (url, title, text, score) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                        (entry.link, entry.title, text, score),
                    )
                    connection.commit()
                    stored += 1
                    if score >= SIGNAL:
                        told = {"channel": "C0NAIVE", "text": f"{entry.title} {entry.link}"}
                        requests.post(f"{params['slack']}chat.postMessage", json=told, timeout=10)
        return stored

    read_everything()


naive_news()
