"""A worker that decodes whatever it is given, and the same as a program that tells its memory."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from detectors.decode import Undecodable
from provenance import media
from provenance.asset import Asset, Modality


class Opening:
    def __init__(self):
        os.environ["OPENBLAS_NUM_THREADS"] = "1"

    def __call__(self, job, fds, blobs):
        media_type = job["media_type"]
        backing = fds[0] if fds else blobs[0]
        modality = media.modality(media_type)
        asset = Asset("work", job["size"], media_type, modality, backing)
        return json.dumps(told(asset)).encode()


def told(asset):
    """What came of it: windows or pixels or passages, or why there are none."""
    try:
        match asset.modality:
            case Modality.AUDIO:
                return sound(asset)
            case Modality.IMAGE:
                from detectors.decode.image import picture

                pixels, facts = picture(asset)
                return {"shape": pixels.shape, "codec": facts.codec}
            case _:
                from detectors.decode.text import passages

                found, facts = passages(asset)
                longest = max(len(one.text) for one in found)
                return {"passages": len(found), "longest": longest, "of": facts.characters}
    except Undecodable as fault:
        return {"reason": fault.reason, "detail": fault.detail}


def sound(asset, seconds=5.0, most=24):
    import numpy as np

    from detectors.decode.audio import open_sound

    with open_sound(asset) as opened:
        starts, sizes, loudest = [], [], 0.0
        for start, samples in opened.windows(rate=16_000, seconds=seconds, hop=seconds, most=most):
            assert np.isfinite(samples).all()
            starts.append(start)
            sizes.append(samples.shape[1])
            loudest = max(loudest, float(np.abs(samples).max()))
        seconds_stated = opened.facts.seconds
    return {"starts": starts, "sizes": sizes, "loudest": loudest, "seconds": seconds_stated}


if __name__ == "__main__":
    fd = os.open(Path(sys.argv[1]), os.O_RDONLY)
    began = time.process_time()
    answer = told(Asset.from_fd(fd, name="work"))
    answer["cpu"] = time.process_time() - began
    answer["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(answer))
