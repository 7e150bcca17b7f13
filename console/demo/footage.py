"""The demo's footage: real clips cut into views and encoded once, each as main and sub stream."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av import VideoFrame

_log = logging.getLogger(__name__)

CAMPUS, BIKES = "campus-pedestrians.avi", "street-bikes.mp4"
RECIPE = "6"  # counts the ways of preparing; another one prepares anew
MAIN_CRF, SUB_CRF = "18", "23"  # the parked van must stay as visible as in the original (models/README)
SUB_LINES = 240
LONGEST_S = 80.0

# The van's place with its shadow in the 768×576 picture, and its outline in it (drawn by hand on the clip's first
# picture). What is inside is painted over with what is around it. Labelled as made.
VAN = (646, 38, 732, 108)
VAN_OUTLINE = (
    (656, 44), (680, 42), (712, 42), (716, 51), (726, 63), (728, 88), (722, 97), (708, 103), (690, 104),
    (656, 101), (649, 95), (649, 64), (653, 48),
)  # fmt: skip
SOFT_EDGE_PX = 2
# Behind it the wall meets the paving along a line that rises to the right, as rows of the van's place.
WALL_ENDS_LEFT, WALL_ENDS_RIGHT = 54, 29
MADE_MARK = "after-clip: the van is painted over, made for the demo"

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A camera of the demo: which part of which clip it shows, and where in the clip it begins.

    ``part`` is ``x, y, width, height`` in pixels of the clip; ``None`` is the whole picture.
    """

    number: str
    clip: str
    part: tuple[int, int, int, int] | None = None
    begins_s: float = 0.0


