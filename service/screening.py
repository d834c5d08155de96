"""One asset in, one report out: the heart.

The way of a work: an open descriptor; its media type; every reader in the sandbox, while the file
is hashed here; the detectors, if provenance did not settle the origin and the policy asks for
them; the verdict; the report. It goes down once and nothing climbs back up. This module knows no
command line, no web and no database.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from copy import copy
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import rfc8785

import detectors
from detectors.marks import declared_marks
from provenance.asset import Asset
from provenance.c2pa.opinion import SOURCE as SECOND
from provenance.c2pa.opinion import engine_version, uses_engine
from provenance.c2pa.trust import TrustStore
from provenance.errors import AssayError, InputError
from provenance.evidence import Evidence, NotRun, NotRunReason
from provenance.files import why
from provenance.limits import DEFAULT as DEFAULT_LIMITS
from provenance.limits import Limits
from provenance.plugins import reader_versions
from provenance.reading import Read, Wanted, read_assets, reading_task
from provenance.rights.agents import table as agents
from provenance.rights.finding import Use
from provenance.rights.standing import table as standing
from provenance.rights.surroundings import Surroundings
from provenance.sandbox import Sandbox, unhurried
from provenance.supplied import Supplied
from service.intake import Failed, Input, Taken, batches, take
from service.policy import CHECKS, Check, Policy
from service.policy import DEFAULT as DEFAULT_POLICY
from service.report import (
    AssetInfo,
    Engine,
    Report,
    SuppliedInfo,
    TableInfo,
    TrustListInfo,
    build_report,
)
from service.verdict import decide
from service.verdict.uses import Asked

__all__ = ["Failed", "Input", "Screener"]

log = logging.getLogger(__name__)


class Screener:
    """Examines works with one policy and one set of trust lists. Thread-safe.

    Args:
        policy: what counts and what runs.
        trust: trust lists; the shipped ones when None.
        limits: caps on what one file may cost.
        workers: reading processes at most.
        second_opinion: whether another engine is asked about each manifest too.
        use: a use of the works to judge, besides what they say of themselves.
        observe: is told of each look of a detector: its name, and how many seconds it took.
        niceness: how much the processes that read and detect yield to others, 0 to 19.
        clock: what time it is, for reports that must be reproduced. Certificates are checked
            against the clock of the system, by the library; across the end of one, the same bytes
            may be judged differently whatever this says.
    """

    def __init__(  # noqa: PLR0913 - each says what it is
        self,
        *,
        policy: Policy = DEFAULT_POLICY,
        trust: TrustStore | None = None,
        limits: Limits = DEFAULT_LIMITS,
        workers: int = 1,
        second_opinion: bool = False,
        use: Use | None = None,
        observe: Callable[[str, float], None] = lambda *_: None,
        niceness: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.policy = policy
        self.trust = trust or TrustStore.shipped()
        self._clock = clock
        self._second = second_opinion
        self._use = use
        self._observe = observe
        self._workers, self._niceness = workers, niceness
        self._sandbox = Sandbox(reading_task(self.trust), size=workers, limits=limits)
        if self._reads:
            with unhurried(niceness):
                self._sandbox.warm()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the reading processes."""
        self._sandbox.close()

    def under(self, policy: Policy) -> Screener:
        """A screener with another policy, which shares the reading processes of this one."""
        other = copy(self)
        other.policy = policy
        vars(other).pop("_engine", None)  # what the policy runs is part of it
        return other

    def screen(
        self,
        source: str | Path | bytes | int,
        *,
        name: str | None = None,
        around: Surroundings | None = None,
    ) -> Report:
        """Examine one work.

        Args:
            source: a path, the bytes, or an open descriptor, which is closed.
            name: how the report calls it.
            around: where it was met, and what came with it.

        Raises:
            NotFound: there is no such file.
            InputError: it is not a regular file, or may not be read.
            EngineError: the machinery itself does not work.
        """
        outcome = self._batch(
            [Input(source if isinstance(source, bytes | int) else Path(source), name, around)]
        )[0]
        if isinstance(outcome, Failed):
            raise outcome.error
        return outcome

    def unexamined(self, source: Path, *, name: str, detail: str) -> Report:
        """A report in which no check ran, on a work that must not be read any more.

        Args:
            source: the file; only its digest and its first bytes are looked at.
            name: how the report calls it.
            detail: why nothing ran.

        Raises:
            InputError: the file cannot be read.
        """
        with ExitStack() as held:
            taken = take(Input(source, name), held)
            if isinstance(taken, Failed):
                raise taken.error
            info = AssetInfo.of(taken.asset, taken.asset.sha256())
        evidence: list[Evidence] = [
            _not_run(check, check, NotRunReason.UNREADABLE, detail) for check in self.policy.run
        ]
        moment = self._clock().astimezone(UTC).replace(microsecond=0)
        engine = self._engine.model_copy(update={"verified_at": moment})
        return build_report(info, [*evidence, *self._disabled()], self.policy, engine)

    @property
    def made_by(self) -> str:
        """SHA-256 of all that makes a report besides its work: versions, lists, models, policy."""
        return self.made_with(None)

    def made_with(self, supplied: Supplied | None) -> str:
        """The same of a report on a work that this came with."""
        engine = self._engine.model_dump(mode="json", exclude={"verified_at"})
        made_by: dict[str, Any] = {
            "engine": engine,
            "policy": self.policy.digest,
            "second": self._second,
        }
        if supplied is not None:
            made_by["supplied"] = supplied.digest
        return hashlib.sha256(rfc8785.dumps(made_by)).hexdigest()

    def screen_many(self, inputs: Iterable[Input | Failed]) -> Iterator[Report | Failed]:
        """Examine works in input order, several at once; one that cannot be opened is `Failed`.

        Inputs are drawn a few ahead of the reports that are taken, so a catalogue may be endless.
        """
        if self._workers == 1:
            for batch in batches(inputs):
                yield from self._batch(batch)
            return
        waiting: deque[Future[list[Report | Failed]]] = deque()
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="screen")
        try:
            for batch in batches(inputs):
                waiting.append(pool.submit(self._batch, batch))
                if len(waiting) > 2 * self._workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except KeyboardInterrupt:
            self._sandbox.abort()  # nobody waits for what is being read any more
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _batch(self, batch: Sequence[Input | Failed]) -> list[Report | Failed]:
        """The outcomes of some inputs, read in one job."""
        with ExitStack() as held:
            taken = [one if isinstance(one, Failed) else take(one, held) for one in batch]
            with unhurried(self._niceness):
                reports = iter(self._reports([one for one in taken if isinstance(one, Taken)]))
            return [one if isinstance(one, Failed) else next(reports) for one in taken]

    def _reports(self, taken: list[Taken]) -> list[Report | Failed]:
        if not taken:
            return []
        verified_at = self._clock().astimezone(UTC).replace(microsecond=0)
        try:
            found = self._read([one.asset for one in taken])
            return [
                self._report(one, read, verified_at) for one, read in zip(taken, found, strict=True)
            ]
        except OSError as fault:  # a disk that fails, or a file that only looks like one
            if len(taken) > 1:
                return [outcome for one in taken for outcome in self._reports([one])]
            name = taken[0].asset.name
            return [Failed(name, InputError(f"{name}: cannot be read ({why(fault)})"))]

    def _report(self, taken: Taken, found: Read, verified_at: datetime) -> Report | Failed:
        asset = taken.asset
        evidence = list(found.evidence)
        evidence += self._missing(asset)
        evidence += self._detect(asset, evidence)
        if taken.has_changed():
            hint = "Try again when nothing writes to it."
            return Failed(
                asset.name, InputError(f"{asset.name}: changed while it was read", hint=hint)
            )
        info = AssetInfo.of(asset, found.sha256)
        engine = self._engine.model_copy(update={"verified_at": verified_at})
        if uses_engine(asset, evidence):
            read_by = engine.readers | {SECOND: engine_version()}
            engine = engine.model_copy(update={"readers": read_by})
        supplied = asset.around.supplied if asset.around else None
        told = None if supplied is None else SuppliedInfo.of(supplied)
        return build_report(info, evidence, self.policy, engine, self._asked(asset), told)

    def _asked(self, asset: Asset) -> Asked | None:
        if self._use is None or "rights" not in self.policy.run:
            return None
        return Asked(self._use, asset.around, standing())

    @property
    def _reads(self) -> bool:
        return bool({"provenance", "rights"} & set(self.policy.run))

    def _read(self, assets: list[Asset]) -> tuple[Read, ...]:
        if not self._reads:
            return tuple(Read(asset.sha256(), ()) for asset in assets)
        run = self.policy.run
        wanted = Wanted("provenance" in run, "rights" in run, second=self._second)
        return read_assets(self._sandbox, assets, wanted)

    def _missing(self, asset: Asset) -> list[Evidence]:
        """A record for every check that did not run: not running is an answer."""
        missing = self._disabled()
        if "match" in self.policy.run:
            missing.append(
                _not_run("match", "match", NotRunReason.NOT_INSTALLED, "no catalogue of works")
            )
        return missing

    def _disabled(self) -> list[Evidence]:
        return [
            _not_run(check, check, NotRunReason.DISABLED, "the policy does not run it")
            for check in CHECKS
            if check not in self.policy.run
        ]

    def _detect(self, asset: Asset, evidence: list[Evidence]) -> list[Evidence]:
        """What the detectors for this kind of work find, or why they did not run."""
        if "detect" not in self.policy.run:
            return []
        loaded, found = self._detectors_for(asset)
        found += declared_marks(evidence)
        if not loaded and not found:
            detail = f"there is no detector for {asset.media_type}"
            found.append(_not_run("detect", "detect", NotRunReason.NOT_APPLICABLE, detail))
        if loaded and self.policy.detect == "unsettled" and self._settled(evidence):
            return found + [
                _not_run(name, "detect", NotRunReason.SETTLED, "provenance settles the origin")
                for name in loaded
            ]
        for name, detector in loaded.items():
            begun = time.perf_counter()
            found += _answer_of(name, detector, asset)
            self._observe(name, time.perf_counter() - begun)
        return found

    def _detectors_for(self, asset: Asset) -> tuple[dict[str, detectors.Detector], list[Evidence]]:
        loaded: dict[str, detectors.Detector] = {}
        missing: list[Evidence] = []
        for name in sorted({*detectors.BUILT_IN, *detectors.installed()}):
            if name in detectors.installed():
                detector = detectors.load(name)
                if asset.modality in detector.card.modalities:
                    loaded[name] = detector
            elif asset.modality in detectors.BUILT_IN[name]:
                detail = f"no weights for the {name} detector are installed"
                missing.append(_not_run(name, "detect", NotRunReason.NO_MODEL, detail))
        return loaded, missing

    def _settled(self, evidence: list[Evidence]) -> bool:
        """Whether what the work proves of itself leaves nothing for a detector to say."""
        return decide(tuple(evidence), self.policy).is_settled

    @cached_property
    def _engine(self) -> Engine:
        """What makes every report of this screener, but for the time."""
        names = detectors.installed() if "detect" in self.policy.run else ()
        return Engine(
            assay=version("assay-provenance"),
            verified_at=datetime.fromtimestamp(0, UTC),
            readers=reader_versions(),
            models={name: detectors.load(name).card.model for name in names},
            trust_lists={
                one.name: TrustListInfo(
                    date=one.date, sha256=one.sha256, stale=one.is_stale(self._clock().date())
                )
                for one in self.trust.lists()
            },
            tables=self._tables(),
        )

    def _tables(self) -> dict[str, TableInfo]:
        if "rights" not in self.policy.run:
            return {}
        return {
            "agents": TableInfo(date=agents().date, sha256=agents().sha256),
            "standing": TableInfo(date=standing().date, sha256=standing().sha256),
        }


def _answer_of(name: str, detector: detectors.Detector, asset: Asset) -> Iterable[Evidence]:
    """What one detector says; one that breaks its contract costs its own answer and no other."""
    try:
        answer = next(iter(detector.detect([asset])), None)
        if answer or (answer is not None and detector.card.positive_only):
            return answer
        problem = "gave no answer"
    except AssayError:
        raise
    except Exception as fault:  # as for readers: a plug-in's bug
        log.exception("detector %s failed", name)
        problem = f"failed ({type(fault).__name__})"
    return [_not_run(name, "detect", NotRunReason.UNREADABLE, f"the detector {problem}")]


def _not_run(source: str, check: Check, reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=source, check=check, reason=reason, detail=detail)
