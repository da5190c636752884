"""How does a script learn what it can do here? An OpenAPI document of everything under /api, for those who are logged in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from newswatch.web.access import Viewer

DESCRIPTION = (
    "What the pages of Newswatch show and do, for scripts. Send `Authorization: Bearer <token>` with a token from Airflow's "
    "`POST /auth/token`. Times are UTC, ISO 8601."
)


def document(app: FastAPI) -> APIRouter:
    """The route that answers with the document."""
    router = APIRouter()

    @router.get("/api/openapi.json", tags=["about"])
    def openapi(visitor: Viewer) -> dict[str, Any]:
        """This document."""
        routes = [route for route in app.routes if getattr(route, "path", "").startswith("/api/")]
        found = get_openapi(title="Newswatch", version="1", description=DESCRIPTION, routes=routes)
        found["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"bearer": []}]
        return found

    return router
