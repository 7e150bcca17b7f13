"""The auditor's page: look for lines, check the trail, take a part of it out. Each of these is a line itself."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from console.application.audit_desk import AuditDesk
from console.application.ports import Clock
from console.application.read_models import AuditQuery, RegisterRow
from console.domain.accounts import Actor
from console.domain.audit_check import ChainCheck
from console.domain.errors import DomainError, Refusal
from console.words import N_
from widgets.audit.audit_words import ACT_WORDS, HEADS, REASON_COLUMN, query_of, row_of, told_check
from widgets.audit.keys import AUDIT_KEYS
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, TellingLine, follow_text_size, label
from widgets.common.page_keys import bind
from widgets.common.text_table import TextTable
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of

ROWS_A_PAGE = 200
FIELD_PX = 36
FIELDS = (N_("Who"), N_("Act"), N_("Camera"), N_("Case"), N_("Words in it"), N_("From day"), N_("To day"))


class AuditPage(QWidget):
    """Filters, table and one line of outcome. Lives in the GUI thread; reading and checking happen off it.

    Args:
        folder: where exported registers are put.

    Signals:
        left: ``Esc`` in the table.
    """

    left = Signal()

    def __init__(
        self,
        actor: Actor,
        audit: AuditDesk,
        desk: Desk,
        teller: Teller,
        clock: Clock,
        zone: ZoneInfo,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actor, self._audit, self._desk, self._teller, self._clock = actor, audit, desk, teller, clock
        self._zone, self._folder = zone, folder
        self._rows: tuple[RegisterRow, ...] = ()
        self._query = AuditQuery()
        self._has_older = self._is_busy = self._is_read = False
        self._told: Told | None = None
        self._title = label("strong", "t1", strong=True)
        self._names = [label("small", "t2") for _ in FIELDS]
        self.who, self.camera, self.case, self.text = (QLineEdit(self) for _ in range(4))
        self.begins, self.ends = QLineEdit(self), QLineEdit(self)
        self.act = QComboBox(self)
        self.act.addItem("", "")
        for verb in ACT_WORDS:
            self.act.addItem("", verb)
        self.reason = QLineEdit(self)
        self._reason_name = label("small", "t2")
        self.buttons = {key: KeyButton(key, self, height=44) for key in ("Enter", "O", "V", "S")}
        self.buttons["Enter"].make_main(True)
        self.table = TextTable(REASON_COLUMN, self)
        self.line = TellingLine(self)
        self._empty = label("body", "t2", wrap=True)
        self._empty.setContentsMargins(16, 12, 16, 12)
        self._lay_out()
        for field in self._edits():
            field.returnPressed.connect(self.search)
        self.reason.returnPressed.connect(self._export)
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)
        self._shortcuts = bind(self, AUDIT_KEYS, self.press)
        self.setFocusProxy(self.table)
        self.retranslate()

    def _edits(self) -> tuple[QLineEdit, ...]:
        return self.who, self.camera, self.case, self.text, self.begins, self.ends

    def _lay_out(self) -> None:
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        parts = (self.who, self.act, self.camera, self.case, self.text, self.begins, self.ends)
        for at, (name, part) in enumerate(zip(self._names, parts, strict=True)):
            part.setFixedHeight(FIELD_PX)
            name.setBuddy(part)
            grid.addWidget(name, 0, at)
            grid.addWidget(part, 1, at)
        self.reason.setFixedHeight(FIELD_PX)
        self._reason_name.setBuddy(self.reason)
        for at, button in enumerate(self.buttons.values()):
            grid.addWidget(button, 2, at)
        grid.addWidget(self._reason_name, 2, 4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.reason, 2, 5, 1, 2)
        column.addLayout(grid)
        column.addWidget(self.line)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(panel)

    # ---- what the window may say -----------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Do what a key of ``AUDIT_KEYS`` says."""
        if key == "/":
            self.who.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif key == "Enter":
            self._export() if self.reason.hasFocus() else self.search()
        elif key == "O":
            self._read_older()
        elif key == "V":
            self._verify()
        elif key == "S":
            self._export()
        elif key == "Esc" and self.table.hasFocus():
            self.left.emit()
        elif key == "Esc":
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def search(self) -> None:
        """Look for what is written now, newest first."""
        try:
            query = query_of(
                self.who.text(),
                str(self.act.currentData()),
                self.camera.text(),
                self.case.text(),
                self.text.text(),
                (self.begins.text(), self.ends.text()),
                self._zone,
            )
        except DomainError as fault:
            self._tell(Told(fault.sentence, fault.values, True))
            return
        if not self._begin(Told(N_("Reading the trail…"))):
            return

        def came(rows: Sequence[RegisterRow]) -> None:
            self._query = query
            self._show(tuple(rows), has_older=len(rows) == ROWS_A_PAGE)

        self._desk.ask(lambda: self._audit.search(self._actor, query, None, ROWS_A_PAGE), came, self._refused)

    def retranslate(self) -> None:
        """Say everything again; what was written stays."""
        follow_text_size(self)
        say = self._teller.say
        self._title.setText(say(Told(N_("Audit"))))
        parts = (self.who, self.act, self.camera, self.case, self.text, self.begins, self.ends)
        for name, part, sentence in zip(self._names, parts, FIELDS, strict=True):
            name.setText(say(Told(sentence)))
            part.setAccessibleName(name.text())
        self.act.setItemText(0, say(Told(N_("any act"))))
        for at, words in enumerate(ACT_WORDS.values(), 1):
            self.act.setItemText(at, say(Told(words)))
        for field in (self.begins, self.ends):
            field.setPlaceholderText(self._teller.day(self._clock.now()))
        self._reason_name.setText(say(Told(N_("Reason for the export"))))
        self.reason.setAccessibleName(self._reason_name.text())
        names = (N_("Look for it"), N_("Older lines"), N_("Check the trail"), N_("Export"))
        for button, sentence in zip(self.buttons.values(), names, strict=True):
            button.say(say(Told(sentence)))
        self.table.setAccessibleName(self._title.text())
        self._show_rows()
        self._tell(self._told)

    # ---- orders and answers ----------------------------------------------------------------------------------

    def _read_older(self) -> None:
        if not self._rows or not self._has_older or not self._begin(Told(N_("Reading the trail…"))):
            return
        query, last = self._query, self._rows[-1].line.position

        def came(rows: Sequence[RegisterRow]) -> None:
            self._show((*self._rows, *rows), has_older=len(rows) == ROWS_A_PAGE)

        self._desk.ask(lambda: self._audit.search(self._actor, query, last, ROWS_A_PAGE), came, self._refused)

    def _verify(self) -> None:
        def came(check: ChainCheck) -> None:
            self._is_busy = False
            self._tell(told_check(check))

        if self._begin(Told(N_("Checking every line…"))):
            self._desk.ask(lambda: self._audit.verify(self._actor), came, self._refused)

    def _export(self) -> None:
        reason = self.reason.text().strip()
        if not reason:
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._tell(Told(N_("Write the reason for the export, then Enter."), {}, True))
            return
        stamp = self._teller.day(self._clock.now()) + self._teller.clock(self._clock.now()).replace(":", "")
        path, query = self._folder / f"audit-{stamp}.csv", self._query

        def work() -> int:
            self._folder.mkdir(parents=True, exist_ok=True)
            return self._audit.export(self._actor, query, path, reason)

        def came(lines: int) -> None:
            self._is_busy = False
            self.reason.clear()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell(Told(N_("{lines} lines written to {file}, signed."), {"lines": lines, "file": str(path)}))

        if self._begin(Told(N_("Writing the register…"))):
            self._desk.ask(work, came, self._refused)

    def _begin(self, told: Told) -> bool:
        if self._is_busy:
            return False
        self._is_busy = True
        self._tell(told)
        return True

    def _refused(self, refusal: Refusal) -> None:
        self._is_busy = False
        self._tell(told_of(refusal))

    # ---- showing ---------------------------------------------------------------------------------------------

    def _show(self, rows: tuple[RegisterRow, ...], *, has_older: bool) -> None:
        self._is_busy, self._is_read = False, True
        self._rows, self._has_older = rows, has_older
        self._show_rows()
        more = N_("{count} lines, and older ones (O).") if has_older else N_("{count} lines.")
        self._tell(Told(more, {"count": len(rows)}))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self) -> None:
        heads = [self._teller.say(Told(head)) for head in HEADS]
        self.table.show_rows(heads, [row_of(row, self._teller) for row in self._rows])
        self._empty.setVisible(self._is_read and not self._rows)
        self._empty.setText(self._teller.say(Told(N_("No line fits. Take a word away, or look at other days."))))
        self.buttons["O"].setEnabled(self._has_older)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.press(button.key)

    def _tell(self, told: Told | None) -> None:
        self._told = told
        self.line.tell(
            self._teller.say(told) if told is not None else "", is_refusal=told is not None and told.is_refusal
        )

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_read:
            self.search()
