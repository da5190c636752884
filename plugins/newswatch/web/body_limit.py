"""How large may a request be? No form of ours needs more than a list of feeds; what is larger is not read to its end."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 3_000_000  # bytes; the largest OPML file and the form around it


class BodyLimit:
    """Answers 413 to larger bodies. A form is read before anybody asks who sent it, so strangers meet this first."""

    def __init__(self, app: ASGIApp, *, most: int = LARGEST_BODY) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        read = self.most + 1 if announced.isdigit() and int(announced) > self.most else 0

        async def counted() -> Message:
            nonlocal read
            if read <= self.most:
                message = await receive()
                read += len(message.get("body", b""))
                if read <= self.most:
                    return message
            raise HTTPException(413, f"This is larger than {self.most // 1_000_000} MB. Nothing was changed.")

        await self.app(scope, counted, send)
