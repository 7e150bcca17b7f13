"""How a place looked when its reference was taken, as a picture a person can compare."""

import logging
from pathlib import Path

import cv2

from inference.frames import Frame

_log = logging.getLogger(__name__)

JPEG_QUALITY = 90
_WIDE = 16 / 9
"""A stretched frame is shown as most cameras see."""


def keep_picture(frame: Frame, path: Path, *, is_stretched: bool = False) -> bool:
    """Write the frame, at the model's size, as JPEG; false where the disk takes none now."""
    across, down = frame.content_px
    picture = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)[:down, :across]
    if is_stretched:
        picture = cv2.resize(picture, (round(down * _WIDE), down))
    is_encoded, raw = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    draft = path.with_suffix(".draft")
    try:
        draft.write_bytes(raw.tobytes() if is_encoded else b"")
        draft.replace(path)
    except OSError as cause:
        _log.warning("no picture of a place's reference is kept: %s", cause.strerror)
        return False
    return is_encoded
