"""Who may see and do what?

    viewer  reads every page                          (Airflow: may read the DAG `monitor_news`)
    user    answers alerts: acknowledge, silence, wrong (Airflow: may change that DAG)
    op      pauses, resumes and tests feeds           (Airflow: may change variables)

Who somebody is, Airflow says; the plugin hands over how to ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, HTTPException, Request

Role = Literal["viewer", "user", "op"]


@dataclass(frozen=True)
class Visitor:
    """Somebody whom Airflow knows, with what they may do here."""

    name: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Whether this visitor has the role."""
        return role in self.roles

    @property
    def user_id(self) -> str:
        """The name under which answers are kept; Slack's ids cannot look like it."""
        return f"airflow:{self.name}"


Access = Callable[[Request], Awaitable[Visitor]]
"""Tells who sent a request. Raises HTTPException 401 for nobody, 403 for a token that is not believed."""


class Needs:
    """A dependency that lets nobody pass without `role`. Every route has one; a test sees to that."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request) -> Visitor:
        access: Access = request.app.state.site.access
        visitor = await access(request)
        if not visitor.may(self.role):
            raise HTTPException(
                403, f"{visitor.name} may not do this: it takes Airflow's role `{self.role}`. Nothing was changed."
            )
        return visitor


Viewer = Annotated[Visitor, Depends(Needs("viewer"))]
User = Annotated[Visitor, Depends(Needs("user"))]
Operator = Annotated[Visitor, Depends(Needs("op"))]
