"""Generation parameters as AUTOMATIC1111's web UI writes them, and its descendants.

The text stands in a PNG chunk `parameters` or in the EXIF `UserComment` of other pictures: the
prompt, then a line of settings that begins with `Steps:`. The settings say whether a picture was
made from nothing or over another one. There is no specification; the form is that of web UI 1.10.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provenance.evidence import Statement, Strength
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["A1111Reader"]

STEPS = re.compile(r"\bSteps: \d{1,5}(?=[,\s]|$)")
SAMPLERS = (
    r"Euler|DPM|DDIM|DDPM|Heun|LMS|LCM|PLMS|UniPC|Restart|DEIS|TCD|IPNDM|ER[ _]SDE|SA[ _]Solver"
    r"|SEEDS|RES_"
)
# Settings besides, each with values that nobody writes by chance; two of them must be there.
BESIDES = tuple(
    re.compile(rf"(?:^|[,\n] ?){setting}(?=[,\s]|$)", re.IGNORECASE)
    for setting in (
        r"Seed: -?\d{1,20}",
        rf"Sampler: (?:k_|sample_)?(?:{SAMPLERS})[\w+ ./()-]{{0,40}}",
        r"(?:CFG|Guidance) scale: \d{1,3}(?:\.\d+)?",
        r"Size: \d{2,5}x\d{2,5}",
        r"Model hash: [0-9a-f]{6,64}",
    )
)
OVER_A_PICTURE = re.compile(r"(?:^|[,\n] ?)(?:Mask blur|Inpaint[\w ]{0,40}): ")
DENOISING = re.compile(r"(?:^|[,\n] ?)Denoising strength: ")
HIRES = re.compile(r"(?:^|[,\n] ?)Hires[\w. ]{0,40}: ")
SETTING = r"(?:^|[,\n] ?){}: ([^,\n]{{1,120}})"
VERSION = re.compile(SETTING.format("Version"))
MODEL = re.compile(SETTING.format("Model"))
TEXT_BYTES = 1 << 20


class A1111Reader(MetadataReader):
    """Reads web UI parameters."""

    source = "a1111"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """The parameters, wherever they stand."""
        for field, text in _candidates(work):
            settings = _settings(text[:TEXT_BYTES])
            if settings is not None:
                yield self.declare(
                    work,
                    field,
                    text,
                    _statement(settings),
                    Strength.STRONG,
                    generator=_generator(settings),
                )


def _candidates(work: Work) -> Iterator[tuple[str, str]]:
    if packet := work.png.get("parameters"):
        yield f"{packet.place}:parameters", packet.text
    for field in work.exif:
        if field.name == "UserComment":
            yield "EXIF:UserComment", field.text


def _settings(text: str) -> str | None:
    """The line of settings: what stands from the last `Steps:` on, if it is specific enough."""
    starts = [found.start() for found in STEPS.finditer(text)]
    settings = text[starts[-1] :] if starts else ""
    return settings if sum(bool(one.search(settings)) for one in BESIDES) > 1 else None


def _statement(settings: str) -> Statement:
    """A second pass for detail ("Hires") also denoises, but over the same picture."""
    over_a_picture = OVER_A_PICTURE.search(settings)
    if over_a_picture or (DENOISING.search(settings) and not HIRES.search(settings)):
        return Statement.PARTLY_AI
    return Statement.FULLY_AI


def _generator(settings: str) -> str | None:
    version, model = VERSION.search(settings), MODEL.search(settings)
    name = version[1].strip() if version else ""
    if re.match(r"[vf]?\d", name):
        name = f"Stable Diffusion web UI {name}"
    if model:
        return f"{name}, model {model[1].strip()}" if name else model[1].strip()
    return name or None
