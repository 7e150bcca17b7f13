"""The page of settings: language, text size, one's own password, and what this program is and stands on."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from console.words import CHINESE, ENGLISH, N_
from widgets.common import theme
from widgets.common.facts import Facts
from widgets.common.key_button import KeyButton
from widgets.common.lettering import Panel, dress, label, rule_line
from widgets.common.page_keys import bind
from widgets.settings.keys import SETTINGS_KEYS
from widgets.settings.own_password import OwnPassword
from widgets.state.telling import Teller

WIDEST_PX = 880
# Each language is named in itself, so that it is found by those who cannot read the other.
LANGUAGE_NAMES = ((CHINESE, "中文"), (ENGLISH, "English"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutFacts:
    """What the program says of itself.

    Attributes:
        version: of the program. licences: the text of THIRD_PARTY.md. rows: names (sentences of the catalogue) and
            values, for example where the records are kept.
    """

    version: str
    licences: str
    rows: tuple[tuple[str, str], ...] = ()


class SettingsPage(QWidget):
    """Shows and asks; whoever wires it changes the language and the type, and keeps them. GUI thread.

    Signals:
        language_wanted: ``zh_CN`` or ``en``. text_size_wanted: 100, 115 or 130 per cent. left: ``Esc``.
    """

    language_wanted = Signal(str)
    text_size_wanted = Signal(int)
    left = Signal()

    def __init__(
        self,
        teller: Teller,
        about: AboutFacts,
        parent: QWidget | None = None,
        *,
        text_size: int = 100,
        own: OwnPassword | None = None,
    ) -> None:
        """Args:
        own: changes the password of who sits here; ``None`` where nobody does.
        """
        super().__init__(parent)
        self._own = own
        self._teller, self._about = teller, about
        self._title = label("title", "t1", strong=True)
        self._heads = [label("strong", "t1", strong=True) for _ in range(4)]
        self._text_size = text_size
        self.languages = [KeyButton(key, self, height=36) for key in "12"]
        self.sizes = [KeyButton(key, self, height=36) for key in "345"]
        self._facts = Facts(self)
        self._licences = QTextEdit(self)
        self._licences.setReadOnly(True)
        self._licences.setMarkdown(_without_title(about.licences))
        self._licences.setTabChangesFocus(True)
        self._lay_out()
        for button in (*self.languages, *self.sizes):
            button.clicked.connect(self._clicked)
        self._shortcuts = bind(self, SETTINGS_KEYS, self.press)
        theme.no_input_method(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def _lay_out(self) -> None:
        form = Panel()
        column = QVBoxLayout(form)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        for head, choices in zip(self._heads, (self.languages, self.sizes), strict=False):
            column.addWidget(rule_line())
            column.addWidget(head)
            column.addWidget(_row(choices))
        if self._own is not None:
            column.addWidget(rule_line())
            column.addWidget(self._own)
            self._own.closed.connect(self._take_keys)
        column.addWidget(rule_line())
        column.addWidget(self._heads[2])
        column.addWidget(self._facts)
        column.addWidget(rule_line())
        column.addWidget(self._heads[3])
        column.addWidget(self._licences, 1)
        form.setMaximumWidth(WIDEST_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.addStretch(1)
        row.addWidget(form, 8)
        row.addStretch(1)

    # ---- what the window may say -----------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Do what a key of ``SETTINGS_KEYS`` says."""
        if key == "Esc":
            if self._own is not None and self._own.is_open:
                self._own.press("Esc")
            else:
                self.left.emit()
        elif key == "P":
            if self._own is not None:
                self._own.open()
        elif key in "12":
            self.language_wanted.emit(LANGUAGE_NAMES[int(key) - 1][0])
        elif key in "345":
            self.text_size_wanted.emit(theme.TEXT_SIZES[int(key) - 3])

    def show_text_size(self, per_cent: int) -> None:
        """Mark the size that is in force now."""
        self._text_size = per_cent
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again, in the language and at the text size of now."""
        say = self._teller.words.say
        self._title.setText(say(N_("Settings")))
        heads = (N_("Language"), N_("Text size"), N_("About this program"), N_("What it stands on"))
        for head, sentence in zip(self._heads, heads, strict=True):
            head.setText(say(sentence))
            dress(head, "strong", "t1", strong=True)
        dress(self._title, "title", "t1", strong=True)
        for (code, name), button in zip(LANGUAGE_NAMES, self.languages, strict=True):
            button.say(name)
            button.mark(is_chosen=code == self._teller.words.language)
        for size, button in zip(theme.TEXT_SIZES, self.sizes, strict=True):
            button.say(f"{size} %")
            button.mark(is_chosen=size == self._text_size)
        if self._own is not None:
            self._own.retranslate()
        rows = [(say(N_("Citydesk")), self._about.version)]
        rows += [(say(name), value) for name, value in self._about.rows]
        self._facts.show_rows(rows)
        self._licences.setFont(theme.font("small"))
        self._licences.setAccessibleName(self._heads[3].text())

    @property
    def heads(self) -> tuple[str, ...]:
        """The titles shown now."""
        return (self._title.text(), *(head.text() for head in self._heads))

    # ---- its own slots ---------------------------------------------------------------------------------------

    def _take_keys(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.press(button.key)


def _row(buttons: Sequence[KeyButton]) -> QWidget:
    """Return the choices in a row of their own."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for button in buttons:
        button.setMaximumWidth(200)
        row.addWidget(button, 1)
    row.addStretch(1)
    return made


def _without_title(markdown: str) -> str:
    """Leave the document's own title out: the page has said it."""
    first, _, rest = markdown.partition("\n")
    return rest if first.startswith("# ") else markdown
