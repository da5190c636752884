"""`newswatch feeds …`: which feeds are watched, do they work, and how do they come from and go to other readers?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newswatch.cli.progress import watched
from newswatch.cli.table import show
from newswatch.errors import ConfigError, NewswatchError

if TYPE_CHECKING:
    from newswatch.domain import Feed
    from newswatch.feeds.check import Checked
    from newswatch.feeds.settings import FeedList

Config = Annotated[
    Path | None, typer.Option("--config", help="Folder of the configuration; default: the one in force.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")]


def register(app: typer.Typer) -> None:
    """Add the group `feeds` to `app`."""
    group = typer.Typer(no_args_is_help=True, help="The feeds of config/feeds.yaml.")
    group.command("list")(list_feeds)
    group.command("check")(check)
    group.command("add")(add)
    group.command("import")(import_opml)
    group.command("export")(export_opml)
    app.add_typer(group, name="feeds")


def list_feeds(config: Config = None, as_json: AsJson = False) -> None:
    """Show every feed that is watched.

    Example: newswatch feeds list --json | jq -r 'select(.urgent) | .url'
    """
    rows = [_row(feed) for feed in _listed(config).as_feeds()]
    show(rows, ("feed_id", "name", "country", "language", "tier", "url"), as_json=as_json)


def check(
    which: Annotated[
        list[str] | None, typer.Argument(help="Ids of feeds, or addresses that are not listed yet; default: all.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Fetch feeds now and tell the state of each: ok, empty, undated, stale or failing. Stores nothing.

    Exit codes: 0 all work, 1 at least one is failing, 2 the configuration or an id is wrong.

    Example: newswatch feeds check bbc_world https://www.example.org/feed.xml
    """
    from newswatch.feeds.check import check_feeds

    settings = _settings(config)
    wanted = _wanted(which or (), _listed(config))
    now = datetime.now(UTC)
    results = check_feeds(wanted, network=settings.network, settings=settings.feeds, now=now)
    rows = [_checked_row(one) for one in watched(results, total=len(wanted), title="Fetching")]
    rows.sort(key=lambda row: (row["state"] != "failing", row["feed_id"]))
    show(rows, ("feed_id", "state", "entries", "newest", "message"), as_json=as_json)
    raise typer.Exit(1 if any(row["state"] == "failing" for row in rows) else 0)


def add(
    url: Annotated[str, typer.Argument(help="Address of a feed, or of a site that names its feeds.")],
    name: Annotated[str | None, typer.Option(help="Default: the feed's own title.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Default: the name.")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 alpha-3 of the publisher's seat.")] = None,
    language: Annotated[str, typer.Option(help="ISO 639-1.")] = "en",
    tier: Annotated[int, typer.Option(min=1, max=4, help="1 agency or paper of record ... 4 unvetted.")] = 4,
    config: Config = None,
) -> None:
    """Fetch the feed once, and add it to feeds.yaml; comments there stay. Prints what was added.

    Exit codes: 0 added, 1 already listed, 2 there is no feed at this address.

    Example: newswatch feeds add https://www.example.org/ --country NOR --tier 3
    """
    from newswatch.feeds.check import find_feed
    from newswatch.feeds.listing import add_feeds, new_feed_id, valid_feed

    settings = _settings(config)
    found = find_feed(url, network=settings.network, settings=settings.feeds, now=datetime.now(UTC))
    title = name or found.title or found.url
    fields: dict[str, Any] = {"name": title[:120], "publisher": (publisher or title)[:120], "url": found.url}
    fields |= {"country": country, "language": language, "tier": tier}
    feed_id = new_feed_id(title, {listed.id for listed in _listed(config).feeds})
    _report_added(add_feeds(_path(config), [valid_feed({"id": feed_id, **fields})]))


def import_opml(
    file: Annotated[Path, typer.Argument(help="An OPML file of another feed reader.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be added, and change nothing.")] = False,
    config: Config = None,
) -> None:
    """Add the feeds of an OPML file to feeds.yaml, with tier 4 until somebody vets them. Prints what was added.

    Exit codes: 0 done (also when all were listed already), 2 the file cannot be read.

    Example: newswatch feeds import subscriptions.opml --dry-run
    """
    from newswatch.feeds.listing import add_feeds, not_yet_listed
    from newswatch.feeds.opml import read_opml

    try:
        result = read_opml(file.read_bytes())
    except OSError as error:
        raise NewswatchError(f"{file}: cannot be read ({error.strerror}). Nothing was added.") from None
    if result.error and not result.outlines:
        raise NewswatchError(f"{file}: {result.error}. Nothing was added.")
    listed = _listed(config)
    fresh = not_yet_listed(result.outlines, listed)
    added = tuple(fresh) if dry_run else add_feeds(_path(config), fresh)
    for one in added:
        typer.echo(json.dumps(one.model_dump(exclude_defaults=True), ensure_ascii=False))
    known = len(result.outlines) - len(fresh)
    _tell(f"{len(added)} {'would be ' if dry_run else ''}added, {known} listed already, {result.repeated} repeated.")
    for address in result.refused:
        _tell(f"Refused, not a web address: {address}")
    if result.error:
        _tell(f"The file is not whole: {result.error}. What was read before stands.")


def export_opml(config: Config = None) -> None:
    """Print every feed as OPML, which other feed readers import.

    Example: newswatch feeds export > newswatch.opml
    """
    from newswatch.feeds.opml import write_opml

    typer.echo(write_opml(_listed(config).as_feeds()), nl=False)


def _path(config: Path | None) -> Path:
    from newswatch.runtime.place import config_folder

    return (config or config_folder()) / "feeds.yaml"


def _listed(config: Path | None) -> FeedList:
    from newswatch.feeds.settings import FeedList
    from newswatch.settings import load_file

    return load_file(_path(config), FeedList)


def _settings(config: Path | None) -> Any:
    """Sections `network` and `feeds` of newswatch.yaml; the defaults when the folder holds feeds.yaml alone."""
    from newswatch.settings import NewswatchFile, load_file

    path = _path(config).with_name("newswatch.yaml")
    return load_file(path, NewswatchFile) if path.exists() else NewswatchFile()


def _wanted(which: Sequence[str], listed: FeedList) -> list[Feed]:
    from newswatch.domain import Feed

    by_id = {feed.feed_id: feed for feed in listed.as_feeds()}
    if not which and not by_id:
        raise ConfigError("No feeds are listed in feeds.yaml. Add one: newswatch feeds add ADDRESS")
    unknown = [one for one in which if one not in by_id and "://" not in one]
    if unknown:
        raise ConfigError(f"No feed has the id {unknown[0]!r}. `newswatch feeds list` shows them all.")
    chosen = [by_id.get(one) or Feed(one, one, one, one) for one in which]
    return chosen or list(by_id.values())


def _report_added(added: Sequence[Any]) -> None:
    if not added:
        _tell("Listed already; nothing was changed.")
        raise typer.Exit(1)
    for one in added:
        typer.echo(json.dumps(one.model_dump(exclude_defaults=True), ensure_ascii=False))


def _row(feed: Feed) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(feed)


def _checked_row(one: Checked) -> dict[str, Any]:
    return {
        "feed_id": one.feed.feed_id,
        "url": one.feed.url,
        "state": one.state,
        "entries": one.entries,
        "newest": one.newest.isoformat() if one.newest else None,
        "message": one.message,
        "http_status": one.http_status,
        "seconds": round(one.seconds, 2),
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr)
