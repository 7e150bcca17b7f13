"""The pages over a real city: desks on SQLite, a clock that stands still, a station's line that keeps its orders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.application.evidence_desk import EvidenceDesk, PackContents
from console.domain.accounts import Actor
from console.domain.ids import EvidenceId
from console.words import Words
from tests.application.city import City
from widgets.alarms.orders import ReviewDesks
from widgets.alarms.review_page import ReviewPage
from widgets.cases.cases_page import CasesPage
from widgets.cases.orders import CaseDesks
from widgets.desk import Desk
from widgets.evidence.playback import Playback
from widgets.evidence.stills import Stills
from widgets.state.player import Control
from widgets.state.telling import Teller

Page = TypeVar("Page", bound=QWidget)

KEYS = {
    "Del": Qt.Key.Key_Delete,
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "Space": Qt.Key.Key_Space,
    "/": Qt.Key.Key_Slash,
    "=": Qt.Key.Key_Equal,
}


@dataclass(slots=True)
class Clips:
    """Keeps what was opened and every control that was sent."""

    opened: list[EvidenceId] = field(default_factory=list)
    sent: list[Control] = field(default_factory=list)
    playbacks: list[Playback] = field(default_factory=list)

    def open(self, evidence_id: EvidenceId, max_width: int, max_height: int) -> Playback:
        self.opened.append(evidence_id)
        playback = Playback(self.sent.append)
        self.playbacks.append(playback)
        return playback


class Packs:
    """Writes the name of the case, so that a test can see the file."""

    def write(self, contents: PackContents, path: Path) -> None:
        path.write_text(contents.page.case.number, encoding="utf-8")


@dataclass(slots=True, kw_only=True)
class Seat:
    """What a page needs of a seat."""

    city: City
    desk: Desk
    words: Words
    teller: Teller
    clips: Clips
    stills: Stills
    folder: Path
    qtbot: QtBot

    def review(self, actor: Actor) -> ReviewPage:
        city = self.city
        page = ReviewPage(
            actor,
            ReviewDesks(
                review=city.review, cases=city.cases, talk=city.talk, wall=city.wall, units=city.dispatch.units
            ),
            self.desk,
            self.teller,
            city.clock,
            self.stills,
            self.clips,
            lambda _: QImage(),
        )
        return self.opened(page, lambda: page.state.is_read)

    def cases(self, actor: Actor) -> CasesPage:
        city = self.city
        evidence = EvidenceDesk(city.units, city.queries, city.gate, city.clock, Packs())
        page = CasesPage(
            actor,
            CaseDesks(
                cases=city.cases,
                times=city.times,
                rechecks=city.rechecks,
                evidence=evidence,
                categories=city.review.categories,
                units=city.dispatch.units,
                documents=self.folder,
                is_as_sealed=lambda _: True,
            ),
            self.desk,
            self.teller,
            city.clock,
            self.stills,
            self.clips,
        )
        return self.opened(page, lambda: page.state.is_read)

    def opened(self, page: Page, is_ready: Callable[[], bool]) -> Page:
        """Show a page at the size of a desk, give it the focus and wait until it has read."""
        self.qtbot.addWidget(page, before_close_func=lambda widget: widget.hide())
        page.resize(1920, 1000)
        page.show()
        page.activateWindow()
        self.qtbot.waitActive(page)
        page.setFocus()
        # A page of the test before that goes only now takes the activity away for a moment, and a key would be lost.
        self.qtbot.waitUntil(lambda: is_ready() and page.isActiveWindow() and QApplication.focusWidget() is not None)
        return page

    def strike(self, page: QWidget, *names: str) -> None:
        """Strike keys at whatever has the focus in the page, one after the other."""
        for name in names:
            target = page.focusWidget() or page
            key = KEYS.get(name)
            if key is None:
                key = Qt.Key(ord(name))
            QTest.keyClick(target, key)


def until(qtbot: QtBot, claim: Callable[[], bool]) -> None:
    """Wait until a claim holds."""
    qtbot.waitUntil(claim, timeout=5000)
