"""What goes in and out of the API as JSON."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

from pydantic import AwareDatetime, Field

from provenance.evidence import Record
from service.desk import Stands
from service.policy import Finding
from service.storage.accesses import Access, ErasureReason
from service.storage.accounts import ApiKey, Scope
from service.storage.attestations import Attestation, Shown
from service.storage.keeping import Erased
from service.storage.screenings import Screening, State
from service.storage.webhooks import Delivery, DeliveryState, Webhook
from service.verdict import VerdictOrigin

__all__ = [
    "AccessBody",
    "AccessesBody",
    "AttestationBody",
    "DeliveriesBody",
    "DeliveryBody",
    "ErasedBody",
    "FromUrl",
    "IssuedBody",
    "KeyBody",
    "KeysBody",
    "NewAttestation",
    "NewKey",
    "NewWebhook",
    "RegisteredBody",
    "Rotation",
    "ScreeningBody",
    "ScreeningsBody",
    "UsageBody",
    "WebhookBody",
    "WebhooksBody",
    "is_past",
]

NAME_CHARACTERS = 1024
BODY_BYTES = 64 * 1024
"""Of a JSON body at most."""


RESOURCE_CHARACTERS = 300
RESOURCE = r"^[^\x00-\x1f\x7f-\x9f]{1,300}$"
"""What a thing in a message may be called: one line."""

Told = Annotated[str, Field(min_length=1, max_length=BODY_BYTES)]
Labels = dict[str, str | list[str]]
"""As in `provenance.supplied.labels`, which says what is wrong with others in the report."""


class FromUrl(Record):
    """A work that the service is to fetch."""

    url: str = Field(
        min_length=1,
        max_length=4096,
        description="Where it is; giving it is consent to fetch it and its host's rights files.",
    )
    name: str | None = Field(
        default=None, min_length=1, max_length=NAME_CHARACTERS, description="What to call it."
    )
    fresh: bool = Field(
        default=False, description="Examine it even if there is a report that would be the same."
    )
    declared: Told | Labels | None = Field(
        default=None,
        description="What the supplier declares: labels, or the text of a DDEX or ONIX message.",
    )
    resource: str | None = Field(
        default=None,
        pattern=RESOURCE,
        description="Which one of the message it is: ISRC, ISBN, or its own reference.",
    )

    @property
    def told(self) -> bytes | None:
        """What is declared, as it is kept."""
        if self.declared is None or isinstance(self.declared, str):
            return None if self.declared is None else self.declared.encode()
        return json.dumps(self.declared, ensure_ascii=False).encode()


class ScreeningBody(Record):
    """A work that was handed in, and how far it is."""

    id: str
    state: State = Field(description="queued, running, done with a report, or failed with a fault.")
    name: str
    url: str | None
    sha256: str | None = Field(description="Of its bytes; null until a URL is fetched.")
    bytes: int | None
    report: str | None = Field(description="Identifier of its report, once it is done.")
    fault: str | None = Field(description="Why there is none, or why it is tried again.")
    attempts: int
    work_kept: bool = Field(description="Whether its bytes are still here.")
    origin: VerdictOrigin | None = Field(description="Of its verdict.")
    findings: tuple[Finding, ...] = Field(description="Of its verdict.")
    standing_findings: tuple[Finding, ...] = Field(
        description="Those that hold now: without what people reversed."
    )
    decision: str | None = Field(
        description="What people decided last of these bytes, at whichever screening."
    )
    exhibit: bool = Field(description="Whether it came with an appeal.")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None

    @classmethod
    def of(cls, one: Screening, stands: Stands) -> ScreeningBody:
        """As it is shown.

        Args:
            one: the screening.
            stands: what holds of it now.
        """
        return cls(
            id=one.id,
            state=one.state,
            name=one.name,
            url=one.url,
            sha256=one.sha256,
            bytes=one.bytes,
            report=one.report,
            fault=one.fault,
            attempts=one.attempts,
            work_kept=one.blob is not None,
            origin=None if one.origin is None else VerdictOrigin(one.origin),
            findings=one.findings,
            standing_findings=stands.findings,
            decision=None if stands.decision is None else stands.decision.id,
            exhibit=one.exhibit,
            created_at=one.created_at,
            finished_at=one.finished_at,
        )


class ScreeningsBody(Record):
    """A page of screenings, newest first."""

    items: tuple[ScreeningBody, ...]
    next: str | None = Field(description="Cursor of the next page; null at the end.")


class NewKey(Record):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=200, description="What it is for.")
    scopes: tuple[Scope, ...] = Field(min_length=1, description="What it may do.")
    expires_at: AwareDatetime | None = Field(default=None, description="When it ends.")
    uploads_per_day: int | None = Field(
        default=None, ge=1, description="Works it may hand in a day; as the service says if null."
    )
    bytes_per_day: int | None = Field(
        default=None, ge=1, le=2**60, description="Bytes it may hand in a day; the same."
    )


class Rotation(Record):
    """How a key is replaced."""

    overlap_seconds: int = Field(
        default=86_400, ge=0, le=90 * 86_400, description="How long the old secret still works."
    )


class UsageBody(Record):
    """What a caller handed in today (UTC), and may."""

    uploads: int
    bytes: int
    uploads_per_day: int | None = Field(description="Null for as many as one likes.")
    bytes_per_day: int | None


class KeyBody(Record):
    """A key, without its secret."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    uploads_per_day: int | None
    bytes_per_day: int | None

    @classmethod
    def of(cls, key: ApiKey) -> KeyBody:
        """As it is shown."""
        return cls(
            id=key.id,
            name=key.name,
            scopes=tuple(sorted(key.scopes)),
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            uploads_per_day=key.quota.uploads,
            bytes_per_day=key.quota.bytes,
        )


