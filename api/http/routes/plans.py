"""Joint plans of mass rescues."""

import time
from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from api.decision_service import DecisionService
from api.documents.decision import to_json
from api.http.auth import Caller, requires
from api.http.dependencies import CurrentService, JsonText, MaybeRecords, Plans, Work
from api.http.json_router import JsonRouter
from api.http.openapi import json_answer, problems
from api.http.schemas.plan_examples import PLAN, PLANS
from api.plan.document import plan_document
from api.plan.plan_types import PlanDocument
from api.plan.port_reports import plans_for_now, with_port_reports
from api.plan.propose import propose
from api.plan.request import PlanIn
from api.plan.solver.search import Search
from api.security.roles import Permission

router = JsonRouter()


@router.post(
    "/plans",
    tags=["plans"],
    summary="Joint plan for many encounters",
    response_class=JsonText,
    responses={
        200: {
            "description": "The proposal, also when there are not enough places.",
            **json_answer(PlanDocument, example=PLAN),
        },
        **problems(400, 413, 415, 422, 503),
    },
)
async def create_plan(
    plan: Annotated[PlanIn, Body(openapi_examples=PLANS)],
    service: CurrentService,
    plan_pool: Plans,
    worker_pool: Work,
    async_store: MaybeRecords,
    caller: Annotated[Caller, requires(Permission.PLAN)],  # noqa: ARG001 - asked for, so that it is checked
) -> Response:
    """Share the people of many encounters out over the ports: last person safe soonest, then least waiting.

    It is a proposal. Nothing is held and nobody is told. To accept it, send the request that stands under `accept` of
    each part, one encounter at a time: it becomes a reservation, and the same request again is the same reservation.

    It takes up to `time_limit_s` of processor time and somewhat more; the answer says how much better another plan
    might be. With a store, a plan for now takes places and landing rates that it does not state from what ports report.
    """
    now_s = time.time()
    if async_store.is_kept and plans_for_now(plan, now_s):
        ports = await async_store.ports_seen(now_s)
        # In a thread: where a zone has just been drawn it takes seconds.
        service = await worker_pool.run(lambda: with_port_reports(service, plan, ports, now_s))
    return JsonText(await plan_pool.run(lambda search: _plan_text(plan, service, now_s, search)))


def _plan_text(plan: PlanIn, service: DecisionService, now_s: float, search: Search) -> str:
    return to_json(plan_document(propose(plan, service, now_s, searched=search)))
