"""Does a request that changes something come from our own pages, or from a script that proves who it is?

Airflow's session cookie is SameSite=Lax and there is no CSRF token, so a page elsewhere could post in a visitor's name.
Browsers say where a request comes from (`Sec-Fetch-Site`, else `Origin`), and no page can forge either. A request with
an `Authorization` header carries its own proof: a browser never adds one by itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class SameOrigin:
    """Refuses, with 403, what would change something and does not come from `own_origins` or the host that was asked."""

    def __init__(self, app: ASGIApp, *, own_origins: tuple[str, ...] = (), exempt: tuple[str, ...] = ()) -> None:
        self.app, self.own_origins, self.exempt = app, own_origins, exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not self._is_exempt(scope):
            refusal = why_foreign(Headers(scope=scope), self.own_origins)
            if refusal:
                await JSONResponse({"detail": f"{refusal} Nothing was changed."}, 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_exempt(self, scope: Scope) -> bool:
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        return any(path == one or path.startswith(f"{one}/") for one in self.exempt)


def why_foreign(headers: Headers, own_origins: tuple[str, ...] = ()) -> str | None:
    """Why a request is not taken for one of our own pages', or None."""
    if headers.get("authorization"):
        return None
    site = headers.get("sec-fetch-site")
    if site is not None:
        return None if site == "same-origin" else f"This request comes from another site ({site[:40]})."
    origin = headers.get("origin")
    if origin is None:
        return "This request does not say which page sent it. Scripts send `Authorization: Bearer <token>`."
    if origin in own_origins or _host_of(origin) == headers.get("host", "").lower():
        return None
    return f"This request comes from {origin[:100]}, not from this site."


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
