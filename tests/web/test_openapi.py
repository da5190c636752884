"""The API keeps to its OpenAPI document whatever it is asked, and nothing makes it fall over."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from builders_web import a_silence

EXAMPLES = 12  # of each operation in each mode
THEY_FETCH = {
    "/api/feeds/find",
    "/api/feeds/{feed_id}/test",
}  # made-up addresses would be asked for; see test_feed_list
SELDOM_SERVED = {  # chance writes neither matchers nor OPML, and guesses no revision and no model
    "POST /api/silences", "POST /api/feeds/import", "POST /api/tuning/save", "POST /api/tuning/rollback", "GET /api/tuning/diff",
    "POST /api/model/promote", "POST /api/model/reject", "POST /api/model/rollback",
}  # fmt: skip
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OTTO = {"Authorization": "Bearer otto"}


@pytest.fixture
def schema(pages: Any) -> Any:
    return schemathesis.openapi.from_asgi("/api/openapi.json", pages, headers=OTTO)


@pytest.fixture
def known(week: Any, visit: Any) -> dict[str, Any]:
    """Path parameters that exist: without them every answer would be 404."""
    from sqlalchemy import text

    with week.db.read() as connection:
        alert, story = connection.execute(text("SELECT alert_key, story_id FROM alerts LIMIT 1")).one()
    otto = visit("otto")
    item = otto.post("/api/review/prepare").json()["items"][0]
    label = otto.post(f"/api/articles/{item['article_id']}/missed", json={"signals": ["launch"]}).json()["label_id"]
    return {
        "alert_key": alert,
        "story_id": story,
        "feed_id": "albion-world",
        "silence_id": a_silence(week.db, week.now),
        "item_id": item["item_id"],
        "article_id": item["article_id"],
        "label_id": label,
    }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_no_request_makes_it_fall_over(schema: Any, known: dict[str, Any], mode: GenerationMode) -> None:
    asked = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in THEY_FETCH:
            asked[operation.label] = _ask(operation, known, mode)

    assert len(asked) > 15
    if mode is GenerationMode.POSITIVE:
        assert {label for label, served in asked.items() if not served} <= SELDOM_SERVED


def _ask(operation: Any, known: dict[str, Any], mode: GenerationMode) -> int:
    """How many of EXAMPLES requests were answered with 2xx; every answer is held against the document."""
    served = 0
    has_choice = mode is GenerationMode.POSITIVE or operation.query or operation.body or operation.path_parameters
    if not has_choice:
        return 0

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), exists=st.integers(0, 3))
    def ask(case: Any, exists: int) -> None:
        nonlocal served
        if exists and mode is GenerationMode.POSITIVE:
            case.path_parameters |= {name: known[name] for name in case.path_parameters}
        answer = case.call(headers=OTTO)
        case.validate_response(answer, checks=CHECKS)
        served += answer.status_code < 300

    ask()
    return served


def test_the_document_says_how_it_refuses(schema: Any) -> None:
    for found in schema.get_all_operations():
        declared = set(found.ok().definition.raw["responses"])
        assert {"401", "403", "503"} <= declared, found.ok().label
