"""One case: what happened, before and after, its limit, and the verbs that end it. Shows a state, asks nothing."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import CasePage
from console.domain.cases import Stage
from console.words import N_
from widgets.cases.before_after import BeforeAfter
from widgets.cases.closing_row import ClosingRow
from widgets.cases.evidence_list import EvidenceList
from widgets.cases.limit_panel import LimitPanel
from widgets.cases.photos import Photos
from widgets.cases.recheck_strip import RecheckStrip
from widgets.cases.step_words import STAGE_WORDS, steps_of
from widgets.cases.steps_column import RAIL_PX, StepsColumn
from widgets.common.facts import Facts
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import Chip, ElidedLabel, Panel, label, rule_line, scrolled
from widgets.evidence.stills import Stills
from widgets.state import case_acts
from widgets.state.case import CaseState
from widgets.state.telling import Named, Teller, Told

SINGLE_BELOW, NARROW_BELOW, LOW_BELOW, LOWEST = 1100, 1700, 800, 560


class CaseView(QWidget):
    """The open case.

    Signals:
        key_chosen: a button was clicked; the same as its key. reason_typed: the reason field was submitted.
        text_mode: the reason field took or lost the focus. evidence_picked: an item of the list, by its id.
    """

    key_chosen = Signal(str)
    reason_typed = Signal(str)
    text_mode = Signal(bool)
    evidence_picked = Signal(str)

    def __init__(self, teller: Teller, stills: Stills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._stills = teller, stills
        self._pane = 1
        self._is_low = False
        self._matter = ElidedLabel("title", "t1", strong=True)
        self._place = ElidedLabel("body", "t2", middle=True)
        self._number = Chip(self)
        self._stage = Chip(self)
        self._count = label("body", "t2")
        self._nav = KeyHints(self)
        self._steps_title = label("body", "t1", strong=True)
        self._steps_note = label("caption", "t3")
        self.steps = StepsColumn(teller)
        self._head = label("body", "t1", strong=True)
        self._head_note = ElidedLabel("small", "t2")
        self._head_hints = KeyHints(self)
        self._time_hints = KeyHints(self)
        self.strip = RecheckStrip(teller)
        self.pictures = BeforeAfter(teller, stills)
        self.photos = Photos(teller, stills)
        self.foot = ClosingRow(teller)
        self.limit = LimitPanel(teller)
        self._facts_title = label("body", "t1", strong=True)
        self._facts = Facts()
        self.evidence = EvidenceList(teller)
        self._lay_out()
        self.foot.key_chosen.connect(self.key_chosen)
        self.foot.reason_typed.connect(self.reason_typed)
        self.foot.text_mode.connect(self.text_mode)
        self.evidence.picked.connect(self.evidence_picked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.setSpacing(12)
        for part in (self._matter, self._place, self._number, self._stage):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self._nav)
        head.addWidget(self._count)
        self._nav.setMinimumWidth(260)
        self._left = self._left_panel()
        self._middle = self._middle_panel()
        self._right = self._right_panel()
        panes = QHBoxLayout()
        panes.setSpacing(8)
        panes.addWidget(self._left)
        panes.addWidget(self._middle, 1)
        panes.addWidget(self._right)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(panes, 1)

    def _left_panel(self) -> QWidget:
        panel = Panel()
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 8)
        head.setSpacing(10)
        head.addWidget(self._steps_title)
        head.addWidget(self._steps_note, 1)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule_line())
        column.addWidget(scrolled(self.steps), 1)
        return panel

    def _middle_panel(self) -> QWidget:
        panel = Panel()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._head)
        head.addWidget(self._head_note, 1)
        head.addWidget(self._head_hints, 1)
        self._both = QWidget()
        both = QVBoxLayout(self._both)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(10)
        both.addWidget(self.pictures, 1)
        both.addWidget(self.photos)
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(rule_line())
        column.addWidget(self.strip)
        column.addWidget(self._both, 1)
        column.addWidget(rule_line())
        column.addWidget(self.foot)
        return panel

    def _right_panel(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.limit)
        column.addWidget(self._time_hints)
        column.addWidget(rule_line())
        column.addWidget(self._facts_title)
        column.addWidget(self._facts)
        column.addWidget(rule_line())
        column.addWidget(self.evidence)
        column.addStretch(1)
        return Panel.around(scrolled(inner))

    def show_state(self, state: CaseState) -> None:
        """Show the open case, or that it is being read."""
        say = self._teller.say
        row = state.rows[state.position] if state.position is not None else None
        page = state.page
        shown = page.row if page is not None else row
        self._matter.setText(say(Named(shown.category_zh, shown.category_en)) if shown is not None else "")
        self._place.setText(shown.address if shown is not None else "")
        self._number.setText(shown.number if shown is not None else "")
        stage = Stage(shown.stage) if shown is not None else None
        tone = "ok" if stage in (Stage.CHECKED, Stage.CLOSED) else "t1"
        self._stage.setText(say(Told(STAGE_WORDS[stage])) if stage is not None else "", tone)
        if state.position is not None:
            values = {"position": state.position + 1, "count": len(state.rows)}
            more = N_("{position} of {count}+") if state.has_older else N_("{position} of {count}")
            self._count.setText(say(Told(more, values)))
        self._nav.show_hints(((("Esc",), say(Told(N_("list")))), (("↑", "↓"), say(Told(N_("previous / next"))))))
        for pane in (self._left, self._middle, self._right):
            pane.setEnabled(page is not None)
        self.foot.show_state(state)
        if page is None or state.category is None:
            self._head.setText(say(Told(N_("Reading the case…"))))
            return
        self._head.setText(say(Told(N_("Checked by the camera"))))
        self._head_note.setText(say(Told(N_("same camera • same rule"))))
        self._head_hints.show_hints(
            (
                (("X",), say(Told(N_("swap")))),
                (("=",), say(Told(N_("enlarge")))),
                (("Space",), say(Told(N_("clip")))),
            )
        )
        self._steps_title.setText(say(Told(N_("History"))))
        self._steps_note.setText(say(Told(N_("every step is kept, none is changed"))))
        self.steps.show_steps(steps_of(page, state.category, state.units), is_rail=self._is_rail)
        self.strip.show_page(page)
        self.pictures.show_page(page, is_swapped=state.is_swapped)
        self.photos.show_page(page)
        self.limit.show_case(page.case, state.now)
        offers = case_acts.offers(page.case, state.actor, state.now)
        self._time_hints.show_hints(tuple((keys, say(told)) for keys, told in offers))
        self._time_hints.setVisible(bool(offers))
        self._show_facts(state, page)
        self.evidence.show_page(page, dict(state.digests))

    @property
    def _is_rail(self) -> bool:
        return SINGLE_BELOW <= self.width() < NARROW_BELOW

    def next_pane(self) -> None:
        """Show the next of history, pictures and facts, where only one of them has room."""
        self._pane = (self._pane + 1) % 3
        self._fit()

    @property
    def is_single(self) -> bool:
        return self.width() < SINGLE_BELOW

    def _show_facts(self, state: CaseState, page: CasePage) -> None:
        say, case = self._teller.say, page.case
        self._facts_title.setText(say(Told(N_("Case"))))
        assert state.category is not None
        grid = " • ".join(part for part in (case.place.street, case.place.community, case.place.grid_cell[-3:]) if part)
        condition = next((item for item in state.category.filing if item.code == case.filing_condition), None)
        rows = [
            (say(Told(N_("Matter"))), f"{case.category} {say(Named(state.category.zh, state.category.en))}"),
            (say(Told(N_("Condition"))), say(Named(condition.zh, condition.en)) if condition is not None else "—"),
            (say(Told(N_("Seen by"))), f"{page.camera_number} {page.camera_name}".strip() or "—"),
            (say(Told(N_("Place"))), case.place.address),
            (say(Told(N_("Grid"))), grid or "—"),
            (say(Told(N_("Unit"))), say(Named(page.row.unit_zh, page.row.unit_en)) or "—"),
        ]
        if case.receipt:
            rows.append((say(Told(N_("Receipt"))), case.receipt))
        if case.reworks:
            rows.append((say(Told(N_("Sent back"))), say(Told(N_("times: {times}"), {"times": case.reworks}))))
        self._facts.show_rows(rows, strong=5)

    def _fit(self) -> None:
        width = self.width()
        self._is_low = self.height() < LOW_BELOW
        single = self.is_single
        for at, pane in enumerate((self._left, self._middle, self._right)):
            pane.setVisible(not single or at == self._pane)
            pane.setMinimumWidth(0)
            pane.setMaximumWidth(16777215)
        self._steps_title.setVisible(not self._is_rail)
        self._steps_note.setVisible(not self._is_rail)
        self._place.setVisible(not single)
        self._count.setVisible(not single)
        if not single:
            self._left.setFixedWidth(RAIL_PX if self._is_rail else 340)
            self._right.setFixedWidth(300 if width < NARROW_BELOW else 380)
        self.photos.set_compact(is_compact=self._is_low)
        is_lowest = self.height() < LOWEST
        self.photos.setVisible(not is_lowest)
        self.pictures.set_compact(is_compact=is_lowest)
        for part in (self._head, self._head_hints):
            part.setVisible(not is_lowest)
        self._head_note.setVisible(not self._is_rail and not single)

    # ---- Qt's own ----

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 400)  # 960 × 540 less the bars; below LOWEST the page leaves parts out by itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
