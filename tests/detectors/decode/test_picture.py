"""Pictures as a person sees them: upright, in the colours of sRGB, on white."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from detectors.decode import Undecodable
from detectors.decode.image import picture
from tests.detectors.decode.making import asset

RED, BLUE = (250, 10, 10), (10, 10, 250)
EXACT = {"PNG": {}, "TIFF": {}, "BMP": {}, "WEBP": {"lossless": True}}
HEIC = "c2pa/files/contentauth+c2pa-rs/sdk/tests/fixtures/sample1.heif"


def stored(image, form, **options):
    held = io.BytesIO()
    image.save(held, form, **options)
    return asset(held.getvalue(), f"x.{form.lower()}")


def shown(image, form="PNG", **options):
    return picture(stored(image, form, **options))[0]


def two_halves():
    """Red on the left, blue on the right: 40 wide, 24 high."""
    image = Image.new("RGB", (40, 24), RED)
    image.paste(BLUE, (20, 0, 40, 24))
    return image


@pytest.mark.parametrize("form", EXACT)
def test_pixels_of_lossless_formats_are_exact(form):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8))
    assert np.array_equal(shown(image, form, **EXACT[form]), np.asarray(image))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(form, orientation):
    upright = np.asarray(two_halves())
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    image = two_halves()
    if orientation != 1:
        image = image.transpose(turns[undo[orientation]])
    exif = Image.Exif()
    exif[0x0112] = orientation
    work = stored(image, form, exif=exif)
    found, facts = picture(work)
    assert (facts.width, facts.height) == (40, 24)
    assert np.abs(found[8:16, 4:14].astype(int) - upright[8:16, 4:14]).max() < 12
    assert np.abs(found[8:16, 26:36].astype(int) - upright[8:16, 26:36]).max() < 12


@pytest.mark.parametrize("value", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0garbage", b"\xff"])
def test_broken_exif_is_no_reason_not_to_look(value):
    assert shown(two_halves(), "JPEG", exif=value).shape == (24, 40, 3)


def test_what_is_transparent_is_laid_on_white():
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (200, 0, 0, 128))
    assert shown(image).tolist() == [[[255, 255, 255], [227, 127, 127]]]


def test_a_palette_with_a_transparent_colour_is_laid_on_white():
    image = Image.new("P", (2, 1))
    image.putpalette([9, 9, 9, 0, 128, 0])
    image.putpixel((1, 0), 1)
    assert shown(image, transparency=0).tolist() == [[[255, 255, 255], [0, 128, 0]]]


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_cut_off(form):
    image = Image.fromarray(np.array([[0, 0x1234, 0x8000, 0xFFFF]], np.uint16))
    work = stored(image, form)
    found, facts = picture(work)
    assert found[0, :, 0].tolist() == [0, 0x12, 0x80, 0xFF]
    assert facts.bit_depth == 16


def test_thirty_two_bits_have_no_agreed_white():
    with pytest.raises(Undecodable) as told:
        shown(Image.new("F", (4, 4)), "TIFF")
    assert told.value.reason == "unsupported_media"


def test_cmyk_is_shown_in_colours():
    found = shown(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "TIFF")
    assert found[0, 0].tolist() == [255, 0, 0]


def test_an_animation_is_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    for form in ("GIF", "WEBP", "PNG"):
        found = shown(frames[0], form, save_all=True, append_images=frames[1:])
        assert np.abs(found.astype(int) - RED).max() < 8


def swapped_profile():
    """sRGB with the primaries of red and blue exchanged: nobody can overlook that it was used."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {data[place : place + 4].decode(): place for place in range(132, 132 + 12 * data[131], 12)}
    red, blue = at["rXYZ"], at["bXYZ"]
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = (
        data[blue + 4 : blue + 12],
        data[red + 4 : red + 12],
    )
    return bytes(data)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_an_embedded_profile_is_followed(form):
    found = shown(Image.new("RGB", (16, 16), (255, 0, 0)), form, icc_profile=swapped_profile())
    assert np.abs(found[8, 8].astype(int) - (0, 0, 255)).max() < 12


def test_the_profile_of_srgb_changes_no_pixel():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(shown(image, icc_profile=profile), np.asarray(image))


@pytest.mark.parametrize(
    "profile", [b"no profile", swapped_profile()[:200], bytes(128), b"\xff" * 5000]
)
def test_a_profile_that_is_damaged_is_passed_over(profile):
    assert shown(Image.new("RGB", (4, 4), RED), icc_profile=profile)[0, 0].tolist() == list(RED)


def test_a_profile_for_other_pictures_is_passed_over():
    grey = Image.new("L", (4, 4), 77)
    assert shown(grey, icc_profile=swapped_profile())[0, 0].tolist() == [77, 77, 77]


@pytest.mark.parametrize("quality", [1, 10, 30, 50, 75, 85, 92, 95, 100])
def test_the_quality_of_a_jpeg_is_told(quality):
    found = picture(stored(two_halves(), "JPEG", quality=quality))[1].quality
    assert found == quality


def test_only_a_jpeg_has_a_quality():
    facts = picture(stored(two_halves(), "PNG"))[1]
    assert (facts.quality, facts.codec, facts.bit_depth) == (None, "png", 8)
    assert facts.bytes == stored(two_halves(), "PNG").size


@pytest.mark.data
def test_heif_is_read(data_pack):
    work = asset((data_pack / HEIC).read_bytes(), "x.heif")
    found, facts = picture(work)
    assert found.shape == (960, 1440, 3)
    assert found.std() > 20
    assert (facts.codec, facts.media_type) == ("heif", "image/heic")


@pytest.mark.data
def test_heif_that_is_cut_is_unreadable(data_pack):
    data = (data_pack / HEIC).read_bytes()
    for end in (100, 1000, len(data) // 2):
        with pytest.raises(Undecodable) as told:
            picture(asset(data[:end], "x.heif"))
        assert told.value.reason == "unreadable"
