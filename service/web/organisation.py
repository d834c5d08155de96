"""The page of an organisation: its keys, its webhooks, its policy."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from provenance.errors import ConfigError
from provenance.fetch import PUBLIC_ONLY, checked_address
from service.api.people import POLICY_CHARACTERS
from service.api.problems import ProblemError
from service.policy import as_toml
from service.running import Service
from service.storage.accounts import Issued, Scope
from service.storage.policies import StoredPolicy
from service.storage.webhooks import DeliveryState, Webhook
from service.trying import Tried
from service.web.pages import page
from service.web.visitors import Visitor, VisitorHere, form_of, may

__all__ = ["router"]

router = APIRouter(include_in_schema=False, prefix="/organisation")

NAME_CHARACTERS = 200
TRIED_REPORTS = 500
DEAD_SHOWN = 50


@router.get("")
def organisation(request: Request, visitor: VisitorHere) -> Response:
    """Everything an administrator sets."""
    may(visitor, Scope.ADMINISTER)
    return _shown(request, visitor)


def _shown(
    request: Request,
    visitor: Visitor,
    *,
    issued: Issued | None = None,
    webhook: Webhook | None = None,
    tried: tuple[StoredPolicy, Tried] | None = None,
    status: int = 200,
    refused: tuple[ConfigError, str] | None = None,
) -> Response:
    service: Service = request.app.state.service
    of = visitor.caller.organisation
    current = service.policies.in_force(of)
    return page(
        request,
        "organisation.html.j2",
        visitor,
        status=status,
        keys=service.accounts.keys(of),
        scopes=tuple(Scope),
        webhooks=service.webhooks.listed(of),
        dead=service.webhooks.deliveries(of, limit=DEAD_SHOWN, state=DeliveryState.DEAD),
        policies=service.policies.listed(of),
        current=current,
        in_force=service.policy_of(of),
        in_force_toml=as_toml(service.policy_of(of)),
        issued=issued,
        webhook=webhook,
        tried=tried,
        refused=refused,
    )


@router.post("/keys")
async def issue(request: Request, visitor: VisitorHere) -> Response:
    """Makes a key, and shows it once."""
    may(visitor, Scope.ADMINISTER)
    form = await form_of(request, visitor)
    name = form.get("name", [""])[0].strip()
    scopes = [Scope(one) for one in form.get("scope", []) if one in set(Scope)]
    if not 0 < len(name) <= NAME_CHARACTERS or not scopes:
        raise ProblemError(422, "a key has a name, and may do something")
    service: Service = request.app.state.service
    of = visitor.caller.organisation
    made = await to_thread.run_sync(service.accounts.issue, of, name, scopes)
    return await to_thread.run_sync(lambda: _shown(request, visitor, issued=made))


@router.post("/keys/{key}/end")
async def revoke(request: Request, visitor: VisitorHere, key: str) -> Response:
    """Ends a key."""
    service: Service = request.app.state.service
    return await _done(request, visitor, service.accounts.revoke, key, "key")


@router.post("/webhooks")
async def register(request: Request, visitor: VisitorHere) -> Response:
    """Registers a webhook, and shows its secret once."""
    may(visitor, Scope.ADMINISTER)
    form = await form_of(request, visitor)
    url = form.get("url", [""])[0].strip()
    await to_thread.run_sync(checked_address, url, PUBLIC_ONLY)
    service: Service = request.app.state.service
    of = visitor.caller.organisation
    made = await to_thread.run_sync(service.webhooks.register, of, url)
    return await to_thread.run_sync(lambda: _shown(request, visitor, webhook=made))


@router.post("/webhooks/{webhook}/end")
async def end(request: Request, visitor: VisitorHere, webhook: str) -> Response:
    """Ends a webhook."""
    service: Service = request.app.state.service
    return await _done(request, visitor, service.webhooks.end, webhook, "webhook")


@router.post("/deliveries/{message}/again")
async def again(request: Request, visitor: VisitorHere, message: str) -> Response:
    """Sends a message again."""
    service: Service = request.app.state.service
    return await _done(request, visitor, service.webhooks.again, message, "message")


@router.post("/policies")
async def keep(request: Request, visitor: VisitorHere) -> Response:
    """Keeps a policy as the next version; what is wrong with it is said above it."""
    may(visitor, Scope.ADMINISTER)
    form = await form_of(request, visitor)
    document = form.get("document", [""])[0].replace("\r\n", "\n")
    service: Service = request.app.state.service
    of, name = visitor.caller.organisation, visitor.caller.name
    if not 0 < len(document) <= POLICY_CHARACTERS:
        raise ProblemError(422, f"a policy has 1 to {POLICY_CHARACTERS} characters")
    try:
        await to_thread.run_sync(service.policies.add, of, document, name)
    except ConfigError as fault:
        refused = fault, document
        return await to_thread.run_sync(
            lambda: _shown(request, visitor, status=422, refused=refused)
        )
    return RedirectResponse("/organisation#policies", 303)


@router.post("/policies/{policy}/dry-run")
async def dry_run(request: Request, visitor: VisitorHere, policy: str) -> Response:
    """Shows what a policy would have made of past reports."""
    may(visitor, Scope.ADMINISTER)
    await form_of(request, visitor)
    service: Service = request.app.state.service
    of = visitor.caller.organisation
    one = await to_thread.run_sync(service.policies.get, of, policy)
    if one is None:
        raise ProblemError(404, "there is no such policy")
    found = await to_thread.run_sync(service.tried, of, one.policy, TRIED_REPORTS)
    return await to_thread.run_sync(lambda: _shown(request, visitor, tried=(one, found)))


@router.post("/policies/{policy}/activate")
async def activate(request: Request, visitor: VisitorHere, policy: str) -> Response:
    """Puts a policy in force."""
    may(visitor, Scope.ADMINISTER)
    await form_of(request, visitor)
    service: Service = request.app.state.service
    of = visitor.caller.organisation
    if await to_thread.run_sync(service.policies.activate, of, policy) is None:
        raise ProblemError(404, "there is no such policy")
    return RedirectResponse("/organisation#policies", 303)


async def _done(
    request: Request, visitor: Visitor, do: Callable[[str, str], bool], one: str, what: str
) -> Response:
    """What a button does to one thing of the organisation, and back to the page."""
    may(visitor, Scope.ADMINISTER)
    await form_of(request, visitor)
    if not await to_thread.run_sync(do, visitor.caller.organisation, one):
        raise ProblemError(404, f"there is no such {what}")
    return RedirectResponse("/organisation", 303)
