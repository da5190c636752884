"""A Slack that remembers, in a process of its own: `python tests/mock_slack.py --port 8999 --folder /tmp/slack`.

Speaks chat.postMessage, chat.update, conversations.history, conversations.replies, auth.test, the upload of files and Socket
Mode; checks the limits of Block Kit; allows one message a second and channel when told to. Every accepted message is appended
to `messages.jsonl` and synced before the answer leaves, so that what a killed client sent can be counted.

Socket Mode: POST /__click sends its body as an interactive payload to everyone connected and answers once that is acknowledged;
whatever is posted to /hooks/… (the payload's response_url) is kept and shown by GET /__answers.

Faults are queued by POST /__faults {"method", "fault", "times", "retry_after"} and used up one per request:
    ratelimited            429 with Retry-After, nothing stored
    reject_500             500, nothing stored
    accept_then_500        stored, then 500
    accept_then_drop       stored, then the connection is closed without an answer
    accept_then_hang       stored, then no answer for `seconds`
    hang                   no answer for `seconds`, nothing stored
    accept_html / accept_empty / accept_truncated / accept_no_ts      stored, then an answer that cannot be used
    error:WORD             {"ok": false, "error": WORD}, nothing stored
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
MAX_BLOCKS, MAX_SECTION, MAX_HEADER, MAX_TEXT, MAX_TOTAL = 50, 3_000, 150, 40_000, 13_200


class Workspace:
    """What this Slack knows: messages by channel, queued faults, requests seen."""

    def __init__(self, folder: Path, *, paced: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = (folder / "messages.jsonl").open("a", encoding="utf-8")
        self.lock = threading.Lock()
        self.channels: dict[str, list[Json]] = defaultdict(list)
        self.faults: dict[str, deque[Json]] = defaultdict(deque)
        self.requests: list[Json] = []
        self.accepted_at: dict[str, float] = {}
        self.paced = paced
        self.counter = 0
        self.uploads: dict[str, Json] = {}
        self.answers: list[Json] = []
        self.socket = Socket()

    def upload_url(self, content: Json, base: str) -> Json:
        """Where a file's bytes go."""
        file_id = f"F{len(self.uploads) + 1:04d}"
        self.uploads[file_id] = {"id": file_id, "name": content["filename"], "length": int(content["length"])}
        return {"ok": True, "upload_url": f"{base}/upload/{file_id}", "file_id": file_id}

    def complete_upload(self, content: Json) -> Json:
        """Share uploaded files as a message, with no metadata of ours, as Slack does."""
        files = content["files"] if isinstance(content["files"], list) else json.loads(content["files"])
        shared = []
        for one in files:
            upload = self.uploads.get(one["id"])
            if upload is None or len(bytes.fromhex(upload.get("hex", ""))) != upload["length"]:
                return {"ok": False, "error": "file_not_found"}
            shared.append({"id": one["id"], "name": upload["name"], "title": one.get("title"), "hex": upload["hex"]})
        where = {"channel": content["channel_id"]} | (
            {"thread_ts": content["thread_ts"]} if content.get("thread_ts") else {}
        )
        posted = self.post({**where, "text": " ", "files": shared})
        return {"ok": True, "files": files} if posted["ok"] else posted

    def post(self, content: Json) -> Json:
        """Store a message; the answer Slack would give."""
        refused = invalid(content)
        if refused:
            return {"ok": False, "error": refused}
        channel, now = str(content["channel"]), time.time()
        if self.paced and now - self.accepted_at.get(channel, 0) < 0.95:
            return {"ok": False, "error": "ratelimited", "retry_after": 1}
        thread = content.get("thread_ts")
        if thread and not any(message["ts"] == thread for message in self.channels[channel]):
            return {"ok": False, "error": "thread_not_found"}
        self.accepted_at[channel] = now
        self.counter += 1
        message = {**content, "ts": f"{int(now)}.{self.counter:06d}", "at": now, "edits": 0}
        self.channels[channel].append(message)
        self.write("posted", message)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": {"text": message.get("text")}}

    def update(self, content: Json) -> Json:
        """Edit a message in place."""
        refused = invalid(content)
        found = [
            message for message in self.channels[str(content.get("channel"))] if message["ts"] == content.get("ts")
        ]
        if refused or not found or found[0].get("deleted"):
            return {"ok": False, "error": refused or "message_not_found"}
        found[0].update({key: content[key] for key in ("text", "blocks", "metadata") if key in content})
        found[0]["edits"] += 1
        self.write("edited", found[0])
        return {"ok": True, "channel": content["channel"], "ts": content["ts"]}

    def history(self, query: Json) -> Json:
        """Messages of a channel (or thread), newest first, in pages of `limit`."""
        messages = [
            message
            for message in reversed(self.channels[str(query.get("channel"))])
            if float(message["ts"]) >= float(query.get("oldest") or 0) and not message.get("deleted")
        ]
        if query.get("ts"):
            messages = [one for one in messages if query["ts"] in (one["ts"], one.get("thread_ts"))]
        else:
            messages = [one for one in messages if not one.get("thread_ts") or one.get("reply_broadcast")]
        start, limit = int(query.get("cursor") or 0), int(query.get("limit") or 100)
        page = messages[start : start + limit]
        if str(query.get("include_all_metadata")).lower() not in ("1", "true"):
            page = [{key: value for key, value in one.items() if key != "metadata"} for one in page]
        after = str(start + limit) if start + limit < len(messages) else ""
        return {"ok": True, "messages": page, "has_more": bool(after), "response_metadata": {"next_cursor": after}}

    def reset(self) -> None:
        """Forget everything but the log."""
        with self.lock:
            for known in (self.channels, self.faults, self.requests, self.accepted_at):
                known.clear()  # type: ignore[attr-defined]

    def write(self, event: str, message: Json) -> None:
        self.log.write(json.dumps({"event": event, **message}) + "\n")
        self.log.flush()
        os.fsync(self.log.fileno())


