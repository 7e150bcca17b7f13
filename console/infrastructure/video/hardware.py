"""Decoding on a graphics device where there is one, and by software from the moment it lets a stream down."""

import logging
import sys
from collections.abc import Callable, Sequence

import av
import av.error
from av.codec.hwaccel import HWAccel, hwdevices_available

from console.infrastructure.video.packets import StreamFormat, decoder_by, new_decoder

_log = logging.getLogger(__name__)

OFF, AUTO = "off", "auto"
# Which are tried, in this order, where nothing else is set.
_LIKED = ("d3d11va", "qsv", "cuda") if sys.platform == "win32" else ("vaapi", "qsv", "cuda")
# Intel's decoders are codecs of their own to FFmpeg; the others are helpers of its usual ones.
_OWN_CODECS = {"qsv": {"h264": "h264_qsv", "hevc": "hevc_qsv"}}
_HELPED = ("h264", "hevc")
BAD_IN_A_ROW = 3  # judgement: a damaged packet is the camera's, three are the device's
WITHOUT_PICTURE = 25  # packets; a device that takes a second of them and gives no picture gives none (judgement)

Opening = Callable[[str, StreamFormat], av.VideoCodecContext]


def kinds_of(wanted: str, available: Sequence[str]) -> tuple[str, ...]:
    """Return which devices are tried for a setting, best first: those that FFmpeg here was built with."""
    if wanted == OFF:
        return ()
    return tuple(kind for kind in (_LIKED if wanted == AUTO else (wanted,)) if kind in available)


def opened_on(kind: str, form: StreamFormat) -> av.VideoCodecContext:
    """Return a decoder on a device.

    Raises:
        av.error.FFmpegError, OSError, ValueError: there is no such device, or it does not take this.
    """
    own = _OWN_CODECS.get(kind)
    if own is not None:
        return decoder_by(own[form.codec], form)
    return decoder_by(form.codec, form, HWAccel(kind, allow_software_fallback=False))


def plainly(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a picture as software would give it: devices put both colours into one plane."""
    return frame.reformat(format="yuv420p") if frame.format.name == "nv12" else frame


class Hardware:
    """One stream's choice of decoder. Owned by its stream's thread; ``name`` is read by the worker's main thread."""

    def __init__(self, wanted: str, *, available: Sequence[str] | None = None, opened: Opening = opened_on) -> None:
        """Args:
        wanted: ``auto``, ``off``, or a device of FFmpeg's (``vaapi``, ``qsv``, ``d3d11va``, ``cuda``).
        """
        self._left = list(kinds_of(wanted, hwdevices_available() if available is None else available))
        self._opened = opened
        self.name = ""  # what decodes now; empty: software
        self._bad = self._without = 0

    def new_decoder(self, form: StreamFormat, *, skips_loop_filter: bool = False) -> av.VideoCodecContext:
        """Return a decoder on the first device that takes the stream, else the usual one."""
        self._bad = self._without = 0
        while self._left and form.codec in _HELPED:
            kind = self._left[0]
            try:
                decoder = self._opened(kind, form)
            except (av.error.FFmpegError, OSError, ValueError) as cause:
                _log.info("%s does not decode %s here: %s", kind, form.codec, cause)
                del self._left[0]
                continue
            self.name = kind
            return decoder
        self.name = ""
        return new_decoder(form, skips_loop_filter=skips_loop_filter)

    def holds(self, decoder: av.VideoCodecContext, *, pictures: int, is_bad: bool) -> bool:
        """Note what a packet gave; say no where the stream is to go on with another decoder.

        A device that was lost for a stream is not asked again by it.
        """
        if not self.name:
            return True
        self._bad = self._bad + 1 if is_bad else 0
        self._without = 0 if pictures else self._without + 1
        has_given_up = pictures > 0 and not decoder.is_hwaccel and self.name not in _OWN_CODECS
        if has_given_up:  # FFmpeg went on by software of itself: nothing is lost, only the name is wrong
            _log.info("%s does not take this stream; it is decoded by software", self.name)
            self._left.clear()
            self.name = ""
            return True
        if self._bad < BAD_IN_A_ROW and self._without < WITHOUT_PICTURE:
            return True
        _log.warning("%s let the stream down; it is decoded by software from here on", self.name)
        self._left.clear()
        self.name = ""
        return False
