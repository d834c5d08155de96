"""One training of a gate, from a manifest to its folder.

The steps: audit (which works may be learnt from, by Assay's own readers of reservations), rows in
the sandbox, held-out answers, the final fit, card. Folds hold out whole sources, of works of
machines whole systems. What the first two find is kept in `OUT.work`, so that a training that was
stopped goes on there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from detectors.about import About
from detectors.decode.workers import Workers
from detectors.gates.gate import PACKAGES, Gate, place
from detectors.gates.records import CARD, GATE, HELD_OUT, TRAINING, WEIGHTS, GateRecord
from detectors.gates.training.about import about_of
from detectors.gates.training.accounts import Account, data_of, write_accounts
from detectors.gates.training.answers import Answered, answer
from detectors.gates.training.fitting import Shape
from detectors.gates.training.manifest import Listed, read_manifest
from detectors.gates.training.recipes import RECIPES, Recipe
from detectors.gates.training.rows import VERSION, MakingRows, ways_of
from detectors.models.folder import exchange
from detectors.models.preparation import Unprepared
from detectors.training.audit import Auditor, Journal
from detectors.training.features import FeatureStore, prepare_all
from provenance.asset import Asset
from provenance.errors import ConfigError
from provenance.files import why
from provenance.sandbox import JobFailed, Task

__all__ = ["Asked", "Watch", "train"]

Watch = Callable[[str, int, int], None]
"""Takes a step, how many works or folds of it are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a training.

    Attributes:
        about: file that says what no training finds out; that of the gate when None.
        resume: go on in the work folder, and replace the gate.
        workers: sandboxed processes.
        seed: of everything that is drawn.
        shape: of the network; that of the gate when None.
    """

    about: Path | None = None
    resume: bool = False
    workers: int = 1
    seed: int = 0
    shape: Shape | None = None


def train(
    name: str,
    manifest: Path,
    out: Path,
    asked: Asked = Asked(),
    *,
    watch: Watch = lambda *_: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> Gate:
    """Train a gate.

    Args:
        name: of the gate, one of `detectors.gates.gate.PACKAGES`.
        manifest: see `detectors.gates.training.manifest`.
        out: the folder of the gate; it must not exist yet, unless `asked.resume`.
        asked: what else is asked for.
        watch: told of every step.
        clock: what time it is.

    Raises:
        NotFound: there is no such manifest.
        ConfigError: the manifest is wrong, too little may be learnt from, or `out` exists.
        EngineError: the sandbox does not work.
        InputError: `out` cannot be written.
    """
    if name not in PACKAGES:
        raise ConfigError(f"no gate is called {name!r}", hint=f"Known: {', '.join(PACKAGES)}.")
    recipe = RECIPES[name]
    if asked.shape:
        recipe = replace(recipe, shape=asked.shape)
    about = About.read(asked.about or about_of(name))
    listed = read_manifest(manifest)
    work = _claim(out, resume=asked.resume)
    accounts = _audited(listed, work, asked.workers, watch)
    _gather(name, accounts, work, asked.workers, watch)
    answered = answer(accounts, recipe, asked.seed, watch)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write(new, name, about, recipe, accounts, answered, clock())
        exchange(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Gate.read(out)


def features_of(name: str) -> tuple[str, str]:
    """Name and version of the function whose numbers a gate takes."""
    kinds = importlib.import_module(f"{PACKAGES[name]}.kinds")
    return str(kinds.FEATURES), str(kinds.VERSION)


def _claim(out: Path, *, resume: bool) -> Path:
    work = out.with_name(f"{out.name}.work")
    if not resume and (out.exists() or work.exists()):
        raise ConfigError(f"{out}: there is one already", hint="--resume goes on with it.")
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ConfigError(f"{out}: cannot be written ({why(fault)})") from fault
    return work


def _audited(listed: Sequence[Listed], work: Path, workers: int, watch: Watch) -> list[Account]:
    """What became of each work; the same bytes are used once."""
    accounts: list[Account] = []
    seen: set[str] = set()
    with closing(Journal(work / "audit.ndjson")) as journal, closing(Auditor(workers)) as auditor:
        watch("audit", 0, len(listed))
        found = auditor.audit([one.item for one in listed], journal)
        for one, (audited, _) in zip(listed, found, strict=True):
            account = Account(one, audited, audited.reason, audited.detail)
            if one.tried and (account.reason or "").startswith("licence_"):
                account.reason = account.detail = None  # nothing is learnt from it
            if account.reason is None and audited.sha256 in seen:
                account.leave_out("duplicate", "the same bytes stand there already")
            if account.reason is None:
                seen.add(audited.sha256)
            accounts.append(account)
            watch("audit", len(accounts), len(listed))
    return accounts


def _gather(name: str, accounts: Sequence[Account], work: Path, workers: int, watch: Watch) -> None:
    """Give each account its rows, or why it has none."""
    features, version = features_of(name)
    store = FeatureStore(work / "rows", features, version, {"gate": name, "rows": VERSION})
    kept = [one for one in accounts if one.reason is None]
    watch("rows", 0, len(kept))
    with closing(_Rows(name, workers)) as making:
        found = prepare_all([(one.listed.item, one.audited) for one in kept], making, store)
        with closing(found):
            for done, (account, (prepared, _)) in enumerate(zip(kept, found, strict=True), 1):
                if isinstance(prepared, Unprepared):
                    account.leave_out(prepared.reason.value, prepared.detail)
                else:
                    account.features, account.ways = prepared.features, ways_of(prepared)
                watch("rows", done, len(kept))


class _Rows:
    """Hands works to workers that make the rows of a gate."""

    def __init__(self, name: str, workers: int) -> None:
        task = Task(f"{MakingRows.__module__}:{MakingRows.__name__}", {"gate": name})
        self._workers = Workers(task, size=workers)
        self.workers = self._workers.size

    def answer(self, asset: Asset) -> bytes | Unprepared:
        """See `detectors.training.features.Preparing`."""
        try:
            return self._workers.call(asset)
        except JobFailed as failed:
            return Unprepared(failed.reason, failed.detail)

    def close(self) -> None:
        """End the workers."""
        self._workers.close()


def _write(
    folder: Path,
    name: str,
    about: About,
    recipe: Recipe,
    accounts: Sequence[Account],
    answered: Answered,
    made: dt.datetime,
) -> None:
    from safetensors.numpy import save

    from detectors.gates.card import GateCard
    from detectors.gates.figures import figures_of
    from detectors.gates.held_out import read_held_out, write_held_out

    features, version = features_of(name)
    known = answered.kinds
    untold = tuple(kind for kind in known if kind in recipe.untold)
    kinds = known[: len(known) - len(untold)]
    held_out = write_held_out(answered.rows, known)
    rows = read_held_out(held_out, known, shown=HELD_OUT)  # as rounded as they are kept
    card = GateCard(
        gate=name,
        version=about.version,
        modality=recipe.modality,
        features=f"{features} {version}",
        kinds=kinds,
        description=about.description,
        licence=about.licence,
        intended_use=about.intended_use,
        limits=about.limits,
        data=data_of(accounts),
        figures=figures_of(rows, kinds, answered.sure, untold),
    )
    files = {
        WEIGHTS: save(answered.network.tensors()),
        HELD_OUT: held_out,
        TRAINING: write_accounts(accounts),
        CARD: card.to_json().encode(),
        **{file: (place(name) / file).read_bytes() for file in recipe.files},
    }
    for file, data in files.items():
        (folder / file).write_bytes(data)
    record = GateRecord(
        name=name,
        version=about.version,
        modality=recipe.modality,
        features=features,
        features_version=version,
        kinds=kinds,
        untold=untold,
        sure=answered.sure,
        description=about.description,
        licence=about.licence,
        created_at=made.astimezone(dt.UTC).replace(microsecond=0),
        files={file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    )
    (folder / GATE).write_bytes(record.to_json())
