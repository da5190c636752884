"""Imported by every Airflow process; imports our heavy libraries once in those that fork task processes.

Measured: a task that imports scikit-learn and trafilatura itself spends 3.4 CPU-seconds on it, a forked one 0.2. Imports
only: a parent that has *run* OpenMP work before it forks leaves its children hanging.
"""

import sys

FORKING = ("scheduler", "celery")

MODULES = (
    "alembic.command",
    "dateparser",
    "feedparser",
    "lxml.html",
    "onnxruntime",
    "psycopg",
    "py3langid.langid",
    "rensa",
    "scipy.stats",  # 2.5 s by itself; grouping asks it how unusual a day is
    "sqlalchemy.dialects.postgresql.psycopg",
    "tokenizers",
    "trafilatura",
    "w3lib.url",
    "newswatch.alerts.slack",
    "newswatch.articles.download",
    "newswatch.articles.extract",
    "newswatch.feeds.fetch",
    "newswatch.feeds.parse",
    "newswatch.network.client",
    "newswatch.signals.classify",
    "newswatch.steps.alerts",
    "newswatch.steps.articles",
    "newswatch.steps.delivery",
    "newswatch.steps.feeds",
    "newswatch.steps.stories",
)

if sys.argv[1:2] and sys.argv[1] in FORKING:
    from importlib import import_module

    for name in MODULES:
        import_module(name)
