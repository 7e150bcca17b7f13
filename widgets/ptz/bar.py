"""The bar of PTZ mode: which camera is turned, how it stands, its keys. It stands where the wall's strip is."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from console.domain.cameras import Camera
from console.words import N_
from widgets.common.icons import IN_BARS_PX, pixmap
from widgets.common.key_hints import KeyHints
from widgets.common.lettering import ElidedLabel, Ground, StateShape, label
from widgets.state.ptz import PtzTold, line_of
from widgets.state.telling import Teller, Told

MOST_PRESETS = 9
LONGEST_PRESET = 8  # letters of a preset's name; the rest is cut, the number calls it


class PtzBar(Ground):
    """Shows and asks nothing. GUI thread."""

    def __init__(self, teller: Teller, camera: Camera, parent: QWidget) -> None:
        super().__init__("g3", parent)
        self._teller, self._camera = teller, camera
        self._told: PtzTold | None = None
        self._refusal: Told | None = None
        self._is_keeping = False
        self._icon = QLabel()
        self._icon.setPixmap(pixmap("ptz", IN_BARS_PX, "t1", self.devicePixelRatioF()))
        self._name = ElidedLabel("strong", "t1", strong=True, middle=True)
        self._stand = label("body", "t2")
        self._fault = StateShape("fault", 16)
        self._failure = ElidedLabel("body", "t1")
        self._hints = KeyHints(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 12, 1)
        row.setSpacing(12)
        for part in (self._icon, self._name, self._stand, self._fault, self._failure):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._hints)
        self.show_told(None)

    def show_told(self, told: PtzTold | None) -> None:
        """Show what the station says of the camera."""
        self._told = told
        self.retranslate()

    def show_keeping(self, *, is_asked: bool) -> None:
        """Show that the next digit keeps this view, or no longer."""
        self._is_keeping = is_asked
        self.retranslate()

    def show_refusal(self, why: Told) -> None:
        """Show why the camera is not turned from here."""
        self._refusal = why
        self.retranslate()

    def retranslate(self) -> None:
        say, line = self._teller.say, line_of(self._told)
        said = self._refusal or line.failure
        self._name.setText(f"{self._camera.number} {self._camera.name}")
        stand = Told(N_("1–9 keeps this view as that preset")) if self._is_keeping else line.stand
        self._stand.setText(say(stand) if self._refusal is None else "")
        failure = say(said) if said is not None else ""
        self._failure.setText(failure)
        self._failure.setToolTip(failure)
        self._fault.show_shape("fault", say(Told(N_("fault"))))
        self._fault.setVisible(bool(failure))
        self._failure.setVisible(bool(failure))
        self.setAccessibleName(f"{self._name.text()} · {self._stand.text()} {failure}".strip())
        self._hints.setVisible(self._refusal is None)
        if self._refusal is None:
            self._show_hints()

    def _show_hints(self) -> None:
        """Show as many keys as there is room for: leaving last to go, then turning."""
        say = self._teller.say
        leave = (("Esc",), say(Told(N_("leave"))))
        hints = [(("←", "→", "↑", "↓"), say(Told(N_("turn")))), (("+", "−"), say(Told(N_("zoom in, out"))))]
        hints.append((("Home",), say(Told(N_("home")))))
        hints.append((("M",), say(Told(N_("keep preset")))))
        presets = self._told.presets[:MOST_PRESETS] if self._told is not None else ()
        hints += [((str(at),), name[:LONGEST_PRESET]) for at, name in enumerate(presets, 1)]
        used = sum(
            part.sizeHint().width() + 12
            for part in (self._icon, self._name, self._stand, self._fault, self._failure)
            if not part.isHidden()
        )
        while hints:
            self._hints.show_hints((*hints, leave))
            if self._hints.natural_width() + 24 <= self.width() - used:
                break
            hints.pop()
        if not hints:
            self._hints.show_hints((leave,))
        self._hints.setFixedWidth(self._hints.natural_width() + 2)
        self._hints.setFixedHeight(max(1, self.height() - 8))

    # ---- Qt's own ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.retranslate()