VIEWS = (
    View(number="01", clip=CAMPUS),
    View(number="02", clip=CAMPUS, part=(0, 0, 480, 360), begins_s=11.0),
    View(number="03", clip=CAMPUS, part=(144, 216, 480, 360), begins_s=23.0),
    View(number="04", clip=CAMPUS, part=(288, 0, 480, 360), begins_s=31.0),
    View(number="05", clip=BIKES),
    View(number="06", clip=BIKES, part=(0, 0, 480, 272), begins_s=5.0),
    View(number="07", clip=CAMPUS, part=(0, 216, 480, 360), begins_s=43.0),
    View(number="08", clip=CAMPUS, part=(288, 216, 480, 360), begins_s=55.0),
    View(number="09", clip=CAMPUS, part=(96, 96, 480, 360), begins_s=67.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The files of one camera. ``after`` files exist for camera 01 only."""

    number: str
    main: Path
    sub: Path
    begins_s: float
    main_after: Path | None = None
    sub_after: Path | None = None


def prepare(assets: Path, folder: Path, say: Callable[[str], None]) -> list[Prepared]:
    """Return the files of all cameras, encoding those that are not there yet.

    Args:
        assets: holds the two clips. folder: keeps what was prepared; may be deleted at any time.
        say: told a line for each file that has to be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for view in VIEWS:
        source = assets / view.clip
        stem = f"{_mark_of(source, view)}-{view.number}"
        is_watched = view.number == "01"
        wanted = {
            kind: folder / f"{stem}-{kind}.mp4"
            for kind in (("main", "sub", "main-after", "sub-after") if is_watched else ("main", "sub"))
        }
        if not all(path.exists() for path in wanted.values()):
            say(f"preparing camera {view.number}")
            _encode(source, view, wanted)
        made.append(
            Prepared(
                number=view.number,
                main=wanted["main"],
                sub=wanted["sub"],
                begins_s=view.begins_s,
                main_after=wanted.get("main-after"),
                sub_after=wanted.get("sub-after"),
            )
        )
    return made


def prepare_own(files: list[Path], folder: Path, say: Callable[[str], None]) -> list[Prepared]:
    """Return a person's own clips as cameras, numbered from 01."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for position, source in enumerate(files, start=1):
        view = View(number=f"{position:02d}", clip=source.name)
        stem = f"{_mark_of(source, view)}-own"
        wanted = {kind: folder / f"{stem}-{kind}.mp4" for kind in ("main", "sub")}
        if not all(path.exists() for path in wanted.values()):
            say(f"preparing {source.name}")
            _encode(source, view, wanted)
        made.append(Prepared(number=view.number, main=wanted["main"], sub=wanted["sub"], begins_s=0.0))
    return made


def _mark_of(source: Path, view: View) -> str:
    """Return a name that changes with the clip, the view and the recipe."""
    status = source.stat()
    facts = json.dumps([RECIPE, source.name, status.st_size, view.part])
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def _encode(source: Path, view: View, wanted: dict[str, Path]) -> None:
    """Decode the clip once and encode all files of a view beside each other."""
    with av.open(str(source)) as clip:
        stream = clip.streams.video[0]
        rate = Fraction(stream.average_rate or 25).limit_denominator(1000)
        first = next(_pictures(source, view))
        height, width = first.shape[:2]
    encoders = {}
    for kind, path in wanted.items():
        is_main = kind.startswith("main")
        scale = 1.0 if is_main else min(1.0, SUB_LINES / height)
        size = (int(width * scale) // 2 * 2, int(height * scale) // 2 * 2)
        crf = MAIN_CRF if is_main else SUB_CRF
        # Only the watched camera's picture is worth an encoder's effort.
        preset = "veryfast" if view.number == "01" else "ultrafast"
        encoders[kind] = _Encoder(path, rate, size, crf, preset, is_made="after" in kind)
    without_van = _VanPainter() if any("after" in kind for kind in wanted) else None
    for number, picture in enumerate(_pictures(source, view)):
        if number >= LONGEST_S * rate:
            break
        after = without_van.paint(picture) if without_van is not None else picture
        for kind, encoder in encoders.items():
            encoder.add(after if "after" in kind else picture)
    for encoder in encoders.values():
        encoder.finish()


def _pictures(source: Path, view: View) -> Iterator[Picture]:
    """Give the pictures of a view, RGB ``(height, width, 3)`` uint8."""
    with av.open(str(source)) as clip:
        for frame in clip.decode(video=0):
            picture = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
            if view.part is not None:
                x, y, width, height = view.part
                picture = np.ascontiguousarray(picture[y : y + height, x : x + width])
            yield picture


class _Encoder:
    """One H.264 file: a key frame a second, no B-frames, the same settings for before and after."""

    def __init__(
        self, path: Path, rate: Fraction, size: tuple[int, int], crf: str, preset: str, *, is_made: bool
    ) -> None:
        self._path = path
        # Two demos may prepare the same folder at once; the one that ends last replaces like with like.
        self._draft = path.with_suffix(f".{os.getpid()}.draft")
        self._size = size
        self._container = av.open(str(self._draft), "w", format="mp4")
        if is_made:
            self._container.metadata["comment"] = MADE_MARK
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.gop_size = max(1, round(rate))
        self._stream.codec_context.max_b_frames = 0
        self._stream.options = {
            "preset": preset,
            "crf": crf,
            "profile": "main",
            "x264-params": "scenecut=0:repeat-headers=1:threads=2",
        }
        self._count = 0

    def add(self, picture: Picture) -> None:
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = self._count
        self._count += 1
        small = frame.reformat(width=self._size[0], height=self._size[1], format="yuv420p")
        self._container.mux(self._stream.encode(small))

    def finish(self) -> None:
        self._container.mux(self._stream.encode())
        self._container.close()
        self._draft.replace(self._path)


class _VanPainter:
    """Takes the parked van out of the picture: its pixels become the paving and wall beside it.

    Whoever walks before the van differs from the van's own still picture and stays.
    """

    def __init__(self) -> None:
        self._still: Picture | None = None
        self._fill: Picture | None = None
        self._outline = _outline()

    def paint(self, picture: Picture) -> Picture:
        left, top, right, bottom = VAN
        part = picture[top:bottom, left:right]
        if self._still is None or self._fill is None:
            self._still = part.copy()
            self._fill = _paving(picture)
        moved = np.abs(part.astype(np.int16) - self._still.astype(np.int16)).max(axis=2) > 60
        moved = _spread(moved)
        painted = picture.copy()
        share = np.where(moved, 0.0, self._outline)[:, :, None]
        painted[top:bottom, left:right] = np.rint(self._fill * share + part * (1.0 - share)).astype(np.uint8)
        return painted


def _outline() -> npt.NDArray[np.float64]:
    """Return how much of each pixel of the van's place belongs to the van, 0 to 1, soft at its edge."""
    left, top, right, bottom = VAN
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(VAN_OUTLINE, VAN_OUTLINE[1:] + VAN_OUTLINE[:1], strict=True):
        crosses = (y0 > y) != (y1 > y)
        at_x = x0 + (y - y0) * (x1 - x0) / ((y1 - y0) or 1)
        inside ^= crosses & (x < at_x)
    wide = _spread(inside).astype(float)
    for axis in (0, 1):
        shifted = [np.roll(wide, step, axis) for step in range(-SOFT_EDGE_PX, SOFT_EDGE_PX + 1)]
        wide = np.mean(shifted, axis=0)
    return np.asarray(wide, np.float64)


def _spread(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Grow a mask by two pixels each way, after dropping single ones."""
    grown = mask.copy()
    for step in (1, 2):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
        grown[:, step:] |= mask[:, :-step]
        grown[:, :-step] |= mask[:, step:]
    return grown


def _paving(picture: Picture) -> Picture:
    """Return what may have stood behind the van: the wall goes on downwards, the paving upwards, column by column."""
    left, top, right, bottom = VAN
    height, width = bottom - top, right - left
    wall = _smooth(picture[top - 8 : top, left:right].mean(axis=0))
    ground = _smooth(picture[bottom : bottom + 4, left:right].mean(axis=0))
    ends = np.linspace(WALL_ENDS_LEFT, WALL_ENDS_RIGHT, width)
    depth = np.arange(height)[:, None]
    share = np.clip((depth - ends[None, :]) / 3.0, 0.0, 1.0)[:, :, None]
    filled = wall[None] * (1 - share) + ground[None] * share
    filled += np.random.default_rng(7).normal(0.0, 2.0, (height, width, 1))
    return np.clip(filled, 0, 255).astype(np.uint8)


def _smooth(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a row of colours without its hard edges: windows of the wall must not run down as stripes."""
    padded = np.pad(colours, ((12, 12), (0, 0)), mode="edge")
    kernel = np.ones(25) / 25
    return np.stack([np.convolve(padded[:, channel], kernel, "valid") for channel in range(3)], axis=1)
