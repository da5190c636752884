"""Every route asks who is there; each role may do what it may, and no more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Route

from builders_web import by_token
from newswatch.storage.tables_all import metadata
from newswatch.web.access import Needs
from newswatch.web.app import create_app
from newswatch.web.push import push_router
from newswatch.web.slack_actions import slack_router

WITHOUT_USER = {"/slack/interactions", "/push/{token}"}  # Slack and hubs prove themselves by their signatures
PAGES = (
    "/", "/?view=held", "/silences", "/stories/{story}", "/search", "/search?q=missile", "/search.csv", "/search.json",
    "/alerts.rss",
    "/pairs", "/pair?pair=PRK→JPN", "/feeds", "/feeds/{feed}", "/feeds.opml", "/feeds?state=failing", "/model",
    "/tuning", "/tuning?launch=0.3&days=7", "/review", "/labels", "/labels?standing=approved",
    "/static/style.css",
)  # fmt: skip
TWINS = (
    "/api/alerts", "/api/silences", "/api/stories/{story}", "/api/articles?q=missile", "/api/pairs", "/api/pair?pair=PRK→JPN",
    "/api/feeds", "/api/feeds.opml", "/api/feeds/{feed}", "/api/model", "/api/openapi.json",
    "/api/alerts.rss", "/api/tuning", "/api/review", "/api/labels",
)  # fmt: skip
WRITES = {
    "/alerts/{alert}/acknowledge": ("user", {}),
    "/alerts/{alert}/wrong": ("user", {"verdict": "not_news"}),
    "/alerts/{alert}/undo": ("user", {}),
    "/alerts/{alert}/silence": ("user", {"about": "pair", "until": "1h", "reason": "known"}),
    "/silences/{silence}/end": ("user", {}),
    "/feeds/{feed}/pause": ("op", {"reason": "moved"}),
    "/feeds/{feed}/resume": ("op", {}),
    "/feeds/add": ("op", {"url": "https://new.example/rss", "name": "New", "publisher": "New", "tier": "3"}),
    "/review/prepare": ("user", {}),
    "/api/review/prepare": ("user", {}),
    "/articles/{article}/missed": ("user", {"signals": "launch"}),
    "/api/articles/{article}/missed": ("user", {"signals": ["launch"]}),
    "/labels/decide": ("op", {"ids": "1", "decision": "approved"}),
    "/api/labels/decide": ("op", {"ids": [1], "decision": "approved"}),
    "/api/alerts/{alert}/acknowledge": ("user", {}),
    "/api/alerts/{alert}/wrong": ("user", {"verdict": "known_already"}),
    "/api/alerts/{alert}/undo": ("user", {}),
    "/api/silences": ("user", {"matchers": ["pair=PRK→JPN"], "reason": "known", "ends_at": "2026-03-09T00:00:00Z"}),
    "/api/silences/{silence}/end": ("user", {}),
    "/api/feeds/{feed}/pause": ("op", {"reason": "moved"}),
    "/api/feeds/{feed}/resume": ("op", {}),
    "/api/feeds": ("op", {"url": "https://new.example/rss", "name": "New", "publisher": "New", "tier": 3}),
}
ELSEWHERE = {
    # they fetch, or take a file: test_feeds_page, test_feed_list
    "/feeds/{feed_id}/test", "/api/feeds/{feed_id}/test", "/feeds/find", "/api/feeds/find", "/feeds/import", "/api/feeds/import",
    # they name a revision, a card's item, a label of one's own, a challenger: test_tuning_page, test_review_page, test_model_page
    "/tuning/save", "/api/tuning/save", "/tuning/rollback", "/api/tuning/rollback", "/tuning/diff", "/api/tuning/diff",
    "/review/items/{item_id}", "/api/review/items/{item_id}", "/labels/{label_id}/undo", "/api/labels/{label_id}/undo",
    "/model/promote", "/api/model/promote", "/model/reject", "/api/model/reject", "/model/rollback", "/api/model/rollback",
}  # fmt: skip


def routes_of(app) -> list[Route]:
    return [route for route in app.routes if isinstance(route, Route)]


def needs(route: APIRoute) -> list[Needs]:
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs)]


def an_app(**more):
    return create_app(by_token, lambda: None, config_folder=None, model_folder=None, **more)


def test_every_route_but_slacks_names_the_role_it_takes() -> None:
    slack = slack_router(database=lambda: None, signing_secret=lambda: None, now=lambda: None)
    pushes = push_router(database=lambda: None, key=str, now=lambda: None)
    app = an_app(slack_actions=slack, pushes=pushes)

    assert all(isinstance(route, Route) for route in app.routes), "a mount is not guarded by its app's dependencies"
    open_to_all = {route.path for route in routes_of(app) if not isinstance(route, APIRoute) or not needs(route)}
    assert open_to_all == WITHOUT_USER


def test_the_structural_test_sees_an_unguarded_route() -> None:
    router = APIRouter()

    @router.get("/naked")
    def naked() -> str:
        return "everything"

    app = an_app(slack_actions=router)
    assert {route.path for route in routes_of(app) if not needs(route)} == {"/naked"}


def test_what_changes_something_is_never_a_get_and_never_open_to_viewers() -> None:
    for route in routes_of(an_app()):
        roles = {one.role for one in needs(route)}
        assert route.methods in ({"GET"}, {"POST"}), route.path
        assert (roles == {"viewer"}) == (route.methods == {"GET"}), route.path


def test_the_tables_here_name_every_route(named) -> None:
    covered = {one.partition("?")[0] for one in (*PAGES, *TWINS)} | set(WRITES)
    templates = {
        "{story}": "{story_id}",
        "{feed}": "{feed_id}",
        "{alert}": "{alert_key}",
        "{silence}": "{silence_id}",
        "{article}": "{article_id}",
    }
    for short, long in templates.items():
        covered = {path.replace(short, long) for path in covered}
    covered = {path.replace("style.css", "{name}") for path in covered}

    assert {route.path for route in routes_of(an_app())} == covered | ELSEWHERE


def test_every_page_has_a_twin() -> None:
    """What a person can see or do in a page, a script can under /api; a form's own steps are the exceptions, named here."""
    twins = {
        "/": "/api/alerts", "/search": "/api/articles", "/search.csv": "/api/articles", "/search.json": "/api/articles",
        "/alerts/{alert_key}/silence": "/api/silences", "/feeds/add": "/api/feeds",
    }  # fmt: skip
    ours = {(route.path, *route.methods) for route in routes_of(an_app())}
    for path, method in sorted(ours):
        if not path.startswith(("/api/", "/static/")):
            assert (twins.get(path, f"/api{path}"), method) in ours, path


