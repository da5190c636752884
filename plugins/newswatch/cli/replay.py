"""`newswatch replay`: what would this configuration have alerted on? Over a file of entries, or over the stored history."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from newswatch.errors import NewswatchError


def register(app: typer.Typer) -> None:
    """Add `replay` to `app`."""
    app.command("replay")(replay)


def replay(
    entries: Annotated[
        Path | None,
        typer.Option(
            help="JSON Lines of entries in order of time; .gz is read as such, - is stdin. Without it: the stored history."
        ),
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the alerts go, one JSON object a line; - is stdout.")] = Path("-"),
    config: Annotated[
        Path | None, typer.Option(help="Folder of the configuration to try; default: the one in force.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of the model to try; default: the one in force.")] = None,
    days: Annotated[float, typer.Option(min=0.04, help="Stored history: so many days, up to now or --until.")] = 30,
    since: Annotated[
        datetime | None, typer.Option(help="Stored history: from this moment (UTC), instead of --days.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="Stored history: up to this moment (UTC).")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Stored history: a value to try, such as classifier.signals.thresholds.launch=0.6."),
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Stored history: the stored revision to try.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Stored history: the whole report as one JSON object.")
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Stored history: the report as Markdown.")] = False,
) -> None:
    """Run the past through another configuration on a clock of its own. Nothing is fetched, stored or sent.

    With --entries: past entries ({"id", "feed", "published", "title", "description", "link"}) through classify, group, severity
    and decide, on a clock set to their publication; one alert a line.
    Without: the stored articles, with their stored scores wherever these still hold, under --config, --revision and --set,
    against the configuration in force; what is gained, lost, merged or changed, as a table, --json or --markdown.
    Exit codes: 0 done, 2 the entries, the configuration or the model cannot be used.

    Example: newswatch replay --entries last_month.jsonl --config /tmp/stricter --output alerts.jsonl
    Example: newswatch replay --days 30 --set classifier.signals.thresholds.launch=0.6
    """
    if entries is None:
        from newswatch.cli.stored_replay import replay_stored

        replay_stored(
            days=days, since=since, until=until, changes=changes or [], revision=revision, config=config, model=model,
            as_json=as_json, markdown=markdown,
        )  # fmt: skip
        return
    replay_entries(entries, output, config, model)


def replay_entries(entries: Path, output: Path, config: Path | None, model: Path | None) -> None:
    """Alerts over a file of entries, one JSON object a line."""
    from newswatch.runtime.place import config_folder, model_folder
    from newswatch.settings import load_settings
    from newswatch.signals.classify import load_classifier
    from newswatch.signals.side_by_side import SideBySide
    from newswatch.tuning import replay as tuning

    settings = load_settings(config or config_folder())
    folder, signals, actors = model or model_folder(), settings.signals, settings.actors
    load_classifier(folder, settings=signals, actors=actors)  # a model that cannot be used is one clear error, here
    feeds = {name: feed for feed in settings.feeds_by_id.values() for name in (feed.feed_id, feed.url)}
    with _opened(entries) as lines, SideBySide(folder, settings=signals, actors=actors) as classifier:
        found = tuning.read_entries(_shown(lines), str(entries))
        alerts = sorted(
            tuning.replay(found, classifier=classifier, settings=settings, feed_of=feeds.get),
            key=lambda line: line.first.decided_at,
        )
    text = "".join(json.dumps(line.as_json(), ensure_ascii=False) + "\n" for line in alerts)
    if str(output) == "-":
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
    print(f"{len(alerts):,} alerts", file=sys.stderr)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with path.open("rb") as raw:
            is_gzip = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            plain = gzip.GzipFile(fileobj=raw) if is_gzip else raw
            yield io.TextIOWrapper(plain, encoding="utf-8")
    except OSError as error:
        raise NewswatchError(
            f"{path}: cannot be read ({error.strerror or error}). Name a file of entries with --entries."
        ) from None
    except UnicodeDecodeError as error:
        raise NewswatchError(f"{path}: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None


def _shown(lines: TextIO) -> Iterator[str]:
    """The lines, with a count on stderr while a person watches."""
    if not sys.stderr.isatty():
        yield from lines
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} entries"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay")
        for line in lines:
            progress.advance(task)
            yield line