class Socket:
    """Socket Mode: one WebSocket for each client; `click` waits until one of them has acknowledged."""

    def __init__(self) -> None:
        self.connections: list[Any] = []
        self.acknowledged: dict[str, threading.Event] = {}
        self.url = ""

    def open(self) -> Json:
        """Start listening when first asked; the address a client connects to."""
        if not self.url:
            from websockets.sync.server import serve

            server = serve(self.talk, "127.0.0.1", 0)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/link"
        return {"ok": True, "url": self.url}

    def talk(self, connection: Any) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.connections.append(connection)
        for text in connection:
            envelope = json.loads(text).get("envelope_id")
            self.acknowledged.setdefault(envelope, threading.Event()).set()

    def click(self, payload: Json, *, seconds: float = 3.0) -> bool:
        """Whether the click was acknowledged within the three seconds that Slack allows."""
        envelope = f"e{time.time_ns()}"
        event = self.acknowledged.setdefault(envelope, threading.Event())
        for connection in self.connections:
            connection.send(json.dumps({"type": "interactive", "envelope_id": envelope, "payload": payload}))
        return event.wait(seconds)


def invalid(content: Json) -> str | None:
    """The error Slack answers to a message that breaks a limit, or None."""
    blocks = content.get("blocks") or []
    text = content.get("text") or ""
    if not content.get("channel"):
        return "channel_not_found"
    if content.get("files"):
        return None
    if not text and not blocks:
        return "no_text"
    if len(text) > MAX_TEXT:
        return "msg_too_long"
    if len(blocks) > MAX_BLOCKS or any(not valid_block(block) for block in blocks):
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > MAX_TOTAL:
        return "msg_blocks_too_long"
    if len(json.dumps(content.get("metadata") or {})) > 4_000:
        return "metadata_too_large"
    return None


def valid_block(block: Json) -> bool:
    """Whether one block keeps the limits of docs.slack.dev/reference/block-kit/blocks."""
    kind = block.get("type")
    if kind == "header":
        return block["text"]["type"] == "plain_text" and 0 < len(block["text"]["text"]) <= MAX_HEADER
    if kind == "section":
        texts = [block["text"]] if "text" in block else block.get("fields", [])
        return bool(texts) and all(0 < len(text["text"]) <= MAX_SECTION for text in texts)
    if kind == "context":
        return 0 < len(block["elements"]) <= 10 and all(
            0 < len(one.get("text", "x")) <= MAX_SECTION for one in block["elements"]
        )
    if kind == "actions":
        return 0 < len(block["elements"]) <= 25 and all(valid_element(one) for one in block["elements"])
    return kind in ("rich_text", "divider", "image")


def valid_element(element: Json) -> bool:
    if element["type"] == "button":
        return (
            0 < len(element["text"]["text"]) <= 75
            and len(element.get("value", "")) <= 2_000
            and len(element.get("url", "")) <= 3_000
        )
    options = [
        *element.get("options", []),
        *(one for group in element.get("option_groups", []) for one in group["options"]),
    ]
    return (
        element["type"] in ("static_select", "overflow")
        and 0 < len(options) <= 100
        and all(len(one["value"]) <= 150 for one in options)
    )