@pytest.fixture
def named(week):
    """Ids that exist, to fill into paths."""
    from builders_web import a_silence

    with week.db.read() as connection:
        alert, story = connection.execute(
            sa.text("SELECT alert_key, story_id FROM alerts ORDER BY decided_at DESC LIMIT 1")
        ).one()
        article = connection.scalar(sa.text("SELECT min(article_id) FROM articles"))
    silence = a_silence(week.db, week.now)
    return {"alert": alert, "story": story, "feed": "albion-world", "silence": silence, "article": article}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_sends_strangers_to_the_login_and_back(visit, named, path: str) -> None:
    asked = path.format(**named)
    refused = visit(None).get(asked)

    if path.startswith("/static"):
        assert refused.status_code == 401
    else:
        assert refused.status_code == 303
        assert refused.headers["location"].startswith("/api/v2/auth/login?next=%2Fnewswatch%2F")
    for visitor in ("vera", "uma", "otto"):
        assert visit(visitor).get(asked).status_code == 200


@pytest.mark.parametrize("path", TWINS)
def test_a_twin_tells_strangers_nothing(visit, named, path: str) -> None:
    refused = visit(None).get(path.format(**named))

    assert (refused.status_code, refused.json()) == (401, {"detail": "Not authenticated"})
    assert visit("stranger").get(path.format(**named)).status_code == 401
    assert visit("vera").get(path.format(**named)).status_code == 200


@pytest.mark.parametrize(("path", "role", "said"), [(path, *rest) for path, rest in WRITES.items()])
def test_a_write_takes_its_role(visit, named, week, path: str, role: str, said: dict) -> None:
    how = {"json": said} if path.startswith("/api") else {"data": said}
    asked = path.format(**named)
    before = everything(week.db)

    refused = {name: visit(name).post(asked, **how).status_code for name in (None, "stranger", "vera")}
    assert refused == {
        None: 403,
        "stranger": 401,
        "vera": 403,
    }  # without token or origin nobody gets as far as the login
    assert visit("uma").post(asked, **how).status_code in ((200, 201, 303) if role == "user" else (403,))
    if role == "op":
        assert everything(week.db) == before
        assert visit("otto").post(asked, **how).status_code in (200, 201, 303)


def test_looking_changes_nothing(visit, named, week) -> None:
    before = everything(week.db)
    for path in (*PAGES, *TWINS):
        visit("otto").get(path.format(**named))
    for path in WRITES:
        assert visit("otto").get(path.format(**named)).status_code in (404, 405, 200)

    assert everything(week.db) == before


def everything(db) -> dict[str, str]:
    """A hash of every table."""
    with db.read() as connection:
        return {
            table.name: connection.scalar(
                sa.text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table.name} t")
            )
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_documentation_is_open(visit, path: str) -> None:
    assert visit(None).get(path).status_code == 404


def test_every_answer_carries_the_policy(visit, named) -> None:
    for path in (*PAGES, *TWINS, "/nothing"):
        for visitor in (None, "vera"):
            headers = visit(visitor).get(path.format(**named)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'self'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert "no-store" in headers["cache-control"] or path.startswith("/static")
