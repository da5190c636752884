"""One child process that reads pages: started, asked, killed when it hangs, replaced when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from newswatch.articles import frames
from newswatch.articles.settings import ArticleSettings
from newswatch.domain import Downloaded, Extracted
from newswatch.errors import RuntimeSetupError

START_SECONDS = 60.0  # loading takes one second; sixty on a machine that is swapping
PATIENCE = 3.0  # wall time allowed is this times the processor time: the machine may be busy
_PACKAGES = str(Path(__file__).resolve().parents[2])  # the folder that holds `newswatch`


class Worker:
    """A child process for the use of one thread, replaced when it dies. `close` it."""

    def __init__(self, settings: ArticleSettings) -> None:
        self._settings = settings
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, while there is one."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Starts a child without waiting until it has loaded."""
        self._child = _Child(_bounds(self._settings))

    def read(self, page: Downloaded, *, metadata: bool) -> Extracted:
        """The text of `page`, or why there is none: `timeout`, `out_of_memory`, `crashed_SIGSEGV` ... The next page is safe.

        Raises RuntimeSetupError when a child cannot even be started.
        """
        child = self._child or _Child(_bounds(self._settings))
        self._child = child
        child.wait_until_ready()
        ask = {"url": page.final_url or page.url, "metadata": metadata}
        try:
            answer = child.ask(ask, page.body, seconds=self._settings.extract_cpu_seconds * PATIENCE)
        except (frames.Closed, frames.Late, OSError):
            self._child = None
            return Extracted(None, "", reason=child.end())
        if answer.get("last"):
            self.close()
        return _extracted(answer)

    def close(self) -> None:
        """Ends the child."""
        if self._child:
            self._child.end()
        self._child = None


class _Child:
    """A running process and the pipes to it."""

    def __init__(self, bounds: dict[str, int]) -> None:
        asks, self._asks = os.pipe()
        self._answers, answers = os.pipe()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        command = [sys.executable, "-m", "newswatch.articles.child"]
        try:
            self._process = subprocess.Popen(
                command, stdin=asks, stdout=answers, stderr=self._said, env=_environment(), close_fds=True
            )
        finally:
            os.close(asks)
            os.close(answers)
        self._is_ready = False
        self._ended: str | None = None
        with suppress(OSError):  # a child that is dead already is noticed when it is waited for
            frames.send_json(self._asks, bounds)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Returns once the child has loaded. Raises RuntimeSetupError when it does not."""
        if self._is_ready:
            return
        try:
            frames.receive_json(self._answers, seconds=START_SECONDS)
        except (frames.Closed, frames.Late, OSError):
            words = self._last_words()
            self.end()
            raise RuntimeSetupError(
                f"The process that reads pages does not start: {words}. No page can be read now; nothing is lost, articles "
                "wait for the next run. `python -m newswatch.articles.child < /dev/null` shows the whole error."
            ) from None
        self._is_ready = True

    def ask(self, question: dict[str, Any], body: bytes, *, seconds: float) -> dict[str, Any]:
        """What the child says of `body`. Raises Closed, Late or OSError when it says nothing."""
        frames.send_json(self._asks, question)
        frames.send(self._asks, body)
        return frames.receive_json(self._answers, seconds=seconds)

    def end(self) -> str:
        """Kills the child if need be, and says how it ended: `timeout`, or the signal or code of its own end.

        A second call says the same: descriptors closed twice might by then be somebody else's.
        """
        self._ended = self._ended or self._end()
        return self._ended

    def _end(self) -> str:
        try:
            code = self._process.wait(timeout=0.2)  # one that crashed may take a moment to be gone
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
            self._process.kill()
            self._process.wait()
        for descriptor in (self._asks, self._answers):
            os.close(descriptor)
        self._said.close()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return "timeout"
        return f"crashed_{signal.Signals(-code).name}" if code < 0 else f"crashed_exit_{code}"

    def _last_words(self) -> str:
        self._said.seek(0)
        lines = self._said.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _bounds(settings: ArticleSettings) -> dict[str, int]:
    return {
        "memory_bytes": settings.extract_memory_megabytes * 1024 * 1024,
        "cpu_seconds": settings.extract_cpu_seconds,
        "shortest_text": settings.shortest_text,
        "longest_text": settings.longest_text,
    }


def _extracted(answer: dict[str, Any]) -> Extracted:
    published = answer.get("published_at")
    return Extracted(
        title=answer.get("title"),
        text=str(answer.get("text", "")),
        published_at=datetime.fromisoformat(published) if published else None,
        reason=answer.get("reason"),
    )


def _environment() -> dict[str, str]:
    """Only what Python needs: a child that reads strangers' pages has no business with our tokens and database."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": _PACKAGES, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
