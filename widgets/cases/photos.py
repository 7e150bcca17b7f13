"""What the unit answered: its words and its photos, in a row under the pictures."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.application.read_models import CasePage
from console.domain.cases import Act
from console.domain.evidence import EvidenceKind
from console.words import N_
from widgets.common.lettering import Ground, label
from widgets.evidence.picture import EvidencePicture
from widgets.evidence.stills import Stills
from widgets.state.telling import Teller, Told

PHOTO = QSize(640, 360)
SHOWN = 2
ROW_PX, COMPACT_PX = 216, 88


class Photos(QWidget):
    """The newest photos of the unit and its newest words. Compact: the words only, with the count of photos."""

    def __init__(self, teller: Teller, stills: Stills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._teller, self._stills = teller, stills
        self._is_compact = False
        self._count = 0
        self._title = label("strong", "t1", strong=True)
        self._pictures = [EvidencePicture(self) for _ in range(SHOWN)]
        self._ground = Ground("g3", self)
        self._says = label("small", "t3")
        self._words = label("strong", "t1", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        inner = QVBoxLayout(self._ground)
        inner.setContentsMargins(16, 8, 16, 8)
        inner.addWidget(self._says)
        inner.addWidget(self._words, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        for picture in self._pictures:
            row.addWidget(picture, 1)
        row.addWidget(self._ground, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addLayout(row, 1)

    def set_compact(self, *, is_compact: bool) -> None:
        self._is_compact = is_compact
        self._arrange()

    @property
    def words(self) -> str:
        """The unit's words shown now."""
        return self._words.text()

    def show_page(self, page: CasePage) -> None:
        say = self._teller.say
        photos = [item for item in page.evidence if item.kind is EvidenceKind.PHOTO]
        answers = [step for step in page.case.steps if step.act in (Act.ANSWERED, Act.RETURNED)]
        self._count = len(photos)
        self._title.setText(say(Told(N_("Answer of the unit • photos: {count}"), {"count": len(photos)})))
        for picture, item in zip(self._pictures, photos[-SHOWN:], strict=False):
            picture.show_still(self._stills.picture(item.path, PHOTO))
            picture.show_words(say(Told(N_("The photo cannot be read."))))
            picture.show_caption(self._teller.clock(item.begins_at))
        self._says.setText(say(Told(N_("What the unit says"))))
        self._words.setText(str(answers[-1].facts.get("text", "")) if answers else say(Told(N_("No answer yet."))))
        self._arrange()

    def _arrange(self) -> None:
        self._title.setVisible(not self._is_compact)
        for at, picture in enumerate(self._pictures):
            picture.setVisible(at < self._count and (not self._is_compact or at == 0))
        self.setFixedHeight(COMPACT_PX if self._is_compact else ROW_PX)
