"""Networks and weights: ONNX Runtime and safetensors, and nothing that could run code.

A file is read once, within a limit, and its digest is compared with what the model's record says
before any parser sees a byte; what is parsed are the bytes that were hashed. A graph that keeps
weights in other files is refused, since no digest covers those. Nothing heavy is imported, and
nothing is loaded, before the first use.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.graph import refers_outside
from provenance.errors import EngineError
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

__all__ = ["THREADS", "Network", "tensors"]

THREADS = "ASSAY_THREADS"
"""Setting: threads of one network at most; the cores this process may use when it is not set."""

REINSTALL = "Install the model again, or check it: assay models verify NAME"


class Network:
    """An ONNX graph, loaded on first use. Thread-safe; runs on the CPU.

    Args:
        path: of the graph.
        sha256: lowercase hexadecimal, as the model's record says.
        threads: at most; as the setting says when None.
        limits: caps on the size of the graph.
    """

    def __init__(
        self, path: Path, sha256: str, *, threads: int | None = None, limits: Limits = DEFAULT
    ) -> None:
        self.path, self.sha256 = path, sha256
        self._threads, self._limits = threads, limits
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    def run(
        self, inputs: Mapping[str, NDArray[Any]], wanted: Sequence[str] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Outputs by name.

        Args:
            inputs: an array for each input, with the type and shape the graph declares.
            wanted: the outputs that are computed, those the graph has; None is all.

        Raises:
            EngineError: the file is missing, not the one recorded or no graph, or the inputs do
                not fit it.
        """
        session = self._loaded()
        names = [one.name for one in session.get_outputs() if wanted is None or one.name in wanted]
        try:
            outputs = session.run(names, dict(inputs))
        except Exception as fault:  # ONNX Runtime raises what its C++ side makes of it
            raise EngineError(
                f"the network {self.path.name} cannot be run: {_first_line(fault)}"
            ) from fault
        return dict(zip(names, outputs, strict=True))

    @property
    def outputs(self) -> frozenset[str]:
        """What it gives.

        Raises:
            EngineError: as `run`.
        """
        return frozenset(one.name for one in self._loaded().get_outputs())

    def _loaded(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                data = _read(self.path, self.sha256, self._limits)
                _refuse_outside(data, self.path)
                self._session = _session(data, self.path, self._threads)
            return self._session


def tensors(path: Path, sha256: str, limits: Limits = DEFAULT) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file by name.

    Raises:
        EngineError: it is missing, not the one recorded or no such file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = _read(path, sha256, limits)
    try:
        held: dict[str, NDArray[Any]] = load(data)
    except (SafetensorError, KeyError, ValueError) as fault:
        raise EngineError(f"{path.name} holds no tensors that can be read") from fault
    return held


def _read(path: Path, sha256: str, limits: Limits) -> bytes:
    """The bytes of a file, once they are known to be the right ones."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.graph_bytes + 1)
    except OSError as fault:
        raise EngineError(
            f"{path.name} cannot be read: {fault.strerror}", hint=REINSTALL
        ) from fault
    if len(data) > limits.graph_bytes:
        raise EngineError(f"{path.name} is over the limit of {limits.graph_bytes:,} bytes")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EngineError(f"{path.name} is not the file the model was made with", hint=REINSTALL)
    return data


def _refuse_outside(data: bytes, path: Path) -> None:
    try:
        outside = refers_outside(data)
    except ValueError as fault:
        raise EngineError(f"{path.name} is no network: {fault}") from fault
    if outside:
        raise EngineError(
            f"the network {path.name} keeps weights in other files",
            hint="Export it again with all weights inside.",
        )


def _session(data: bytes, path: Path, threads: int | None) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _budget()
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    # A thread that has nothing to do sleeps: other networks and workers need the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # as above
        raise EngineError(f"{path.name} is no network: {_first_line(fault)}") from fault


def _budget() -> int:
    """Threads by the setting, else the cores this process may run on.

    Raises:
        EngineError: the setting is no positive number.
    """
    setting = os.environ.get(THREADS, "")
    if not setting:
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if not (setting.isascii() and setting.isdecimal() and int(setting)):
        raise EngineError(f"{THREADS} is no number of threads: {setting[:50]!r}")
    return int(setting)


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:300]
