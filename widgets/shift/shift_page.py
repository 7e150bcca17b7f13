"""The shift page: what this shift did, each figure with its formula, and the report as PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from console.application.live_wall import LiveWall
from console.application.ports import Clock
from console.application.reports import ShiftDesk
from console.domain.accounts import Actor, Verb
from console.domain.categories import Category
from console.domain.errors import Refusal
from console.words import N_
from widgets.common import theme
from widgets.common.key_button import KeyButton
from widgets.common.lettering import (
    Chip,
    ElidedLabel,
    Panel,
    StateShape,
    TellingLine,
    follow_text_size,
    label,
    rule_line,
)
from widgets.common.page_keys import bind
from widgets.desk import Desk
from widgets.shift.keys import SHIFT_KEYS
from widgets.shift.matter_table import MatterTable
from widgets.shift.ten_minute_chart import TenMinuteChart
from widgets.state import shift as s
from widgets.state.telling import Teller, Told, told_of

REFRESH_MS = 30_000  # figures of a shift move by minutes
PDF_SUFFIX = ".pdf"
UNWATCHED_SHOWN = 8
SINGLE_BELOW = 1100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDesks:
    """What the shift page asks. ``documents`` is the folder its PDF goes to."""

    shifts: ShiftDesk
    wall: LiveWall
    categories: Callable[[], Sequence[Category]]
    documents: Path


class FigureCard(Panel):
    """One large number: what it is, the number with its unit, and its formula."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("body", "t2")
        self._value = label("figure", "t1", strong=True)
        self._unit = label("small", "t2")
        self._formula = label("caption", "t2", wrap=True)
        self._shape = StateShape("fault", 16, self)
        value = QHBoxLayout()
        value.setSpacing(6)
        value.addWidget(self._value)
        value.addWidget(self._unit, 1, Qt.AlignmentFlag.AlignBottom)
        value.addWidget(self._shape)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(value)
        column.addWidget(self._formula)

    @property
    def words(self) -> tuple[str, str, str]:
        """Title, value and formula shown now."""
        return (self._title.text(), self._value.text(), self._formula.text())

    def show_figure(self, figure: s.Figure, teller: Teller) -> None:
        self._title.setText(teller.say(figure.title))
        self._value.setText(figure.value)
        self._unit.setText(teller.say(figure.unit))
        self._formula.setText(teller.say(figure.formula))
        self._shape.setVisible(figure.is_fault)
        self._shape.show_shape("fault", teller.say(figure.title))