class KeysBody(Record):
    """The keys of an organisation."""

    items: tuple[KeyBody, ...]


class IssuedBody(Record):
    """A key that was just made, with its secret, which is shown this once."""

    key: KeyBody
    secret: str


class NewWebhook(Record):
    """A webhook to be registered."""

    url: str = Field(min_length=1, max_length=4096, description="Where messages are sent.")


class WebhookBody(Record):
    """A webhook, without its secret."""

    id: str
    url: str
    created_at: AwareDatetime

    @classmethod
    def of(cls, one: Webhook) -> WebhookBody:
        """As it is shown."""
        return cls(id=one.id, url=one.url, created_at=one.created_at)


class WebhooksBody(Record):
    """The webhooks of an organisation."""

    items: tuple[WebhookBody, ...]


class RegisteredBody(Record):
    """A webhook that was just registered, with its secret, which is shown this once."""

    webhook: WebhookBody
    secret: str = Field(description="`whsec_...`: what messages are checked with.")


class DeliveryBody(Record):
    """A message, and how far it is."""

    id: str = Field(description="`webhook-id` of the message, the same at every attempt.")
    webhook: str
    event: str
    state: DeliveryState
    attempts: int
    status: int | None = Field(description="HTTP status of the last answer.")
    fault: str | None = Field(description="Why the last attempt was none.")
    created_at: AwareDatetime
    delivered_at: AwareDatetime | None

    @classmethod
    def of(cls, one: Delivery) -> DeliveryBody:
        """As it is shown."""
        return cls(
            id=one.id,
            webhook=one.webhook,
            event=one.event,
            state=one.state,
            attempts=one.attempts,
            status=one.status,
            fault=one.fault,
            created_at=one.created_at,
            delivered_at=one.delivered_at,
        )


class DeliveriesBody(Record):
    """Messages, newest first."""

    items: tuple[DeliveryBody, ...]


class NewAttestation(Record):
    """What an attestation is to show."""

    shows: tuple[Shown, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=len(Shown),
        description="The answers of the verdict to show; as before, or the origin alone, if null.",
    )
    commitment: bool | None = Field(
        default=None,
        description="Whether the page holds a salted digest by which whoever has both the link and "
        "the work can tell that it is this one; as before, or yes, if null.",
    )


class AttestationBody(Record):
    """A public page about a report."""

    report: str
    path: str = Field(description="Of the page at this service; its last part cannot be guessed.")
    url: str | None = Field(
        description="The page as others reach it; null unless the operator set ASSAY_PUBLIC_URL."
    )
    shows: tuple[Shown, ...]
    commitment: bool
    created_at: AwareDatetime

    @classmethod
    def of(cls, one: Attestation, path: str, url: str | None) -> AttestationBody:
        """As it is shown."""
        return cls(
            report=one.report,
            path=path,
            url=url,
            shows=one.shows,
            commitment=one.salt is not None,
            created_at=one.created_at,
        )


class ErasedBody(Record):
    """What became of a screening that was erased."""

    screening: str
    work_deleted: bool = Field(
        description="Whether its bytes are deleted: not if another screening of the organisation is"
        " of the same bytes, or there were none."
    )
    report_deleted: bool = Field(description="The same of its report.")
    messages_deleted: int = Field(description="Messages to webhooks that told of it.")
    exhibits_deleted: int = Field(
        description="What was handed in with appeals against it, which went with it."
    )

    @classmethod
    def of(cls, one: Erased) -> ErasedBody:
        """As it is shown."""
        return cls(
            screening=one.screening,
            work_deleted=one.work,
            report_deleted=one.report,
            messages_deleted=one.messages,
            exhibits_deleted=one.exhibits,
        )


class AccessBody(Record):
    """An entry of the access log."""

    id: str
    at: AwareDatetime
    caller: str = Field(description="Identifier of who asked, as of an API key.")
    operation: str = Field(description="As this description names it, or `erased`.")
    subject: str | None = Field(description="Identifier of what it was about; null for lists.")
    status: int = Field(description="HTTP status of the answer.")
    reason: ErasureReason | None = Field(description="Of an erasure, where one was given.")
    salt: str | None = Field(description="Of an erased work, for `digest`.")
    digest: str | None = Field(
        description="SHA-256 of `salt` and the SHA-256 of the erased work, both in hex."
    )

    @classmethod
    def of(cls, one: Access) -> AccessBody:
        """As it is shown."""
        return cls(
            id=one.id,
            at=one.at,
            caller=one.caller,
            operation=one.operation,
            subject=one.subject,
            status=one.status,
            reason=one.reason,
            salt=one.salt,
            digest=one.digest,
        )


class AccessesBody(Record):
    """A page of the access log, newest first."""

    items: tuple[AccessBody, ...]
    next: str | None = Field(description="Cursor of the next page; null at the end.")


def is_past(moment: dt.datetime | None) -> bool:
    """Whether it lies before now."""
    return moment is not None and moment <= dt.datetime.now(dt.UTC)
