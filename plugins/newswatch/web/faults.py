"""What does a visitor see when something cannot be shown? A page for people, JSON for scripts, never a traceback."""

from __future__ import annotations

import logging
from typing import cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from newswatch.errors import ConflictError, NewswatchError
from newswatch.web.render import is_fragment, page_path, render

log = logging.getLogger("newswatch.web")
TITLES = {
    403: "Not for you to do",
    404: "There is nothing here",
    409: "That is there already",
    413: "That is too large",
    422: "That cannot be read",
    503: "Not available now",
}


def install(app: FastAPI) -> None:
    """Answer every fault of `app` in words."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(NewswatchError, _unavailable)
    app.add_exception_handler(ConflictError, _too_late)


def _refused(request: Request, error: Exception) -> Response:
    refused = cast(HTTPException, error)
    if refused.status_code == 401 and not _for_script(request):
        return _to_login(request)
    if _for_script(request):
        return JSONResponse({"detail": str(refused.detail)}, refused.status_code, refused.headers)
    return _told(request, refused.status_code, str(refused.detail))


def _unreadable(request: Request, error: Exception) -> Response:
    faults = cast(RequestValidationError, error).errors()
    if _for_script(request):
        return JSONResponse({"detail": jsonable_encoder(faults, exclude={"ctx", "url"})}, 422)
    named = "; ".join(f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in faults[:5])
    return _told(request, 422, f"{named}. Nothing was changed.")


def _unavailable(request: Request, error: Exception) -> Response:
    log.error("%s", error)
    return _told(request, 503, str(error))


def _too_late(request: Request, error: Exception) -> Response:
    """Somebody else was quicker."""
    return _told(request, 409, str(error))


def _told(request: Request, status: int, text: str) -> Response:
    if _for_script(request):
        return JSONResponse({"detail": text}, status)
    template = "fault_fragment.html" if is_fragment(request) else "fault.html"
    return render(request, template, None, status=status, title=TITLES.get(status, "That did not work"), text=text)


def _to_login(request: Request) -> Response:
    """A page goes to Airflow's login and comes back; a part of a page makes the whole page go."""
    login = request.app.state.site.login_path
    if is_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": login})
    if request.method != "GET":
        return _told(request, 401, "Your session has ended, and nothing was changed. Log in to Airflow and try again.")
    asked = request.scope.get("root_path", "") + page_path(request)
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    back = quote(f"{asked}?{query}" if query else asked, safe="")
    return RedirectResponse(f"{login}?next={back}", 303)


def _for_script(request: Request) -> bool:
    return page_path(request).startswith(("/api/", "/static/", "/slack/"))
