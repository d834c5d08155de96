"""What a detection rests on, on its page: drawn to one axis, in words, deaf to hostile works."""

from __future__ import annotations

import base64
import io

import pytest
from lxml import html
from PIL import Image

from detectors.explain import Pieces, Pixels, Spectrogram, Unshown
from provenance.evidence import AbstainReason, NotRunReason, Where
from service.i18n import languages
from service.render.axes import clock, scores, signed, times
from service.render.explaining import explanations
from service.render.html import render_page
from service.render.wording import Words
from tests.service.render.test_html import HOSTILE, assert_harmless

both = pytest.mark.parametrize("lang", languages())

EN, FR = Words("en"), Words("fr")
WINDOWS = (
    Where(unit="second", range=(0, 30), score=-1.5),
    Where(unit="second", range=(30, 60), score=6.0),
    Where(unit="second", range=(60, 75), score=3.0),
)
BOXES = (
    Where(unit="pixel", box=(0, 0, 50, 100), score=4.0),
    Where(unit="pixel", box=(50, 0, 100, 100), score=-4.0),
)
SOUND = Spectrogram(rows=2, columns=2, extent=100, seconds=100, top=8000, levels=b"\0\x40\x80\xff")
PICTURE = Pixels(rows=1, columns=2, high=100, wide=100, colours=b"\xff\0\0\0\xff\0")


def explained(report, detection, where, shown=None, words=EN, **more):
    one = report(detection(where=where, **more))
    return explanations(one, words, None if shown is None else {0: shown})[0]


def test_a_detection_without_local_scores_rests_on_nothing_that_can_be_drawn(report, detection):
    assert explanations(report(detection(where=())), EN) == {}


def test_windows_lie_under_the_spectrogram_on_one_axis(report, detection):
    found = explained(report, detection, WINDOWS, SOUND)
    assert found.problem == ""
    assert [(bar.x, bar.width) for bar in found.bars.bars] == [(0, 30), (30, 30), (60, 15)]
    assert found.bars.image_width == 100
    assert [tick.label for tick in found.bars.ticks] == ["0:00", "0:30", "1:00", "1:30"]
    assert [tick.at for tick in found.bars.ticks] == [0, 30, 60, 90]
    assert [tick.label for tick in found.bars.side[:2]] == ["5 kHz", "+6"]


def test_the_score_of_a_window_is_its_direction_height_colour_and_number(report, detection):
    low, high, middle = explained(report, detection, WINDOWS).bars.bars
    assert (low.signed.side, high.signed.side) == ("down", "up")
    assert high.height == pytest.approx(2 * middle.height) == pytest.approx(4 * low.height)
    assert high.signed.level > middle.signed.level > low.signed.level
    assert high.y + high.height == pytest.approx(low.y)
    assert high.label == "0:30.0\N{EN DASH}1:00.0: +6.00"


def test_small_scores_are_not_drawn_large(report, detection):
    one = Where(unit="second", range=(0, 1), score=0.3)
    (bar,) = explained(report, detection, (one,)).bars.bars
    assert bar.signed.level == 1
    assert bar.height < 5


