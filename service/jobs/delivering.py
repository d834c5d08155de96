"""The job of a delivery: one message is sent to one webhook, signed (Standard Webhooks).

The address is held to the guard of `provenance.fetch` at every attempt, whatever it led to when it
was registered. A redirect is no success. 410 ends the webhook, as the scheme asks. A process that
is killed after the receiver took a message, and before that was noted, sends it once more, under
the same identifier.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from provenance.errors import FetchError
from provenance.fetch import post
from provenance.limits import DEFAULT
from service.jobs.protocol import By, Jobs, Observer, Unobserved
from service.storage.webhooks import Delivery, Webhook, Webhooks

__all__ = ["Deliverer", "job_of"]

LIMITS = replace(DEFAULT, fetch_seconds=15.0)
AT_ONCE = 100

log = logging.getLogger(__name__)

Post = Callable[..., int]


def job_of(one: Delivery) -> str:
    """The name of the next job for a message, each attempt another, and each round by hand."""
    return f"{one.id}/{one.attempts}/{int(one.due_at.timestamp())}"


class Deliverer:
    """Does the jobs of deliveries. Thread-safe.

    Args:
        webhooks: in the database.
        send: sends one message; `provenance.fetch.post` when None.
        observer: is told what could not be sent.
    """

    def __init__(
        self, webhooks: Webhooks, send: Post | None = None, observer: Observer | None = None
    ) -> None:
        self._webhooks, self._observer = webhooks, observer or Unobserved()
        self._send = send or post

    def __call__(self, job: str) -> None:
        """Do one job; it never raises."""
        try:
            begun = self._webhooks.begin(job.partition("/")[0])
            if begun is not None:
                self._deliver(*begun)
        except Exception:  # of the machinery: the message stays pending, and is due again
            log.exception("delivery %s failed", job)

    def submit_due(self, jobs: Jobs) -> None:
        """Submit every message whose time has come."""
        while due := self._webhooks.due(AT_ONCE):
            for one in due:
                jobs.submit(job_of(one))

    def _deliver(self, one: Delivery, to: Webhook) -> None:
        if to.ended_at is not None:
            self._webhooks.bury(one, "the webhook has ended")
            return
        try:
            status = self._send(to.url, one.body.encode(), signed(one, to), limits=LIMITS)
        except FetchError as fault:
            self._observer.unfetched(By.DELIVERY, fault)
            self._webhooks.refused(one, None, str(fault))
            return
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            self._webhooks.delivered(one, status)
        elif status == HTTPStatus.GONE:
            self._webhooks.end(to.organisation, to.id)
            self._webhooks.bury(one, "it answered 410: the webhook was ended")
        else:
            self._webhooks.refused(one, status, f"it answered {status}")


def signed(one: Delivery, to: Webhook) -> dict[str, str]:
    """The headers of a message: its identifier, the time, and the signature over both and it."""
    from standardwebhooks import Webhook as Scheme

    now = dt.datetime.now(dt.UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": one.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Scheme(to.secret).sign(one.id, now, one.body),
    }