class MinutesBar(QWidget):
    """Minutes of one camera as a bar against the longest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = 0.0
        self.setFixedHeight(10)
        self.setMinimumWidth(80)

    def show_part(self, part: float) -> None:
        self._part = part
        self.update()

    # ---- Qt's own ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("g4"))
            painter.fillRect(0, 0, round(self.width() * self._part), self.height(), theme.colour("fault"))


class ShiftPage(QWidget):
    """Lives in the GUI thread; the desks are asked through ``desk``.

    Signals:
        left: ``Esc``.
    """

    left = Signal()

    def __init__(
        self, actor: Actor, desks: ShiftDesks, desk: Desk, teller: Teller, clock: Clock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actor, self._desks, self._desk, self._teller, self._clock = actor, desks, desk, teller, clock
        self._state = s.ShiftState(actor=actor, now=clock.now())
        self._title = ElidedLabel("title", "t1", strong=True)
        self._span = label("body", "t2")
        self._seat = Chip(self)
        self._source = ElidedLabel("small", "t2")
        self._print = KeyButton("S", self, height=36)
        self._print.clicked.connect(self._print_clicked)
        self.line = TellingLine(self)
        self.cards = [FigureCard(self) for _ in range(6)]
        self._chart_title = label("body", "t1", strong=True)
        self._chart_note = label("caption", "t2")
        self.chart = TenMinuteChart(teller)
        self._table_title = label("body", "t1", strong=True)
        self.table = MatterTable(teller, self)
        self._view = QTableView()
        self._unwatched_title = label("body", "t1", strong=True)
        self._unwatched_note = label("caption", "t2", wrap=True)
        self._unwatched = [(label("body", "t1"), MinutesBar(), label("body", "t1")) for _ in range(UNWATCHED_SHOWN)]
        self._lay_out()
        bind(self, SHIFT_KEYS, self.press)
        self._timer = QTimer(self)
        self._timer.setObjectName("shift-refresh-30-s")
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.setSpacing(12)
        for part in (self._title, self._span, self._seat):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self._source)
        self._print.setSizePolicy(self._print.sizePolicy().Policy.Fixed, self._print.sizePolicy().Policy.Fixed)
        head.addWidget(self._print)
        self._cards = QGridLayout()
        self._cards.setSpacing(8)
        chart = _panel(self._chart_title, self._chart_note)
        _column(chart).addWidget(self.chart, 1)
        self._view.setModel(self.table)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(34)
        self._view.setShowGrid(False)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFont(theme.font("body"))
        self._view.horizontalHeader().setFont(theme.font("small"))
        self._view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._view.horizontalHeader().setHighlightSections(False)
        table = _panel(self._table_title)
        _column(table).addWidget(self._view, 1)
        unwatched = _panel(self._unwatched_title, self._unwatched_note)
        grid = QGridLayout()
        grid.setContentsMargins(16, 4, 16, 12)
        grid.setHorizontalSpacing(12)
        for at, parts in enumerate(self._unwatched):
            for column, cell in enumerate(parts):
                grid.addWidget(cell, at, column)
        grid.setColumnStretch(1, 1)
        _column(unwatched).addLayout(grid)
        _column(unwatched).addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(chart, 3)
        middle.addWidget(unwatched, 2)
        page = QVBoxLayout(self)
        page.setContentsMargins(8, 4, 8, 8)
        page.setSpacing(8)
        page.addLayout(head)
        page.addWidget(self.line)
        page.addLayout(self._cards)
        page.addLayout(middle, 2)
        page.addWidget(table, 3)
        self._place_cards(6)

    def _place_cards(self, columns: int) -> None:
        for at, card in enumerate(self.cards):
            self._cards.addWidget(card, at // columns, at % columns)

    # ---- what the window may say -----------------------------------------------------------------------------

    @property
    def state(self) -> s.ShiftState:
        return self._state

    def refresh(self) -> None:
        """Read the figures of this shift, until now."""
        self._desk.fetch(self._read, self._act, self._refused)

    def retranslate(self) -> None:
        follow_text_size(self)
        self.table.retranslate()
        self._show()

    def press(self, key: str) -> None:
        """Do what a key of ``SHIFT_KEYS`` says."""
        if key == "S":
            self._print_clicked()
        elif key == "Esc":
            self.left.emit()

    # ---- acts ------------------------------------------------------------------------------------------------

    def _read(self) -> s.FiguresRead:
        """Read everything the page shows. Off the GUI thread."""
        now = self._clock.now()
        shift = self._desks.shifts.current(self._actor)
        cameras = self._desks.wall.watched(self._actor) if self._actor.may(Verb.WATCH) else ()
        names = tuple((str(camera.camera_id), f"{camera.number} {camera.name}") for camera in cameras)
        figures = None
        if shift is not None and self._actor.may(Verb.REPORT):  # the page asks every half minute
            figures = self._desks.shifts.figures(self._actor, shift.began_at)
        return s.FiguresRead(shift, figures, tuple(self._desks.categories()), names, len(cameras) or None, now)

    def _act(self, act: s.Act) -> None:
        self._state = s.reduce(self._state, act)
        self._show()

    def _print_clicked(self) -> None:
        shift = self._state.shift
        if shift is None or self._state.is_busy:
            return
        self._act(s.PrintAsked())
        name = f"shift-{self._teller.day(shift.began_at)}-{shift.seat_id}"
        path = self._desks.documents / f"{name}{PDF_SUFFIX}"
        language = "zh" if self._teller.is_chinese else "en"

        def write() -> s.Printed:
            self._desks.shifts.print(self._actor, shift, language, path)
            return s.Printed(str(path))

        self._desk.ask(write, self._act, self._refused)

    def _refused(self, error: Refusal) -> None:
        self._act(s.Refused(told_of(error)))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state, say = self._state, self._teller.say
        self._title.setText(say(Told(N_("Shift report"))))
        shift = state.shift
        if shift is not None:
            end = shift.ended_at or state.now
            values = {"day": self._teller.day(shift.began_at), "from": self._teller.minute(shift.began_at)}
            self._span.setText(f"{values['day']} {values['from']}–{self._teller.minute(end)}")
            self._seat.setText(say(Told(N_("Seat {seat} • {who}"), {"seat": shift.seat_id, "who": shift.display_name})))
        else:
            self._seat.setText("")
            self._span.setText(say(Told(N_("No shift is open at this seat."))) if state.is_read else "")
        self._source.setText(say(Told(N_("read from history; made again it is the same"))))
        self._print.say(say(Told(N_("Print as PDF"))))
        self._print.setEnabled(shift is not None and not state.is_busy)
        self.line.tell(
            say(state.told) if state.told is not None else "",
            is_refusal=state.told is not None and state.told.is_refusal,
        )
        self._show_cards(state)
        self._chart_title.setText(say(Told(N_("Alarms in every 10 min"))))
        bands = {"easy": s.EASY, "moderate": s.MODERATE, "flood": s.FLOOD}
        self._chart_note.setText(say(Told(N_("{easy} easy • {moderate} moderate • {flood} flood"), bands)))
        self._table_title.setText(say(Told(N_("By matter"))))
        if state.figures is not None and shift is not None:
            self.chart.show_counts(state.figures.per_ten_minutes, shift.began_at)
            lines = [(say(s.matter_name(state, line.category)), line) for line in state.figures.matters]
            self.table.show(lines)
        self._show_unwatched(state)

    def _show_cards(self, state: s.ShiftState) -> None:
        figures = s.large_figures(state)
        for at, card in enumerate(self.cards):
            card.setVisible(at < len(figures))
            if at < len(figures):
                card.show_figure(figures[at], self._teller)

    def _show_unwatched(self, state: s.ShiftState) -> None:
        say = self._teller.say
        rows = s.unwatched_rows(state)[:UNWATCHED_SHOWN]
        self._unwatched_title.setText(say(Told(N_("Unwatched time"))))
        if state.figures is None:
            note = Told("")
        elif rows:
            note = Told(N_("No picture, or a picture without detection: nobody looking is not nothing happening."))
        else:
            note = Told(N_("Every camera with a rule was watched all the time."))
        self._unwatched_note.setText(say(note))
        longest = max((minutes for _, minutes in rows), default=1.0)
        for at, (name, bar, minutes) in enumerate(self._unwatched):
            for part in (name, bar, minutes):
                part.setVisible(at < len(rows))
            if at < len(rows):
                name.setText(rows[at][0])
                bar.show_part(rows[at][1] / longest)
                minutes.setText(say(Told(N_("{minutes} min"), {"minutes": f"{rows[at][1]:.0f}"})))

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_cards(3 if self.width() < SINGLE_BELOW else 6)
        self._source.setVisible(self.width() >= SINGLE_BELOW)


def _panel(title: QWidget, note: QWidget | None = None) -> Panel:
    panel = Panel()
    head = QHBoxLayout()
    head.setContentsMargins(16, 10, 16, 8)
    head.setSpacing(10)
    head.addWidget(title)
    if note is not None:
        head.addWidget(note, 1)
    else:
        head.addStretch(1)
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(head)
    column.addWidget(rule_line())
    return panel


def _column(panel: Panel) -> QVBoxLayout:
    layout = panel.layout()
    assert isinstance(layout, QVBoxLayout)
    return layout
