"""Laundering: each attack does what its name says, the same way each time."""

from __future__ import annotations

import io
import unicodedata

import av
import numpy as np
import pytest
from PIL import Image

from detectors.evaluation.laundering import Launderer, attacks_of, audio, image, suite, suites, text
from detectors.evaluation.laundering.audio import MOST_SECONDS, encoded
from detectors.evaluation.laundering.stretching import shift_pitch, stretch
from provenance.asset import Asset, Modality
from provenance.errors import ConfigError
from provenance.evidence import NotRun, NotRunReason
from tests.detectors.evaluation.making import picture, saved

RATE = 44_100
TONES = (440.0, 660.0)
PROSE = "It was late. The rain had not stopped! Who would come now? Nobody, she said. " * 20


def tones(seconds=3.0, rate=RATE, channels=2):
    t = np.arange(int(rate * seconds)) / rate
    each = [0.4 * np.sin(2 * np.pi * tone * t) for tone in TONES[:channels]]
    return np.array(each, np.float32)


def heard(data):
    """Samples of shape (channels, n), their rate, and the codec."""
    with av.open(io.BytesIO(data)) as file:
        track = file.streams.audio[0]
        resampler = av.AudioResampler(format="fltp")
        pieces = [one.to_ndarray() for f in file.decode(track) for one in resampler.resample(f)]
        return np.concatenate(pieces, axis=1), track.rate, track.codec_context.name


