"""The plugin costs a task process nothing, and Airflow executes nothing of the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_MILLISECONDS = 50
SCRIPT = """
import json, sys, time
from airflow.plugins_manager import AirflowPlugin
before, started = set(sys.modules), time.process_time()
import newswatch_plugin
cost = 1000 * (time.process_time() - started)
print(json.dumps({"cost": cost, "loaded": sorted(set(sys.modules) - before)}))
"""


def test_loading_the_plugin_is_cheap(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY / "plugins")}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["loaded"] == ["newswatch_plugin"]
    assert told["cost"] < MOST_MILLISECONDS
