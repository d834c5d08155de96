"""Runs a classifier of the `transformers` library on prepared works, in this process.

Why that is safe, though works come from strangers and models from the internet:

- No file of a stranger is parsed here. Pictures, sound and texts were decoded in the sandbox, and
  what came back was checked: arrays of numbers of a bounded size. Processors scale and tokenise
  them; none opens anything.
- No code of a model runs. Only classes that come with `transformers` are created
  (`trust_remote_code=False`); a configuration that names others, kernels of a hub, or a quantiser
  is refused before it is loaded (`detectors.plugins.checking`). Weights are safetensors, which hold
  tensors and nothing else; a pickle is never opened.
- Every file has the digest that the model's record says before the library sees it, and it sees a
  private copy: what lies in the folder cannot be exchanged between the check and the loading.
- Nothing is fetched: files are local, and the library is told so.

A classifier has no tables until `assay models evaluate --calibrate` made some, so it informs and
never decides.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from detectors.models.records import Outputs
from detectors.models.scorer import Unscored
from detectors.plugins.checking import (
    Kind,
    check_configuration,
    check_weights,
    is_plugin_file,
)
from provenance.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.folder import ModelFolder
    from detectors.models.preparation import Features, Prepared
    from provenance.evidence import Feature

__all__ = ["LACKING", "ClassifierScorer", "Loaded", "lacking"]

log = logging.getLogger(__name__)

LACKING = "torch and transformers are not installed: pip install 'assay-provenance[torch]'"
BATCH = 8
CHUNK = 1 << 20


def lacking() -> str | None:
    """What is not installed that classifiers need."""
    return None if find_spec("torch") and find_spec("transformers") else LACKING


class ClassifierScorer:
    """The windows of works, scored by a classifier; it is loaded on first use."""

    def __init__(self, model: ModelFolder) -> None:
        classifier = model.record.classifier
        if classifier is None:
            raise ModelError(f"{model.path}: it has no classifier")
        self._model = model
        self._outputs, self._inverted = classifier.outputs, classifier.inverted
        self._synthetic = np.array([one in classifier.synthetic for one in classifier.labels])
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None

    @property
    def lacks(self) -> str | None:
        """What is not installed that it needs."""
        return lacking()

    def logits(self, features: Features) -> NDArray[np.float32]:
        """The log-odds that a machine made it, one a window, as the model's record says.

        Raises:
            ModelError: the model cannot be loaded.
            Unscored: it cannot be run on these windows.
        """
        loaded = self._ready()
        rows = [
            loaded.outputs(features[start : start + BATCH])
            for start in range(0, len(features), BATCH)
        ]
        outputs = np.concatenate(rows).astype(np.float64)
        if outputs.shape != (len(features), len(self._synthetic)):
            raise ModelError(f"{self._model.path}: it gives outputs of shape {outputs.shape}")
        return np.asarray(self._log_odds(outputs), np.float32)

    def spoke(self, _: Prepared) -> tuple[Feature, ...]:
        """See `Scorer`: a classifier of others tells nothing."""
        return ()

    def _log_odds(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        match self._outputs:
            case Outputs.SOFTMAX:
                synthetic = np.logaddexp.reduce(outputs[:, self._synthetic], axis=1)
                others = np.logaddexp.reduce(outputs[:, ~self._synthetic], axis=1)
                found = synthetic - others
            case Outputs.SIGMOID if self._inverted:
                found = -outputs[:, 0]
            case Outputs.SIGMOID:
                found = outputs[:, self._synthetic].max(axis=1)
            case _:
                assert_never(self._outputs)
        return np.asarray(found, np.float64)

    def _ready(self) -> Loaded:
        with self._lock:
            if self._loaded is None:
                with tempfile.TemporaryDirectory(prefix="assay-model-") as private:
                    _copy_checked(self._model, Path(private))
                    self._loaded = Loaded(Path(private))
            return self._loaded


class Loaded:
    """A classifier and its processor in memory.

    Args:
        folder: their files, already checked; not needed any more afterwards.

    Raises:
        ModelError: they cannot be loaded, or the weights are not all there.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        configuration = check_configuration(folder)
        self.kind = configuration.kind
        check_weights(folder)
        try:
            self._network = _network(folder, configuration.kind)
            self._processor = _processor(folder, configuration.kind)
        except ModelError:
            raise
        except Exception as fault:  # the library raises errors of every kind
            raise ModelError(
                f"the classifier cannot be loaded ({type(fault).__name__}: {str(fault)[:300]})"
            ) from fault
        named = self._network.config.id2label
        if tuple(str(named[place]) for place in sorted(named)) != configuration.labels:
            raise ModelError("its labels are not those of its configuration")
        if configuration.kind is Kind.TEXT:
            _pad(self._processor, self._network)
        self._rate = configuration.rate
        self._length = configuration.tokens
        self._lock = threading.Lock()

    def outputs(self, features: Features) -> NDArray[np.float32]:
        """Its outputs, shape (windows, labels).

        Raises:
            Unscored: it cannot be run on them.
        """
        torch = import_module("torch")
        try:
            with self._lock, torch.inference_mode():
                found = self._network(**self._inputs(features)).logits
            return np.asarray(found.float().numpy(), np.float32)
        except Exception as fault:  # as above
            log.warning("a classifier cannot be run on a work: %s", type(fault).__name__)
            detail = f"the classifier cannot be run on it ({type(fault).__name__})"
            raise Unscored(detail) from fault

    def _inputs(self, features: Features) -> Any:
        match self.kind:
            case Kind.AUDIO:
                return self._processor(
                    list(features), sampling_rate=self._rate, return_tensors="pt"
                )
            case Kind.IMAGE:
                return self._processor(
                    images=list(features), input_data_format="channels_last", return_tensors="pt"
                )
            case Kind.TEXT:
                texts = [_text(row) for row in features]
                return self._processor(
                    texts,
                    truncation=True,
                    max_length=self._length,
                    padding=True,
                    return_tensors="pt",
                )
            case _:
                assert_never(self.kind)