def test_a_spectrogram_is_a_png_of_its_levels(report, detection):
    found = explained(report, detection, WINDOWS, SOUND)
    data = base64.b64decode(found.bars.image.removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        assert (image.size, image.mode) == ((2, 2), "L")
        assert image.tobytes() == b"\xff\xbf\x7f\x00"


def test_overlapping_windows_do_not_cover_each_other(report, detection):
    where = (
        Where(unit="second", range=(0, 10), score=1.0),
        Where(unit="second", range=(5, 15), score=1.0),
    )
    bars = explained(report, detection, where).bars.bars
    assert bars[0].x + bars[0].width == pytest.approx(bars[1].x, abs=0.02)
    assert bars[0].label.startswith("0:00.0\N{EN DASH}0:10.0")


def test_boxes_lie_over_the_picture(report, detection):
    boxes = explained(report, detection, BOXES, PICTURE).boxes
    assert boxes.image.startswith("data:image/png;base64,")
    assert (boxes.wide, boxes.high, boxes.numbered) == (100, 100, True)
    assert [(box.x, box.width, box.signed.label) for box in boxes.boxes] == [
        (0, 50, "+4.00"),
        (50, 50, "\N{MINUS SIGN}4.00"),
    ]


def test_a_box_outside_of_the_picture_is_cut(report, detection):
    where = (*BOXES, Where(unit="pixel", box=(90, 90, 9000, 9000), score=1.0))
    boxes = explained(report, detection, where, PICTURE).boxes.boxes
    assert all(box.x + box.width <= 100 and box.y + box.height <= 100 for box in boxes)


@both
def test_the_legend_says_that_a_place_alone_accuses_nobody(lang, report, detection):
    said = "\n".join(explained(report, detection, WINDOWS, words=Words(lang)).legend)
    alone = {"en": "A high place alone accuses nobody", "fr": "accuse personne à lui seul"}
    assert alone[lang] in said
    assert EN.number(0.98765, 2).replace(".", Words(lang).ui("decimal_sign")) in said


def test_the_legend_says_what_was_not_measured_and_what_abstained(report, detection):
    bare = explained(report, detection, WINDOWS, exceedance=None, likelihood=None)
    assert "was not measured for this model" in bare.legend[-1]
    silent = explained(report, detection, WINDOWS, abstain=AbstainReason.TOO_SHORT)
    assert silent.legend[-1].startswith("The detector abstained (too short)")
    assert silent.curve is None


def test_a_work_that_was_not_shown_leaves_its_scores_and_says_why(report, detection):
    gone = Unshown(reason=NotRunReason.TIMEOUT, detail="it took <too> long")
    page = html.document_fromstring(render_page(report(detection(where=WINDOWS)), "en", {0: gone}))
    (part,) = page.find_class("local")
    said = part.text_content()
    assert "could not be shown: out of time. (it took <too> long)" in " ".join(said.split())
    assert not part.findall(".//image")
    (table,) = part.xpath(".//details[@open]/table")
    rows = [[cell.text_content() for cell in row] for row in table.iterfind(".//tbody/tr")]
    assert rows == [
        ["0:00.0\N{EN DASH}0:30.0", "\N{MINUS SIGN}1.50"],
        ["0:30.0\N{EN DASH}1:00.0", "+6.00"],
        ["1:00.0\N{EN DASH}1:15.0", "+3.00"],
    ]


def test_of_a_stored_report_there_are_the_scores_alone(report, detection):
    page = html.document_fromstring(render_page(report(detection(where=WINDOWS)), "en"))
    (part,) = page.find_class("local")
    assert len(part.xpath(".//svg//rect/title")) == 3
    assert not part.findall(".//image")
    assert "was not at hand" in part.text_content()


@both
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_words_of_a_work_stay_text(lang, text, report, detection):
    piece = text.encode("utf-8", "replace").decode()[:3000]
    where = (
        Where(unit="character", range=(0, 50), score=2.0),
        Where(unit="character", range=(60, 90), score=-2.0),
    )
    page = render_page(
        report(detection(where=where)), lang, {0: Pieces(pieces=(piece, f"{piece}\nnext"))}
    )
    tree = assert_harmless(page)
    (passages,) = tree.find_class("passages")
    assert [mark.get("class").split()[0] for mark in passages.iter("mark")] == ["up", "down"]
    assert "[…]" in passages.text_content()
    assert passages.text_content().endswith("next")
    assert not {"\x1b", "\u202e", "\x00"} & set(page)


def test_hostile_reasons_and_groups_stay_text(report, detection):
    gone = Unshown(reason=NotRunReason.UNREADABLE, detail="<script>alert(1)</script>\u202e")
    assert_harmless(render_page(report(detection(where=BOXES)), "fr", {0: gone}))


@both
@pytest.mark.parametrize(("where", "shown"), [(WINDOWS, SOUND), (BOXES, PICTURE)])
def test_a_page_with_pictures_is_the_same_each_time(lang, where, shown, report, detection):
    one = report(detection(where=where))
    page = render_page(one, lang, {0: shown})
    assert page == render_page(one, lang, {0: shown})
    assert len(assert_harmless(page).findall(".//image")) == 1


@pytest.mark.parametrize(
    ("seconds", "places", "shown"),
    [(0, 0, "0:00"), (59.96, 1, "1:00.0"), (59.94, 1, "0:59.9"), (4500, 0, "75:00")],
)
def test_a_time_is_minutes_and_seconds(seconds, places, shown):
    assert clock(seconds, EN, places) == shown
    assert clock(seconds, FR, places) == shown.replace(".", ",")


@pytest.mark.parametrize("end", [0.001, 0.9, 7, 61, 3599, 86_400])
def test_an_axis_of_time_has_few_marks(end):
    found = times(end, EN)
    assert 1 <= len(found) <= 6
    assert all(0 <= tick.at <= 100 for tick in found)


def test_an_axis_of_scores_has_few_marks():
    found = scores(-3.1, 4.2, lambda score: score, EN)
    assert [tick.label for tick in found] == ["\N{MINUS SIGN}2", "0", "2", "4"]


def test_a_score_says_its_sign():
    assert signed(-1234.5, 1, EN).label == "\N{MINUS SIGN}1,234.50"
    assert signed(0.0, 1, FR).label == "+0,00"