def pitch_of(samples, rate):
    middle = samples[samples.size // 4 : -samples.size // 4]
    size = np.abs(np.fft.rfft(middle * np.hanning(middle.size), 1 << 20))
    return float(np.argmax(size)) * rate / (1 << 20)


def laundered(attack, samples, rate=RATE, seed=0):
    return audio.ATTACKS[attack](samples, rate, np.random.default_rng(seed))


@pytest.mark.parametrize("semitones", [1.0, -1.0, 0.37, 7.0])
def test_pitch_moves_and_duration_stays(semitones):
    shifted = shift_pitch(tones(), RATE, semitones)
    assert shifted.shape == tones().shape
    for channel, tone in zip(shifted, TONES, strict=True):
        assert pitch_of(channel, RATE) == pytest.approx(tone * 2 ** (semitones / 12), rel=1e-3)


@pytest.mark.parametrize("tempo", [1.05, 0.95, 1.5])
def test_duration_changes_and_pitch_stays(tempo):
    stretched = stretch(tones(), tempo)
    assert stretched.shape[1] == round(tones().shape[1] / tempo)
    for channel, tone in zip(stretched, TONES, strict=True):
        assert pitch_of(channel, RATE) == pytest.approx(tone, rel=1e-3)


def test_level_and_attacks_of_notes_survive_a_change_of_tempo():
    clicks = np.zeros((1, RATE * 2), np.float32)
    clicks[0, RATE // 2 :: RATE // 2] = 1.0
    at = np.flatnonzero(np.abs(stretch(clicks, 1.05)[0]) > 0.2)
    places = at[np.concatenate(([True], np.diff(at) > RATE // 10))] / RATE
    assert places == pytest.approx(np.array([0.5, 1.0, 1.5]) / 1.05, abs=0.02)
    power = [float(np.sqrt(np.mean(one**2))) for one in (tones(), stretch(tones(), 0.95))]
    assert power[1] == pytest.approx(power[0], rel=0.03)


def test_what_is_shorter_than_a_frame_is_stretched_too():
    assert stretch(tones(0.01), 1.05).shape[1] == round(441 / 1.05)
    assert stretch(np.zeros((1, 0), np.float32), 1.05).shape == (1, 0)


@pytest.mark.parametrize(
    ("attack", "codec", "rate", "bits"),
    [
        ("mp3_64", "mp3", 44_100, 64_000),
        ("mp3_128", "mp3", 44_100, 128_000),
        ("aac_96", "aac", 44_100, 96_000),
        ("opus_64", "opus", 48_000, 64_000),
    ],
)
def test_codecs_are_what_they_are_called(attack, codec, rate, bits):
    rng = np.random.default_rng(0)
    loud = (tones(4) / 2 + rng.normal(0, 0.1, (2, RATE * 4))).astype(np.float32)
    data = laundered(attack, loud)
    samples, found, name = heard(data)
    assert name.startswith(codec)
    assert found == rate
    assert samples.shape[1] / rate == pytest.approx(4, abs=0.06)
    assert len(data) * 8 / 4 == pytest.approx(bits, rel=0.35)


@pytest.mark.parametrize(("attack", "rate"), [("resample_32k", 32_000), ("resample_16k", 16_000)])
def test_resampling_takes_away_what_is_above(attack, rate):
    high = np.array([0.4 * np.sin(2 * np.pi * 17_000 * np.arange(RATE) / RATE)], np.float32)
    samples, found, _ = heard(laundered(attack, high + tones(1, channels=1)))
    assert found == rate
    assert pitch_of(samples[0], rate) == pytest.approx(440, rel=1e-3)
    spectrum = np.abs(np.fft.rfft(samples[0]))
    assert spectrum[-200:].max() < spectrum.max() / 100


def test_noise_equaliser_and_low_pass():
    noise = np.random.default_rng(1).normal(0, 0.1, (1, RATE * 2)).astype(np.float32)
    added = heard(laundered("noise_30db", tones()))[0] - tones()
    ratio = 20 * np.log10(np.sqrt((tones() ** 2).mean() / (added**2).mean()))
    assert ratio == pytest.approx(30, abs=0.2)
    spectrum = np.abs(np.fft.rfft(heard(laundered("lowpass_8k", noise))[0][0]))
    assert spectrum[17_000:].mean() < spectrum[:15_000].mean() / 100
    equalised = heard(laundered("eq", noise, seed=3))[0][0]
    gains = np.abs(np.fft.rfft(equalised)) / np.maximum(np.abs(np.fft.rfft(noise[0])), 1e-9)
    bands = [20 * np.log10(np.median(gains[low : low + 2000])) for low in range(200, 40_000, 5000)]
    assert 1.0 < max(bands) - min(bands) < 12.5
    assert all(-6.5 < band < 6.5 for band in bands)


@pytest.mark.parametrize("attack", audio.ATTACKS)
def test_no_attack_stops_at_odd_recordings(attack):
    for samples, rate in ((tones(0.02, 8000, 1), 8000), (np.zeros((2, 4000), np.float32), 22_050)):
        after, _, _ = heard(laundered(attack, samples, rate))
        assert after.size
        assert np.isfinite(after).all()


def test_sizes_and_formats_of_pictures():
    rng = np.random.default_rng(0)
    one = picture(rng, size=(200, 120))

    def after(attack):
        with Image.open(io.BytesIO(image.ATTACKS[attack](one, np.random.default_rng(1)))) as found:
            return found.format, found.size, np.asarray(found.convert("RGB"), np.float64)

    sizes = {name: after(name)[:2] for name in image.ATTACKS}
    assert sizes["jpeg_90"] == ("JPEG", (200, 120))
    assert sizes["webp_80"] == ("WEBP", (200, 120))
    assert sizes["resize_50"] == ("PNG", (100, 60))
    assert sizes["crop_80"] == ("PNG", (160, 96))
    assert sizes["blur"] == ("PNG", (200, 120))
    assert sizes["social"][0] == "JPEG"
    assert sizes["social"][1][0] < 200
    assert sizes["screenshot"][0] == "PNG"
    original = np.asarray(one, np.float64)
    lost = [
        np.abs(after(f"jpeg_{quality}")[2] - original).mean() for quality in (90, 75, 60, 45, 30)
    ]
    assert lost == sorted(lost)
    assert 0 < np.abs(after("blur")[2] - original).mean() < 20


def test_the_smallest_picture_goes_through_every_attack():
    for attack in image.ATTACKS.values():
        assert attack(Image.new("RGB", (1, 1)), np.random.default_rng(0))


def of_text(attack, words=PROSE, seed=0):
    return text.ATTACKS[attack](words, np.random.default_rng(seed))


def test_homoglyphs_look_the_same_and_are_not():
    changed = of_text("homoglyph")
    swapped = [(a, b) for a, b in zip(PROSE, changed, strict=True) if a != b]
    assert 0.1 < len(swapped) / len(PROSE) < 0.3
    names = {unicodedata.name(b).split()[0] for _, b in swapped}
    assert names <= {"CYRILLIC", "GREEK"}


def test_other_attacks_on_texts():
    hidden = of_text("zero_width")
    assert hidden != PROSE
    assert "".join(one for one in hidden if one not in text.ZERO_WIDTH) == PROSE
    assert of_text("case") == PROSE.lower()
    spaced = of_text("whitespace")
    assert spaced != PROSE
    assert spaced.split() == PROSE.split()
    typed = of_text("typos")
    wrong = sum(a != b for a, b in zip(typed, PROSE, strict=True))
    assert 0.005 < wrong / len(PROSE) < 0.03
    kept = of_text("sentence_drop")
    assert 0.5 < len(kept) / len(PROSE) < 0.9
    whole = {one.strip() for one in text.SENTENCE.findall(PROSE)}
    assert {one.strip() for one in text.SENTENCE.findall(kept)} <= whole
    assert of_text("sentence_drop", "Only one.") == "Only one."
    assert "".join(text.SENTENCE.findall(PROSE)) == PROSE


def test_suites_are_found_by_name():
    assert {"audio", "image", "text"} <= set(suites())
    assert [one.name for one in attacks_of("audio.mp3_64")] == ["mp3_64"]
    assert len(attacks_of("image")) == len(suite("image").attacks)
    with pytest.raises(ConfigError, match="no laundering suite called 'video'"):
        attacks_of("video")
    with pytest.raises(ConfigError, match="suite audio has no attack 'mp9'"):
        attacks_of("audio.mp9")


@pytest.fixture(scope="module")
def launder():
    made = {}

    def launder(name, attack, data, file_name, seed=0):
        key = name, seed
        if key not in made:
            made[key] = Launderer(name, seed=seed, workers=1)
        return made[key].launder(attack, Asset.from_bytes(data, name=file_name))

    yield launder
    for one in made.values():
        one.close()


def test_each_kind_goes_through_its_sandbox(launder):
    sound = launder("audio", "mp3_64", encoded(tones(1), RATE), "a.flac")
    assert (sound.media_type, sound.modality) == ("audio/mpeg", Modality.AUDIO)
    rng = np.random.default_rng(0)
    seen = launder("image", "webp_80", saved(picture(rng), "PNG"), "a.png")
    assert (seen.media_type, seen.modality) == ("image/webp", Modality.IMAGE)
    read = launder("text", "case", PROSE.encode(), "a.txt")
    assert (read.media_type, read.read_at(0, 12)) == ("text/plain", b"it was late.")


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(launder):
    data = PROSE.encode()
    one, again = (launder("text", "typos", data, "a.txt") for _ in range(2))
    renamed = launder("text", "typos", data, "b.txt")
    other = launder("text", "typos", data, "a.txt", seed=1)
    assert one.sha256() == again.sha256() == renamed.sha256() != other.sha256()
    sound = encoded(tones(0.5), RATE)
    assert len({launder("audio", "eq", sound, "a.flac").sha256() for _ in range(2)}) == 1


def test_long_recordings_are_laundered_in_their_first_minutes(launder):
    long = encoded(np.zeros((1, int(8000 * (MOST_SECONDS + 30))), np.float32) + 0.1, 8000)
    found = launder("audio", "lowpass_8k", long, "a.flac")
    samples, rate, _ = heard(found.read_at(0, found.size))
    assert samples.shape[1] / rate == pytest.approx(MOST_SECONDS, abs=0.1)


@pytest.mark.parametrize(
    ("name", "attack", "data", "reason"),
    [
        ("image", "blur", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, NotRunReason.UNREADABLE),
        ("audio", "eq", b"fLaC" + b"\xff" * 64, NotRunReason.UNREADABLE),
        ("text", "case", b" \n\n", NotRunReason.NO_TEXT),
    ],
)
def test_a_hostile_file_ends_in_not_run_and_the_worker_goes_on(launder, name, attack, data, reason):
    found = launder(name, attack, data, f"a.{'txt' if name == 'text' else 'bin'}")
    assert isinstance(found, NotRun)
    assert found.reason is reason
