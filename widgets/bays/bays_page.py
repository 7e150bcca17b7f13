"""The page of parking bays: what each is now, who stood where with pictures, and what a person has to settle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.bays_desk import BayRow, BaysDesk, BayStay
from console.application.ports import Clock
from console.domain.accounts import Actor
from console.domain.bay_sessions import Settled
from console.domain.errors import Refusal
from console.words import N_
from widgets.bays.bay_words import (
    BAY_HEADS,
    BAY_STRETCHED,
    STAY_HEADS,
    STAY_STRETCHED,
    bay_rows,
    stay_row,
)
from widgets.bays.keys import BAY_KEYS
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, TellingLine, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.common.text_table import TextTable
from widgets.desk import Desk
from widgets.evidence.picture import EvidencePicture
from widgets.evidence.stills import Stills
from widgets.state.bays import BayTold
from widgets.state.telling import Teller, Told, told_of

STILL, LEAST_STILL = QSize(400, 225), QSize(176, 99)  # the lesser: a 1080p screen at 200 % has 960 × 540
BUTTON_PX = 36
SHOW_EVERY_MS = 1000
WATCHED_FOR = timedelta(seconds=5)
"""A camera without a look for longer is not watched now; as the station counts it."""


class SeenTold(Protocol):
    """What one look found of bays."""

    @property
    def camera_id(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def bays(self) -> Sequence[BayTold]: ...


class BaysPage(QWidget):
    """Bays above, stays below with their two pictures. Lives in the GUI thread; reading happens off it.

    Signals:
        left: ``Esc``.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        bays: BaysDesk,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        stills: Stills,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._bays, self._desk, self._teller = actor, bays, desk, teller
        self._clock, self._stills = clock, stills
        self._rows: tuple[BayRow, ...] = ()
        self._stays: tuple[BayStay, ...] = ()
        self._bays_told: dict[tuple[str, str, int], BayTold] = {}
        self._looked_at: dict[str, datetime] = {}
        self._is_busy = self._is_wanted = self.is_read = self._shows_waiting = False
        self._told: Told | None = None
        self._shown_heads: list[str] = []
        self._title, self._stays_title = label("strong", "t1", strong=True), label("strong", "t1", strong=True)
        self._about = label("small", "t2", wrap=True)
        self.line = TellingLine(self)
        self.table, self.stays = TextTable(BAY_STRETCHED, self), TextTable(STAY_STRETCHED, self)
        self.nothing, self.no_stays = label("body", "t2", wrap=True), label("body", "t2", wrap=True)
        self.pictures = (EvidencePicture(self), EvidencePicture(self))
        self._picture_heads = (label("small", "t2"), label("small", "t2"))
        for picture in self.pictures:
            picture.setMinimumSize(LEAST_STILL)
            picture.setMaximumSize(STILL)
        self.buttons = {key: KeyButton(key, self, height=BUTTON_PX) for key in ("O", "F", "U")}
        self._beat = QTimer(self)
        self._beat.setInterval(SHOW_EVERY_MS)
        self._beat.timeout.connect(self._show_bays)
        self._lay_out()
        self.stays.picked.connect(self._show_stay)
        self._stills.ready.connect(self._show_stay)
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)
        self._shortcuts = bind(self, BAY_KEYS, self.press)
        self.setFocusProxy(self.stays)
        self.retranslate()

    def _lay_out(self) -> None:
        above, below = Panel(), Panel()
        column = QVBoxLayout(above)
        for part in (self._title, self.line, self.nothing, self.table):
            column.addWidget(part, 1 if part is self.table else 0)
        listed = QVBoxLayout()
        for part in (self._stays_title, self._about, self.no_stays, self.stays):
            listed.addWidget(part, 1 if part is self.stays else 0)
        orders = QHBoxLayout()
        for button in self.buttons.values():
            orders.addWidget(button)
        orders.addStretch(1)
        listed.addLayout(orders)
        beside = QVBoxLayout()
        for head, picture in zip(self._picture_heads, self.pictures, strict=True):
            beside.addWidget(head)
            beside.addWidget(picture, 1)
        row = QHBoxLayout(below)
        row.addLayout(listed, 1)
        row.addLayout(beside)
        for card in (column, row):
            card.setContentsMargins(16, 8, 16, 8)
            card.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.setSpacing(8)
        outer.addWidget(above, 2)
        outer.addWidget(below, 3)

    # ---- what the window may say -----------------------------------------------------------------------------

    def note_seen(self, seen: SeenTold) -> None:
        """Take in what a look found; it is shown with the next second."""
        if not seen.bays:
            return
        self._looked_at[seen.camera_id] = seen.received_at
        for bay in seen.bays:
            self._bays_told[(seen.camera_id, bay.rule_id, bay.bay)] = bay

    def note_changed(self) -> None:
        """Stays or rules changed: read again, now or when the page is shown."""
        if self.isVisible():
            self.read()

    def press(self, key: str) -> None:
        """Do what a key of ``BAY_KEYS`` says."""
        match key:
            case "O":
                self._settle(Settled.OCCUPIED)
            case "F":
                self._settle(Settled.FREE)
            case "U":
                self._shows_waiting = not self._shows_waiting
                self._show_stays()
            case "R":
                self.read()
            case "Esc":
                self.left.emit()

    def read(self) -> None:
        """Read what is known now; asked again meanwhile, once more afterwards."""
        if self._is_busy:
            self._is_wanted = True
            return
        self._is_busy = True
        actor = self._actor
        self._desk.fetch(lambda: (self._bays.rows(actor), self._bays.stays(actor)), self._came, self._refused)

    def retranslate(self) -> None:
        """Say everything again; what is selected stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Parking bays now"))))
        self.table.setAccessibleName(self._title.text())
        self._about.setText(say(Told(N_("No plate model is installed, so no plates are read."))))
        self.nothing.setText(
            say(Told(N_("No row of bays is watched. An administrator draws one on the page of zones (Ctrl F3).")))
        )
        for head, words in zip(self._picture_heads, (N_("As it came"), N_("As it went")), strict=True):
            head.setText(say(Told(words)))
        for key, words in (("O", N_("It was occupied")), ("F", N_("It was free"))):
            self.buttons[key].say(say(Told(words)))
        self._show_bays()
        self._show_stays()
        self._tell(self._told)

    # ---- orders ----------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> BayStay | None:
        return next((stay for stay in self._stays if stay.session.session_id == self.stays.key), None)

    def _settle(self, settled: Settled) -> None:
        stay, actor = self._selected, self._actor
        if stay is None or self._is_busy:
            return
        self._is_busy = True

        def done(_: None) -> None:
            self._is_busy = False
            self._tell(Told(N_("Noted, with your name.")))
            self.read()

        self._desk.ask(lambda: self._bays.settle(actor, stay.session.session_id, settled), done, self._refused)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.press(button.key)

    # ---- answers ---------------------------------------------------------------------------------------------

    def _came(self, found: tuple[Sequence[BayRow], Sequence[BayStay]]) -> None:
        self._is_busy, self.is_read = False, True
        self._rows, self._stays = tuple(found[0]), tuple(found[1])
        self._show_bays()
        self._show_stays()
        if self._is_wanted:
            self._is_wanted = False
            self.read()

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._tell(told_of(refusal))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show_bays(self) -> None:
        now = self._clock.now()
        watched = frozenset(name for name, at in self._looked_at.items() if now - at <= WATCHED_FOR)
        rows = bay_rows(self._rows, self._bays_told, watched, self._teller)
        heads = [self._teller.say(Told(head)) for head in BAY_HEADS]
        if tuple(rows) != self.table.model_rows.rows or heads != self._shown_heads:
            self._shown_heads = heads
            self.table.show_rows(heads, rows)
        self.nothing.setVisible(self.is_read and not rows)

    def _show_stays(self) -> None:
        say, now = self._teller.say, self._clock.now()
        shown = [stay for stay in self._stays if stay.session.waits_for_person or not self._shows_waiting]
        waiting = sum(stay.session.waits_for_person for stay in self._stays)
        self._stays_title.setText(say(Told(N_("Latest stays; {count} wait for a person"), {"count": waiting})))
        self.stays.setAccessibleName(self._stays_title.text())
        self.stays.show_rows(
            [say(Told(head)) for head in STAY_HEADS], [stay_row(one, now, self._teller) for one in shown]
        )
        self.no_stays.setVisible(self.is_read and not shown)
        self.no_stays.setText(
            say(Told(N_("No stay waits for a person.") if self._shows_waiting else N_("Nobody has stood here yet.")))
        )
        self.buttons["U"].say(say(Told(N_("All stays") if self._shows_waiting else N_("Only those that wait"))))
        self._show_stay()

    def _show_stay(self) -> None:
        stay = self._selected
        may_settle = stay is not None and not stay.session.is_sure
        for key in ("O", "F"):
            self.buttons[key].setEnabled(may_settle)
        paths = ("", "") if stay is None else (stay.came, stay.went)
        for picture, path, head in zip(self.pictures, paths, self._picture_heads, strict=True):
            self._show_picture(picture, path, head.text())

    def _show_picture(self, picture: EvidencePicture, path: str, name: str) -> None:
        image = self._stills.picture(path, STILL * self.devicePixelRatio())
        picture.setAccessibleName(name)
        nothing = self._teller.say(Told(N_("No picture")))
        picture.setAccessibleDescription(nothing if image.isNull() else "")
        picture.show_words(nothing)
        picture.show_still(image)

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._beat.start()
        self.read()

    def hideEvent(self, event: QHideEvent) -> None:
        self._beat.stop()
        super().hideEvent(event)
