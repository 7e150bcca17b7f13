"""The palette's two tables, computed again from its colours; digits of one width; shapes that need no colour."""

import itertools
import math

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from widgets.common import theme
from widgets.common.state_icon import state_icon

Triple = tuple[float, float, float]
STATES = ("high", "med", "low", "ok", "focus", "air", "fault")
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT: dict[str, tuple[Triple, Triple, Triple]] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(hex_colour: str) -> Triple:
    values = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2."""
    light, dark = sorted((luminance(linear(one)), luminance(linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Triple) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def seen_as(colour: Triple, sight: str) -> Triple:
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, colour, strict=True)))) for row in SIGHT[sight]
    )
    return red, green, blue


def lab(colour: Triple) -> Triple:
    red, green, blue = colour
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Triple, other: Triple) -> float:
    """Return CIEDE2000 (Sharma, Wu and Dalal 2005) between two colours in CIE Lab."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean_c7 / (mean_c7 + 25**7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = (math.degrees(math.atan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    swing = 60 * math.exp(-(((mean_h - 275) / 25) ** 2))
    r_t = -math.sin(math.radians(swing)) * 2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, dh / s_h
    return math.sqrt(sum(part * part for part in parts) + r_t * parts[1] * parts[2])


def test_the_contrast_table_is_what_its_colours_give() -> None:
    palette = theme.palette()

    for token, by_ground in palette["contrast"].items():
        for ground, said in by_ground.items():
            found = contrast(theme.colour(token).name(), palette["ground"][ground]["hex"])
            assert found == pytest.approx(said, abs=0.006), f"{token} on {ground}"


@pytest.mark.parametrize("ground", ["g0", "g1", "g2", "g3", "g4"])
def test_text_and_shapes_keep_the_contrast_floors(ground: str) -> None:
    def ratio(token: str) -> float:
        return contrast(theme.colour(token).name(), theme.colour(ground).name())

    assert ratio("t1") >= 10
    assert ratio("t2") >= 4.5
    assert ratio("t3") >= 4.5 or ground == "g4"  # never used there
    assert all(ratio(token) >= 3 for token in (*STATES, "edge"))


def test_words_on_a_filled_state_are_read() -> None:
    assert all(contrast(theme.colour(token).name(), theme.colour("g0").name()) >= 6.4 for token in STATES)


@pytest.mark.parametrize("sight", list(SIGHT))
def test_the_state_colours_are_told_apart_by_colour_blind_eyes(sight: str) -> None:
    labs = [lab(seen_as(linear(theme.colour(token).name()), sight)) for token in STATES]

    smallest = min(distance(one, other) for one, other in itertools.combinations(labs, 2))

    assert smallest == pytest.approx(theme.palette()["smallest_state_distance"][sight], abs=0.1)


@pytest.mark.parametrize(
    "together",
    [
        ("high", "high_acknowledged", "medium", "low"),
        ("live", "fault", "air", "high", "high_acknowledged"),
        ("ok", "live", "low", "fault"),
        ("in_time", "near", "overdue"),
    ],
)
def test_states_that_meet_differ_in_shape_alone(qapp: QApplication, together: tuple[str, ...]) -> None:
    """Painted into a mask of one bit, no two that stand in one place are the same."""
    masks = {state: silhouette(state) for state in together}

    for one, other in itertools.combinations(together, 2):
        differing = sum(a != b for a, b in zip(masks[one], masks[other], strict=True))
        assert differing >= 12, f"{one} and {other} differ in {differing} of 256 points"


def silhouette(state: str) -> list[bool]:
    """Return the shape without its colours: what is drawn, less what is drawn in the ground's colour inside it."""
    image = QImage(16, 16, QImage.Format.Format_ARGB32)
    image.fill(0)
    with QPainter(image) as painter:
        state_icon(state, 16).paint(painter, QRect(0, 0, 16, 16))
    points = [image.pixelColor(x, y) for y in range(16) for x in range(16)]
    return [point.alpha() > 127 and point.lightness() > 60 for point in points]


@pytest.mark.parametrize("role", list(theme.SIZES_PX))
def test_digits_are_of_one_width(qapp: QApplication, role: str) -> None:
    metrics = QFontMetricsF(theme.font(role))

    assert len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def test_text_size_enlarges_the_type_and_only_known_sizes(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        theme.set_text_size(qapp, 130)
        assert theme.font("body").pixelSize() == 18
        with pytest.raises(ValueError, match="120"):
            theme.set_text_size(qapp, 120)
    finally:
        qapp.setFont(before)
