"""Every benchmark, one after the other: `make bench`. Tables go to the terminal and into docs/performance.md.

    python tests/bench/bench.py [--only stages,end,many,latency,history,workers] [--small] [--history 1000000]

`--small` shortens each for trying it out and writes nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "plugins"), str(Path(__file__).resolve().parents[1])]

import bench_end_to_end
import bench_history
import bench_latency
import bench_stages
import bench_workers
import report
from station import REPOSITORY

PARTS = ("stages", "end", "many", "latency", "history", "workers")
RIVALS = REPOSITORY / ".venv-rivals"


def main() -> None:
    """Run what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    asked.add_argument("--small", action="store_true", help="short, and nothing is written")
    asked.add_argument("--history", type=int, default=1_000_000, help="articles stored in the history benchmark")
    options = asked.parse_args()
    Bench(small=options.small, history=options.history).run(options.only.split(","))


class Bench:
    """Runs parts, shows them, and writes them down."""

    def __init__(self, *, small: bool, history: int) -> None:
        self.small = small
        self.history = 50_000 if small else history
        self.sizes = bench_end_to_end.SMALL if small else bench_end_to_end.Sizes()

    def run(self, parts: list[str]) -> None:
        for part in PARTS:
            if part in parts:
                print(f"== {part}", flush=True)
                getattr(self, "past" if part == "history" else part)()

    def stages(self) -> None:
        rows = bench_stages.run(rivals(), shared_material())
        self.tell("stages", "Stages, CPU seconds (storing: the clock), medians of 5", *report.of_rows(rows))

    def end(self) -> None:
        result = bench_end_to_end.run(self.sizes, bench_end_to_end.extraction_seconds())
        rows, found = report.of_rows(result.rows), report.of_findings(result.findings)
        times = ("task", "begins (s)", "ends (s)")
        report.show("End to end, articles a second", *rows)
        report.show("Against the targets", *found)
        report.show("One run, seconds after the trigger", times, result.stages)
        tables = (report.markdown(*rows), report.markdown(*found), report.markdown(times, result.stages))
        self.write("end-to-end", "\n\n".join(tables))

    def many(self) -> None:
        self.tell("many", "A thousand feeds", *report.of_findings(bench_end_to_end.many_feeds(self.sizes)))

    def latency(self) -> None:
        how = (6, 120.0) if self.small else (24, 600.0)
        found, _ = bench_latency.run(*how)
        self.tell("latency", "From entry to message", *report.of_findings(found))

    def past(self) -> None:
        lines, found = bench_history.run(self.history)
        header = ("query", "pages, 20,000 articles", f"pages, {self.history:,}", "ms", "large tables read whole")
        report.show("Queries of a run", header, lines)
        report.show("History", *report.of_findings(found))
        self.write("history", report.markdown(header, lines) + "\n\n" + report.markdown(*report.of_findings(found)))

    def workers(self) -> None:
        rows = bench_workers.run(self.sizes)
        header = ("workers", "articles/min", "feeds/min", "CPU s an article", "of the machine, by others")
        report.show("Celery workers on this machine", header, rows)
        self.write("workers", report.markdown(header, rows), document=REPOSITORY / "docs/scaling.md")

    def tell(self, name: str, title: str, header: tuple[str, ...], cells: list[tuple[str, ...]]) -> None:
        report.show(title, header, cells)
        self.write(name, report.markdown(header, cells))

    def write(self, name: str, body: str, document: Path = report.DOCUMENT) -> None:
        if not self.small:
            report.write(name, body, document)


def rivals() -> Path | None:
    """An environment with the libraries that we compare with and do not depend on; None where it cannot be made."""
    lock = REPOSITORY / "tests/bench/requirements-rivals.txt"
    uv = Path(sys.executable).parent / "uv"
    if not (RIVALS / "bin/python").exists():
        subprocess.run([str(uv), "venv", "--quiet", "--python", sys.executable, str(RIVALS)], check=True)
    done = subprocess.run(
        [str(uv), "pip", "install", "--quiet", "--require-hashes", "--requirement", str(lock)],
        env={**os.environ, "VIRTUAL_ENV": str(RIVALS)},
        check=False,
    )
    return RIVALS if done.returncode == 0 else None


def shared_material() -> Path | None:
    """Real pages that nobody here wrote, where they are present."""
    folder = Path(os.environ.get("NEWSWATCH_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    return folder if folder.is_dir() else None


if __name__ == "__main__":
    main()
