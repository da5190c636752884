"""Can this container do its work? `python -m newswatch.runtime.alive`: exit 0 when both databases answer, 1 with the reason.

What a component of Airflow does besides (serving, scheduling) its own check in docker-compose.yml asks.
"""

from __future__ import annotations

import os
import subprocess
import sys

from newswatch.errors import NewswatchError
from newswatch.runtime.given import given

SECONDS = 5


def main() -> None:
    """Ask each database that is named for one row."""
    try:
        for url in filter(None, (given("NEWSWATCH_DATABASE_URL"), airflow_url())):
            ask(url)
    except (NewswatchError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"newswatch: {error}")


def airflow_url() -> str | None:
    """The URL of Airflow's database, given as such or by a command, as Airflow takes its secrets."""
    url = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    command = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD")
    if url or not command:
        return url
    import shlex

    return subprocess.run(
        shlex.split(command), capture_output=True, text=True, check=True, timeout=SECONDS
    ).stdout.strip()


def ask(url: str) -> None:
    """Raises RuntimeSetupError when the database does not answer."""
    import psycopg

    from newswatch.errors import RuntimeSetupError

    try:
        with psycopg.connect(f"postgresql://{url.partition('://')[2]}", connect_timeout=SECONDS) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        raise RuntimeSetupError(f"A database does not answer: {str(error).strip()}") from None


if __name__ == "__main__":
    main()
