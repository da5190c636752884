"""How do tests and benchmarks ask a running Airflow? Through its public API, logged in as its administrator."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import requests

from newswatch.runtime import airflow


@dataclass(slots=True)
class AirflowApi:
    """The API server on `port` of this machine. `patience`: seconds for which what is not known yet is asked for again."""

    port: int
    patience: int
    _token: str = field(default="", init=False)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer as JSON. Raises TimeoutError when Airflow does not get to know `path`, and for any other refusal."""
        base = f"http://127.0.0.1:{self.port}"
        for _ in range(self.patience):
            if not self._token:
                login = {"username": "admin", "password": airflow.admin_password()}
                self._token = requests.post(f"{base}/auth/token", json=login, timeout=60).json()["access_token"]
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = requests.request(method, f"{base}/api/v2/{path}", json=body, headers=headers, timeout=120)
            if answer.status_code != 404:  # the DAG files are still being read
                answer.raise_for_status()
                return answer.json()
            time.sleep(1)
        raise TimeoutError(f"{path} is not known to Airflow")
