"""`/v1/policies`: what an organisation decides for itself, tried before it is put in force."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from service.api.access import Administrator, Reader
from service.api.identifiers import PolicyId
from service.api.people import FlipBody, NewPolicy, PoliciesBody, PolicyBody, TriedBody
from service.api.problems import ProblemError, described
from service.running import Service
from service.trying import Flip

__all__ = ["router"]

router = APIRouter(prefix="/v1")


@router.get(
    "/policies",
    operation_id="policies",
    summary="Versions of the organisation's policy, newest first.",
    responses=described(401, 403, 429, 500),
)
def policies(request: Request, caller: Reader) -> PoliciesBody:
    """Where none is in force, that of the service holds."""
    service: Service = request.app.state.service
    current = service.policies.in_force(caller.organisation)
    of = None if current is None else current.id
    found = service.policies.listed(caller.organisation)
    return PoliciesBody(items=tuple(PolicyBody.of(one, of) for one in found))


@router.post(
    "/policies",
    status_code=201,
    operation_id="add_policy",
    summary="Keep a policy as the next version.",
    responses=described(400, 401, 403, 422, 429, 500),
)
def add(request: Request, caller: Administrator, body: NewPolicy) -> PolicyBody:
    """It is not in force yet: try it on past reports first."""
    service: Service = request.app.state.service
    made = service.policies.add(caller.organisation, body.document, caller.name)
    return PolicyBody.of(made, None)


@router.post(
    "/policies/{policy}/dry-run",
    operation_id="try_policy",
    summary="What a policy would have made of past reports.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def dry_run(
    request: Request,
    caller: Administrator,
    policy: PolicyId,
    *,
    limit: Annotated[int, Query(ge=1, le=2000, description="Of how many, the latest.")] = 500,
) -> TriedBody:
    """Nothing is examined again, and no report is changed."""
    service: Service = request.app.state.service
    one = service.policies.get(caller.organisation, policy)
    if one is None:
        raise ProblemError(404, "there is no such policy")
    tried = service.tried(caller.organisation, one.policy, limit)
    return TriedBody(
        judged=tried.judged,
        unchanged=tried.judged - len(tried.flips),
        needs_file=tried.needs_file,
        flips=tuple(_flip_body(flip) for flip in tried.flips),
    )


@router.post(
    "/policies/{policy}/activate",
    operation_id="activate_policy",
    summary="Put a policy in force.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def activate(request: Request, caller: Administrator, policy: PolicyId) -> PolicyBody:
    """For works examined from now on, until another is; an older version can be put back."""
    service: Service = request.app.state.service
    one = service.policies.activate(caller.organisation, policy)
    if one is None:
        raise ProblemError(404, "there is no such policy")
    return PolicyBody.of(one, one.id)


def _flip_body(flip: Flip) -> FlipBody:
    """As it is shown."""
    before, after = flip.before.verdict, flip.after.verdict
    return FlipBody(
        report=flip.report,
        screening=flip.screening,
        name=flip.name,
        before=before.origin,
        after=after.origin,
        findings_before=before.findings,
        findings_after=after.findings,
        review_before=before.review,
        review_after=after.review,
    )
