"""The list of files from which a table, or a clip, is chosen: a window of its own that nothing waits for."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from console.words import N_
from widgets.state.telling import Teller, Told

PATTERNS = ("*.csv", "*.xlsx")


class FileChooser(QFileDialog):
    """Opens when somebody asks for it and never by itself; a name that is not there yet may be typed. GUI thread."""

    def __init__(
        self,
        teller: Teller,
        parent: QWidget,
        *,
        title: str = N_("Choose a table"),
        kind: str = N_("Tables"),
        patterns: Sequence[str] = PATTERNS,
    ) -> None:
        super().__init__(parent)
        self._teller = teller
        self._title, self._kind, self._patterns = title, kind, tuple(patterns)
        self.setOption(QFileDialog.Option.DontUseNativeDialog)  # the house's own colours and words, on every desktop
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setFilter(QDir.Filter.AllDirs | QDir.Filter.Files | QDir.Filter.NoDotAndDotDot)
        self.setModal(False)
        self.retranslate()

    def ask(self, path: str) -> None:
        """Show the files beside the one that is named, else those of the person."""
        folder = Path(path).expanduser().parent if path else Path.home()
        self.setDirectory(str(folder if folder.is_dir() else Path.home()))
        self.show()
        self.raise_()
        self.activateWindow()

    def retranslate(self) -> None:
        say = self._teller.say
        self.setWindowTitle(say(Told(self._title)))
        self.setNameFilter(f"{say(Told(self._kind))} ({' '.join(self._patterns)})")
        for part, sentence in (
            (QFileDialog.DialogLabel.Accept, N_("Choose")),
            (QFileDialog.DialogLabel.Reject, N_("Cancel")),
            (QFileDialog.DialogLabel.FileName, N_("File name")),
            (QFileDialog.DialogLabel.FileType, N_("Kind")),
            (QFileDialog.DialogLabel.LookIn, N_("Folder")),
        ):
            self.setLabelText(part, say(Told(sentence)))
