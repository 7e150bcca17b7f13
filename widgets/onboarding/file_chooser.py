"""The list of files from which a table is chosen: a window of its own that nothing waits for."""

from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from console.words import N_
from widgets.state.telling import Teller, Told

PATTERNS = ("*.csv", "*.xlsx")


class FileChooser(QFileDialog):
    """Opens when somebody asks for it and never by itself; a name that is not there yet may be typed. GUI thread."""

    def __init__(self, teller: Teller, parent: QWidget) -> None:
        super().__init__(parent)
        self._teller = teller
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
        self.setWindowTitle(say(Told(N_("Choose a table"))))
        self.setNameFilter(f"{say(Told(N_('Tables')))} ({' '.join(PATTERNS)})")
        for part, sentence in (
            (QFileDialog.DialogLabel.Accept, N_("Choose")),
            (QFileDialog.DialogLabel.Reject, N_("Cancel")),
            (QFileDialog.DialogLabel.FileName, N_("File name")),
            (QFileDialog.DialogLabel.FileType, N_("Kind")),
            (QFileDialog.DialogLabel.LookIn, N_("Folder")),
        ):
            self.setLabelText(part, say(Told(sentence)))
