"""Cameras under the mouse: from the directory onto a tile, and from tile to tile."""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget

# What a list of cameras and a tile give out: the camera's id, UTF-8.
CAMERA_MIME = "application/x-citydesk-camera"
CARRIED_PX = 160


@dataclass(frozen=True, slots=True)
class CameraDrop:
    """A camera that was let go over a tile, and the tile it came from, if it came from one."""

    camera_id: str
    source: QWidget | None


def mime_of(camera_id: str) -> QMimeData:
    """Return what a dragged camera carries."""
    made = QMimeData()
    made.setData(CAMERA_MIME, QByteArray(camera_id.encode()))
    return made


def camera_in(mime: QMimeData) -> str:
    """Return the camera that is carried; nothing where it is something else."""
    if not mime.hasFormat(CAMERA_MIME):
        return ""
    return bytes(mime.data(CAMERA_MIME).data()).decode(errors="replace").strip()


def carry(source: QWidget, camera_id: str, look: QPixmap) -> None:
    """Let the mouse carry a camera away from a widget until it is let go.

    Qt gives drag and drop no other form than a call that returns at its end; timers and pictures go on meanwhile.
    """
    drag = QDrag(source)
    drag.setMimeData(mime_of(camera_id))
    if not look.isNull():
        drag.setPixmap(look.scaledToWidth(CARRIED_PX, Qt.TransformationMode.SmoothTransformation))
    drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)
