"""The rail's cards: a matter is never cut, in either language and however long its English name."""

import csv
from pathlib import Path

from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from resources.locate import locate
from widgets.common import theme
from widgets.wall.rail import PAD_PX, RAIL_PX, in_two

LONGEST_AGE = "12:34:56"


def matters() -> list[str]:
    found = set()
    for path in Path(locate("categories")).glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row[language] for row in csv.DictReader(file) for language in ("zh", "en")}
    return sorted(found)


def test_no_matter_of_the_catalogue_is_cut_on_a_card(qtbot: QtBot) -> None:
    inner_px = RAIL_PX - 2 * PAD_PX
    large, small = QFontMetrics(theme.font("strong", strong=True)), QFontMetrics(theme.font("small", strong=True))
    age_px = large.horizontalAdvance(LONGEST_AGE) + 8
    cut = []
    for matter in matters():
        head, rest = in_two(matter, inner_px - 24, age_px)
        if rest:
            is_whole = small.horizontalAdvance(head) <= inner_px - 24 and small.horizontalAdvance(rest) <= inner_px
        else:
            is_whole = large.horizontalAdvance(head) <= inner_px - 24 - age_px
        if not is_whole or "".join((head, rest)).replace(" ", "") != matter.replace(" ", ""):
            cut.append(matter)
    assert len(matters()) > 50 and not cut