class Handler(BaseHTTPRequestHandler):
    """One request to the Web API, or to the controls under /__."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        workspace = self.server.workspace
        url = urlsplit(self.path)
        if url.path == "/__messages":
            with workspace.lock:
                self.answer(200, {"messages": [one for channel in workspace.channels.values() for one in channel]})
        elif url.path == "/__answers":
            self.answer(200, {"answers": workspace.answers, "listening": len(workspace.socket.connections)})
        elif url.path == "/__requests":
            self.answer(200, {"requests": workspace.requests})
        else:
            self.call(url.path.rsplit("/", 1)[-1], {key: values[0] for key, values in parse_qs(url.query).items()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path == "/__faults":
            fault = json.loads(body)
            self.server.workspace.faults[fault["method"]].extend([fault] * int(fault.get("times", 1)))
            return self.answer(200, {"ok": True})
        if path == "/__heal":
            self.server.workspace.faults.clear()
            return self.answer(200, {"ok": True})
        if path == "/__reset":
            self.server.workspace.reset()
            return self.answer(200, {"ok": True})
        if path == "/__delete":
            ts = json.loads(body)["ts"]
            for channel in self.server.workspace.channels.values():
                for message in channel:
                    message["deleted"] = message.get("deleted") or message["ts"] == ts
            return self.answer(200, {"ok": True})
        if path == "/__click":
            return self.answer(200, {"acknowledged": self.server.workspace.socket.click(json.loads(body))})
        if path.startswith("/hooks/"):
            self.server.workspace.answers.append(json.loads(body))
            return self.answer(200, {"ok": True})
        if path.startswith("/upload/"):
            self.server.workspace.uploads[path.rpartition("/")[2]]["hex"] = body.hex()
            return self.reply(200, b"OK", {"Content-Type": "text/plain"})
        if "json" in (self.headers.get("Content-Type") or ""):
            content = json.loads(body or b"{}")
        else:
            content = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        return self.call(
            path.rsplit("/", 1)[-1],
            content | {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()},
        )

    def call(self, method: str, content: Json) -> None:
        workspace = self.server.workspace
        with workspace.lock:
            queue = workspace.faults[method]
            fault = queue.popleft() if queue else {"fault": ""}
        name = fault["fault"]
        workspace.requests.append(
            {"method": method, "at": time.time(), "fault": name, "channel": content.get("channel")}
        )
        if name == "ratelimited":
            return self.answer(
                429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(fault.get("retry_after", 1))}
            )
        if name == "reject_500":
            return self.answer(500, {"ok": False, "error": "internal_error"})
        if name.startswith("error:"):
            return self.answer(200, {"ok": False, "error": name.removeprefix("error:")})
        if name == "hang":
            time.sleep(float(fault.get("seconds", 5)))
            return self.drop()
        with workspace.lock:
            answer = self.do(method, content)
        return self.spoiled(name, fault, answer)

    def do(self, method: str, content: Json) -> Json:
        workspace = self.server.workspace
        known = {
            "chat.postMessage": workspace.post,
            "chat.update": workspace.update,
            "conversations.history": workspace.history,
            "conversations.replies": workspace.history,
            "files.getUploadURLExternal": lambda one: workspace.upload_url(one, f"http://{self.headers['Host']}"),
            "files.completeUploadExternal": workspace.complete_upload,
            "apps.connections.open": lambda _: workspace.socket.open(),
            "auth.test": lambda _: {"ok": True, "team_id": "T0MOCK", "user_id": "U0BOT"},
        }
        return known[method](content) if method in known else {"ok": False, "error": "unknown_method"}

    def spoiled(self, name: str, fault: Json, answer: Json) -> None:
        """The answer, after the request has had its effect, damaged as the fault says."""
        if name == "accept_then_hang":
            time.sleep(float(fault.get("seconds", 5)))
            return self.drop()
        if name == "accept_then_drop":
            return self.drop()
        if name == "accept_then_500":
            return self.answer(500, {"ok": False, "error": "internal_error"})
        if name == "accept_html":
            return self.reply(200, b"<html><body>Proxy error</body></html>", {"Content-Type": "text/html"})
        if name == "accept_empty":
            return self.reply(200, b"", {})
        if name == "accept_truncated":
            return self.reply(200, json.dumps(answer).encode()[:-9], {"Content-Type": "application/json"})
        if name == "accept_no_ts":
            return self.answer(200, {"ok": True})
        if answer.get("retry_after"):
            return self.answer(429, answer, {"Retry-After": str(answer["retry_after"])})
        scopes = {"X-OAuth-Scopes": "chat:write,channels:history,files:write"} if answer.get("team_id") else {}
        return self.answer(200, answer, scopes)

    def answer(self, status: int, content: Json, headers: dict[str, str] | None = None) -> None:
        self.reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, workspace: Workspace) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.workspace = workspace

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what we are here for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any free port; the one taken is printed")
    parser.add_argument("--folder", type=Path, required=True, help="where messages.jsonl is written")
    parser.add_argument("--paced", action="store_true", help="refuse more than one message a second and channel")
    chosen = parser.parse_args()
    server = Server(chosen.port, Workspace(chosen.folder, paced=chosen.paced))
    print(f"http://127.0.0.1:{server.server_address[1]}/api/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
