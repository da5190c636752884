"""Runs the whole pipeline in task processes and kills them, with SIGKILL, at a boundary of choice.

The heavy libraries are loaded once; each line on stdin (JSON: `env`, `die_at`, `how`, `log`) forks a process that lives through
the steps of `monitor_news` in their order. Each boundary it passes is a line in `log`; at the `die_at`-th it kills itself, or
(`how` "disconnect") has the database end every connection. One line on stdout tells how the process ended.

A boundary is: a feed fetched, a feed parsed, a page extracted, a batch scored, before and after every transaction that wrote, and
before and after every request to Slack.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "plugins")]

import psycopg  # noqa: E402 - the path is set above
import sqlalchemy as sa  # noqa: E402

from newswatch.alerts.slack import SlackSender  # noqa: E402
from newswatch.articles.worker import Worker  # noqa: E402
from newswatch.runtime.place import model_folder  # noqa: E402
from newswatch.settings import load_settings  # noqa: E402
from newswatch.signals.classify import Classifier, load_classifier  # noqa: E402
from newswatch.steps import articles as steps_articles  # noqa: E402
from newswatch.storage.session import Database  # noqa: E402

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Boundaries:
    """Counts the boundaries this process passes, notes each, and dies at the chosen one."""

    def __init__(self, log: Path, die_at: int, how: str = "kill") -> None:
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._die_at, self._how = die_at, how
        self._lock = threading.Lock()
        self._passed = 0
        self.step = ""

    def __call__(self, what: str) -> None:
        with self._lock:
            self._passed += 1
            self._log.write(f"{self.step}: {what}\n")
            if self._passed == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL) if self._how == "kill" else disconnect_all()


def disconnect_all() -> None:
    """What a restart of the database server, or a failover, does to everybody."""
    url = sa.make_url(os.environ["NEWSWATCH_DATABASE_URL"])
    with psycopg.connect(url.set(database="postgres").render_as_string(hide_password=False), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (url.database,))


def live_through(boundary: Boundaries) -> None:
    """The steps of the DAG, in its order, as its tasks call them."""
    from newswatch import steps

    slack = {"token": os.environ["SLACK_TOKEN"], "base_url": os.environ["SLACK_URL"]}
    boundary.step = "list"
    shards = steps.list_due_feeds().shards
    for shard in shards or ():
        boundary.step = "fetch"
        steps.fetch_feeds(list(shard), run_id=os.environ["RUN_ID"])
    boundary.step = "read"
    steps.read_articles(0)
    boundary.step = "classify"
    steps.classify_articles(0)
    boundary.step = "group"
    steps.group_stories()
    boundary.step = "send"
    steps.send_alerts(slack=slack)


def watch(boundary: Boundaries) -> None:
    """Put a boundary after every stage that holds work in memory, and around everything that leaves this process."""
    import newswatch.feeds.fetch
    import newswatch.feeds.parse

    newswatch.feeds.fetch.fetch = _then(newswatch.feeds.fetch.fetch, boundary, "fetched")
    newswatch.feeds.parse.parse = _then(newswatch.feeds.parse.parse, boundary, "parsed")
    Worker.read = _then(Worker.read, boundary, "extracted")  # type: ignore[method-assign]
    Classifier.classify = _then(Classifier.classify, boundary, "scored")  # type: ignore[method-assign]
    send = SlackSender.send

    def sending(self: SlackSender, posting: Any) -> Any:
        boundary("before the request")
        outcome = send(self, posting)
        boundary("after the answer")
        return outcome

    SlackSender.send = sending  # type: ignore[method-assign]
    Database.begin = _writing(Database.begin, boundary)  # type: ignore[method-assign]


def _then(function: Callable[..., Any], boundary: Boundaries, what: str) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        boundary(what)
        return result

    return wrapped


def _writing(begin: Callable[..., Any], boundary: Boundaries) -> Callable[..., Any]:
    @contextmanager
    def watched(self: Database) -> Iterator[sa.Connection]:
        written: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            if statement.lstrip().startswith(WRITES):
                written.append(statement.split()[-1])

        with begin(self) as connection:
            sa.event.listen(connection, "after_cursor_execute", note)
            yield connection
            if written:
                boundary("before the commit")
        if written:
            boundary("after the commit")

    return watched


def load_everything() -> None:
    """Libraries, model and encoder, before the first fork: each task process then costs a tenth of a second."""
    for name in (
        "feedparser",
        "slack_sdk",
        "newswatch.steps.feeds",
        "newswatch.steps.stories",
        "newswatch.storage.migrate",
    ):
        importlib.import_module(name)
    settings = load_settings(Path(os.environ["NEWSWATCH_CONFIG"]))
    classifier = load_classifier(model_folder(), settings=settings.signals, actors=settings.actors)
    steps_articles.load_current_classifier = lambda desk: classifier  # type: ignore[assignment]


def main() -> None:
    load_everything()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _live_and_exit(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live_and_exit(order: dict[str, Any]) -> None:
    try:
        os.environ.update(order["env"])
        boundary = Boundaries(Path(order["log"]), order["die_at"], order["how"])
        watch(boundary)
        live_through(boundary)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
