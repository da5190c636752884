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
TOLD = {
    "400": "The body is not of the kind it says it is.",
    "401": "Nobody is logged in.",
    "403": "The visitor's role does not allow it.",
    "404": "There is no such thing.",
    "409": "It is there already, or somebody was quicker.",
    "413": "The body is too large.",
    "422": "The request cannot be read.",
    "503": "The configuration, the model or the database cannot be used now; the text says which, and what to do.",
}
FAULT = {
    "title": "Fault",
    "description": "Why it was not done: a text, or one line for each value that cannot be read. Nothing was changed.",
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "object"}}]}},
}


def document(app: FastAPI) -> APIRouter:
    """The route that answers with the document."""
    router = APIRouter()

    @router.get("/api/openapi.json", tags=["about"])
    def openapi(visitor: Viewer) -> dict[str, Any]:
        """This document."""
        routes = [route for route in app.routes if getattr(route, "path", "").startswith("/api/")]
        found = get_openapi(title="Newswatch", version="1", description=DESCRIPTION, routes=routes)
        found["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        found["components"]["schemas"]["Fault"] = FAULT
        found["security"] = [{"bearer": []}]
        for path, operations in found["paths"].items():
            for operation in operations.values():
                operation["responses"] |= {status: _fault(status) for status in _statuses(path, operation)}
        return found

    return router


def _statuses(path: str, operation: dict[str, Any]) -> list[str]:
    """How this operation may refuse, besides what its parameters say."""
    found = ["401", "403", "503"]
    if "{" in path or path == "/api/pair":
        found.append("404")
    if "requestBody" in operation:
        found += ["400", "409", "413"]
    if "requestBody" in operation or operation.get("parameters"):
        found.append("422")
    return found


def _fault(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Fault"}
    return {"description": TOLD[status], "content": {"application/json": {"schema": schema}}}
