"""The service as it runs: everything its settings name, put together, started and stopped.

One process may take works in, examine them, or both; what they share is the database, the queue
and the store of works.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

from sqlalchemy import text

from provenance.attest.keyset import KeySet
from provenance.attest.receipt import Issuer, Receipt
from provenance.attest.statement import Statement
from provenance.c2pa.trust import TrustStore
from provenance.errors import ConfigError
from service.desk import Desk
from service.jobs.canarying import CanaryWatch
from service.jobs.delivering import Deliverer
from service.jobs.durable import DurableJobs
from service.jobs.examining import Examiner, Sweeper, job_of
from service.jobs.expiring import Expiry, Terms
from service.metrics import Door, Metrics
from service.notary import Notary
from service.optout.answering import Answering
from service.policy import DEFAULT, Policy, load_policy
from service.receipt_keys import make_keys, published, signer
from service.report import Report
from service.review.calibration import Calibration, Scored, calibrated, outcomes
from service.screening import Screener
from service.settings import Settings
from service.storage.accesses import Accesses
from service.storage.accounts import NO_QUOTA, Accounts, Issued, Quota, Scope
from service.storage.appeals import Appeals
from service.storage.attestations import Attestations
from service.storage.blobs import blob_name, open_blobs
from service.storage.canaries import Canaries
from service.storage.engine import migrate, open_database
from service.storage.histories import Histories
from service.storage.keeping import Keeping
from service.storage.log import LogBook
from service.storage.policies import Policies
from service.storage.reviews import Reviews
from service.storage.screenings import (
    Intake,
    KeyReused,
    OverQuota,
    Screening,
    Screenings,
)
from service.storage.watching import Watching
from service.storage.webhooks import Webhooks
from service.trying import Tried, tried

__all__ = ["BytesGone", "Service"]

LEFTOVER_SECONDS = 24 * 3600
DELIVERIES = 8
MOST_LOOKED_AT = 2_000
"""Reports from which calibration is told."""

FIRST_ORGANISATION, FIRST_KEY = "local", "first key"
SERVES = "serve"
"""The role of a process that answers requests, and signs."""

log = logging.getLogger(__name__)


class BytesGone(Exception):  # noqa: N818 - a finding, not a fault
    """The bytes of a work were deleted by somebody else while it was entered."""


class Service:
    """Everything that runs in one process.

    Args:
        settings: what it is told from outside.
        works: whether works are examined in this process; as the settings say when None.
        role: what kind of process it is, so that two of one name are told apart.

    Raises:
        ConfigError: a setting names something that cannot be used.
    """

    def __init__(
        self, settings: Settings, *, works: bool | None = None, role: str = SERVES
    ) -> None:
        self.settings, self.metrics = settings, Metrics()
        self._metrics_door: Door | None = None
        _prepare(settings.data, settings.quarantine)
        self._engine = open_database(settings.database_url)
        migrate(self._engine)
        self.accounts = Accounts(self._engine)
        self.accesses = Accesses(self._engine)
        self.screenings = Screenings(self._engine, settings.work_days)
        self.histories = Histories(self._engine)
        self.watching = Watching(self._engine)
        if role == SERVES:
            self.metrics.share(self.watching.counts)
        self.policies = Policies(self._engine)
        self.desk = Desk(
            self.screenings,
            Reviews(self._engine),
            Appeals(self._engine),
            rules=lambda organisation: self.policy_of(organisation).reviewing,
            sign=self._sign,
        )
        self._blobs = open_blobs(settings.blobs, settings.data)
        self.keeping = Keeping(self._engine, self._blobs)
        if settings.keys is None and not self.key_set().keys:
            make_keys(settings.key_folder)
        self.policy = load_policy(settings.policy) if settings.policy else DEFAULT
        self.trust = _trust(settings.trust)
        self._works = settings.work if works is None else works
        self._screener: Screener | None = None
        self._examiner: Examiner | None = None
        if self._works:
            self._screener = Screener(
                policy=self.policy,
                trust=self.trust,
                workers=settings.workers,
                observe=self.metrics.looked,
                niceness=settings.niceness,
            )
            self._examiner = Examiner(
                self.screenings,
                self._blobs,
                self.keeping,
                self.policies,
                self._screener,
                quarantine=settings.quarantine,
                attempts=settings.attempts,
                keep_works=settings.keep_works,
                observer=self.metrics,
            )
        self.answering = Answering(self.trust, self.metrics)
        self.canaries: CanaryWatch | None = None
        if self._screener is not None and settings.canary is not None:
            kept = Canaries(self._engine)
            self.canaries = CanaryWatch(kept, self._screener, settings.canary)
        self.webhooks = Webhooks(self._engine)
        self.attestations = Attestations(self._engine)
        self.notary = Notary(LogBook(self._engine), settings.key_folder)
        self._deliverer = Deliverer(self.webhooks, observer=self.metrics)
        work = {"scr": (self._examiner, settings.workers), "msg": (self._deliverer, DELIVERIES)}
        self._jobs = DurableJobs(
            settings.jobs_url,
            work={kind: (do, most) for kind, (do, most) in work.items() if do and self._works},
            worker=f"{role}-{settings.worker_name}",
        )
        terms = Terms(
            works=settings.work_days,
            reports=settings.report_retention_days,
            accesses=settings.access_retention_days,
        )
        self._sweeper = Sweeper(
            self.screenings,
            Expiry(self.keeping, self._blobs, terms),
            self._jobs,
            self._examiner,
            self._deliverer,
            self.notary if role == SERVES else None,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Take jobs, and take up what an earlier process left."""
        if self.settings.metrics_port is not None:
            self._metrics_door = Door(self.metrics, self.settings.host, self.settings.metrics_port)
        self._jobs.start()
        self._sweeper.start()
        if self.canaries is not None:
            self.canaries.start()

    def stop(self) -> None:
        """Finish what is being examined, and close everything."""
        self._sweeper.stop()
        self._jobs.stop()
        if self.canaries is not None:
            self.canaries.stop()
        self.close()

    def close(self) -> None:
        """Let go of what a service holds that was never started."""
        if self._screener is not None:
            self._screener.close()
        self.answering.close()
        if self._metrics_door is not None:
            self._metrics_door.close()
        self._engine.dispose()

    def first_key(self) -> Issued | None:
        """On a database without any organisation, one and a key to all of it; else None."""
        if self.accounts.organisations():
            return None
        organisation = self.accounts.found(FIRST_ORGANISATION)
        return self.accounts.issue(organisation.id, FIRST_KEY, Scope)

    def issue(self, name: str, organisation: str, scopes: Iterable[Scope]) -> Issued:
        """A key for the organisation of this name, which is made where there is none."""
        known = {one.name: one for one in self.accounts.organisations()}
        of = known.get(organisation) or self.accounts.found(organisation)
        return self.accounts.issue(of.id, name, scopes)

    def enter(
        self,
        work: Intake,
        path: Path | None,
        *,
        key: str | None = None,
        request: str = "",
        quota: Quota = NO_QUOTA,
    ) -> Screening:
        """Keep a work and have it examined.

        Args:
            work: what was handed in.
            path: its bytes, which are taken from there; None for a URL.
            key: idempotency key.
            request: digest of the request it came with.
            quota: of whoever hands it in; what it does not say, the settings do.

        Raises:
            KeyReused: the key came with another request before.
            OverQuota: no more may be handed in today.
            BytesGone: the same work was erased that very moment; nothing was entered.
        """
        if path is not None and work.sha256 is not None:
            self.metrics.taken_in(work.bytes or 0)
            name = blob_name(work.sha256, shared=self.settings.keep_works)
            self._blobs.put(work.organisation, name, path)
            work = replace(work, blob=name)
        try:
            one, is_new = self.screenings.accept(
                work, key=key, request=request, quota=self.quota_of(quota)
            )
        except (KeyReused, OverQuota):
            self._discard(work)
            raise
        if not is_new:
            self._discard(work)
            return one
        if work.blob is not None and not self._blobs.has(work.organisation, work.blob):
            self.keeping.withdraw(one.organisation, one.id)
            raise BytesGone
        self._jobs.submit(job_of(one))
        return one

    def quota_of(self, own: Quota) -> Quota:
        """What a caller may hand in a day: as its key says, else as the settings do."""
        return own.otherwise(Quota(self.settings.uploads_per_day, self.settings.bytes_per_day))

    def _discard(self, work: Intake) -> None:
        """Delete bytes that came a second time, unless a screening needs them."""
        if work.blob is not None:
            self.keeping.discard(work.organisation, work.blob)

    def opened(self, one: Screening) -> int | None:
        """A descriptor open on the bytes of a work, to be closed; None where they are not kept."""
        if one.blob is None:
            return None
        try:
            with self._blobs.opened(one.organisation, one.blob) as path:
                return os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None

    def receipt(self, organisation: str, report: str) -> Receipt | None:
        """The receipt of a report of this organisation, the same each time.

        Raises:
            KeyFault: the key that signs cannot be read.
            LogFault: the log is damaged.
        """
        stored = self.screenings.report(organisation, report)
        return None if stored is None else self.notary.receipt(organisation, stored)

    def policy_of(self, organisation: str) -> Policy:
        """The policy that is in force for an organisation: its own, or the service's."""
        own = self.policies.in_force(organisation)
        return self.policy if own is None else own.policy

    def tried(self, organisation: str, policy: Policy, most: int) -> Tried:
        """What a policy would make of an organisation's latest reports."""
        return tried(policy, self.histories.past(organisation, most))

    def calibration(self, organisation: str) -> Calibration:
        """What an organisation's latest reports, and its decisions, tell of the detectors."""
        past = self.histories.past(organisation, MOST_LOOKED_AT)
        reports = (Report.model_validate_json(one.document) for one in past)
        works = [work for work in map(Scored.of, reports) if work is not None]
        begin = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        made = self.desk.reviews.all_decisions(organisation, begin)
        return calibrated(len(past), works, outcomes((one.sha256, one.decided) for one in made))

    def address(self, path: str) -> str | None:
        """A path of this service as others reach it; None where it was not told how they do.

        What a request calls the host is no answer: whoever asks chooses it.
        """
        public = self.settings.public_url
        return None if public is None else str(public).rstrip("/") + path

    def key_set(self) -> KeySet:
        """The keys that receipts of this service are checked with."""
        return published(self.settings.key_folder)

    def _sign(self, statement: Statement) -> str:
        return Issuer(signer(self.settings.key_folder)).issue(statement).to_json()

    def is_ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:  # whatever it is, the answer is no
            log.exception("the database does not answer")
            return False
        return True


def _prepare(data: Path, quarantine: Path) -> None:
    """Folders for this user alone; what lay in quarantine for a day is deleted."""
    try:
        for folder in (data, quarantine):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in quarantine.iterdir():
            if time.time() - one.stat().st_mtime > LEFTOVER_SECONDS:
                one.unlink(missing_ok=True)
    except OSError as fault:
        raise ConfigError(
            f"{data}: cannot be used ({os.strerror(fault.errno or 0)})",
            hint="ASSAY_DATA names the folder of the service.",
        ) from fault


def _trust(path: Path | None) -> TrustStore:
    store = TrustStore.shipped()
    if path is None:
        return store
    try:
        return store.with_private(path.read_bytes())
    except OSError as fault:
        raise ConfigError(f"ASSAY_TRUST: {path}: {fault.strerror}") from fault
