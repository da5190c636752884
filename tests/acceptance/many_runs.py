"""Run after run in one process, as a worker that never ends: each line on stdin is a moment, each answer how the run went.

The environment names database, configuration and Slack (see `desk.desk_env`). The answer is JSON: seconds of wall and processor
time, and the memory this process holds once it is done.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "plugins")]

import psutil  # noqa: E402 - the path is set above
import scipy.stats  # noqa: E402, F401 - loaded by the first pair that surges; here at once, so that growth is a leak

from acceptance.desk import one_run  # noqa: E402


def main() -> None:
    me = psutil.Process()
    for number, line in enumerate(sys.stdin):
        os.environ["NEWSWATCH_NOW"] = line.strip()
        wall, cpu = time.monotonic(), time.process_time()
        one_run(f"run-{number}")
        gc.collect()
        told = {
            "seconds": round(time.monotonic() - wall, 2),
            "cpu": round(time.process_time() - cpu, 2),
            "megabytes": round(me.memory_info().rss / 2**20, 1),
            "open_files": me.num_fds(),
            "threads": me.num_threads(),
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
