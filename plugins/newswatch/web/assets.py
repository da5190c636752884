"""Which files do the pages load? Ours, by name, for those who are logged in: a static mount would serve anybody."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from newswatch.web.access import Viewer

STATIC = Path(__file__).parent / "static"
NAMES = frozenset(("style.css", "theme.js", "pages.js", "htmx.min.js", "icon.svg", "icon_dark.svg"))
KEPT_SECONDS = 3600  # after an upgrade a browser may show the old style for so long
router = APIRouter()


@router.get("/static/{name}", include_in_schema=False)
def static(name: str, visitor: Viewer) -> FileResponse:
    """One of our own files."""
    if name not in NAMES:
        raise HTTPException(404, "There is no such file.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(STATIC / name, media_type=kind, headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"})