def _text(points: NDArray[Any]) -> str:
    """The text of a row of code points; what is none is left out."""
    inside = points[(points > 0) & (points < 0x110000)]
    return "".join(map(chr, inside.tolist())).encode("utf-8", "replace").decode()


OPTIONS = {"local_files_only": True, "trust_remote_code": False}


def _network(folder: Path, kind: Kind) -> Any:
    """The network, ready to be asked."""
    transformers, torch = import_module("transformers"), import_module("torch")
    makers = {
        Kind.AUDIO: transformers.AutoModelForAudioClassification,
        Kind.IMAGE: transformers.AutoModelForImageClassification,
        Kind.TEXT: transformers.AutoModelForSequenceClassification,
    }
    with _quiet():
        network, about = makers[kind].from_pretrained(
            folder,
            use_safetensors=True,
            output_loading_info=True,
            attn_implementation="eager",
            dtype=torch.float32,
            **OPTIONS,
        )
    # A layer that is missing would be made up of random numbers.
    missing = sorted(about["missing_keys"]) + sorted(map(str, about["mismatched_keys"]))
    if missing:
        raise ModelError(f"the weights lack {missing[0]}, and {len(missing) - 1} more tensors")
    # Whatever they are stored as: half precision is slow on a CPU, and rounds otherwise.
    return network.float().eval()


def _processor(folder: Path, kind: Kind) -> Any:
    """What turns samples, pixels or texts into what the network takes."""
    transformers = import_module("transformers")
    with _quiet():
        match kind:
            case Kind.AUDIO:
                made = transformers.AutoFeatureExtractor.from_pretrained(folder, **OPTIONS)
            case Kind.IMAGE:
                made = transformers.AutoImageProcessor.from_pretrained(
                    folder, backend="pil", **OPTIONS
                )
            case Kind.TEXT:
                made = transformers.AutoTokenizer.from_pretrained(folder, **OPTIONS)
            case _:
                assert_never(kind)
    return made


def _pad(tokenizer: Any, network: Any) -> None:
    """Texts of a batch are brought to one length, also for a model that was made without."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if network.config.pad_token_id is None:
        network.config.pad_token_id = tokenizer.pad_token_id


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the library from drawing progress bars, from advising and from warning of itself."""
    theirs = import_module("transformers.utils.logging")
    level, bars = theirs.get_verbosity(), theirs.is_progress_bar_enabled()
    theirs.set_verbosity_error()
    theirs.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"transformers\.")
            yield
    finally:
        theirs.set_verbosity(level)
        if bars:
            theirs.enable_progress_bar()


def _copy_checked(model: ModelFolder, private: Path) -> None:
    """Copy the files of a classifier, and look at the digest of each copy."""
    for name, wanted in model.record.files.items():
        if not is_plugin_file(name):
            continue
        copy = private / name
        shutil.copyfile(model.place(name), copy, follow_symlinks=False)
        digest = hashlib.sha256()
        with copy.open("rb") as file:
            while data := file.read(CHUNK):
                digest.update(data)
        if digest.hexdigest() != wanted:
            raise ModelError(
                f"{model.path / name}: its SHA-256 is {digest.hexdigest()}, not {wanted}",
                hint="It was changed or damaged: add the model again.",
            )
