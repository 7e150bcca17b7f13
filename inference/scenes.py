"""Labelled scenes made of real cut-outs over real backgrounds, the same for the same seed.

For what the labelled clips do not show: rules that rarely have their day, and weather and light at will. A cut-out
keeps its pose while it moves, and its edge is feathered, so a scene is easier in some ways and harder in others than a
street: figures on scenes are told apart from those on clips.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inference.errors import ClipUnreadable
from inference.frames import Pixels
from inference.geometry import Box, Point
from inference.painted import PAINTED, ROWS
from inference.scoring import BAY_STAYS, Truth, TruthEvent, TruthZone
from inference.weather import Weather

FPS = 5.0
"""Pictures a second of media time: one for each look, as scenes are only looked at."""
_BACKGROUND_OF = 41
"""Pictures a background is the median of: an odd number, so that each value is one that was seen."""
_DIFFERENT = 22
"""Grey levels, in any colour, from which a pixel belongs to the cut-out (judgement; median noise is about 4)."""
_FEATHER_PX = 1.2
_LATE_S = 10.0
"""An alarm up to so much after it is due is right: as in the labelled clips."""
_EARLY_S = 2.0
_BESIDE_S = 3.0
"""The begin or the end of a stay so far from the truth is right (judgement)."""
PAINTED_SIZE = (768, 576)
"""Of a painted background, columns and rows."""
_SHIFT = 0.01
"""Its actors go up to so far beside their path, in fractions of the picture."""

Floats = npt.NDArray[np.float32]
Step = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One cut-out and its way; ``tall`` is its height at the first step, 0 for as it was seen."""

    crop: str
    path: tuple[Step, ...]
    tall: float

    def at(self, media_time_s: float) -> Point | None:
        """Return where it touches the ground; ``None`` while it is not there."""
        times = [time_s for time_s, _, _ in self.path]
        if not times[0] <= media_time_s <= times[-1]:
            return None
        x = np.interp(media_time_s, times, [x for _, x, _ in self.path])
        y = np.interp(media_time_s, times, [y for _, _, y in self.path])
        return float(x), float(y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is to be seen, and what is true of it.

    ``stays`` in parking bays: the bay, when its vehicle stands there and when it drives off; one that stays drives off
    after the scene's end.
    """

    name: str
    background: str
    zone: TruthZone
    length_s: float
    due_s: tuple[float, ...]
    toward: str
    weathers: tuple[Weather, ...]
    actors: tuple[Actor, ...]
    stays: tuple[tuple[int, float, float], ...] = ()

    def truth(self) -> Truth:
        """Return what a rule should make of it, in time as it is written."""
        events = tuple(
            TruthEvent(
                kind=self.zone.kind,
                zone=self.zone.name,
                due_s=due_s,
                earliest_s=due_s - _EARLY_S,
                latest_s=due_s + _LATE_S,
                toward=self.toward,
            )
            for due_s in self.due_s
        )
        if self.zone.kind != "bays":
            return Truth(clip=self.name, fps=FPS, zones=(self.zone,), events=events, ignored=())
        comings = tuple(
            TruthEvent(
                kind=BAY_STAYS,
                zone=self.zone.name,
                due_s=at_s,
                earliest_s=at_s - _BESIDE_S,
                latest_s=at_s + _BESIDE_S,
                toward=f"{change} {bay}",
            )
            for bay, came_s, went_s in self.stays
            for change, at_s in (("entered", came_s), ("left", went_s))
            if at_s < self.length_s
        )
        stays = replace(self.zone, kind=BAY_STAYS)
        return Truth(clip=self.name, fps=FPS, zones=(self.zone, stays), events=(*events, *comings), ignored=())


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a background comes from: a clip, or what is painted by this name."""

    clip: str
    painted: str
    horizon: float


@dataclass(frozen=True, slots=True)
class _Place:
    background: str
    frame: int
    box: Box
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All scenes, and where their backgrounds and cut-outs come from."""

    scenes: tuple[Scene, ...]
    sources: Mapping[str, _Source]
    places: Mapping[str, tuple[_Place, ...]]


@dataclass(frozen=True, slots=True)
class _Cutout:
    pixels: Floats
    alpha: Floats
    foot_y: float
    horizon: float
    height: float


@dataclass(slots=True)
class Studio:
    """Renders scenes from the clips of a folder. Used by one thread; keeps what it has cut out.

    Attributes:
        script: the scenes.
        folder: of the clips.
    """

    script: Script
    folder: Path
    _backgrounds: dict[str, Pixels] = field(default_factory=dict)
    _cutouts: dict[_Place, _Cutout] = field(default_factory=dict)

    def play(self, scene: Scene, variant: int, seed: int) -> Iterator[tuple[float, Pixels]]:
        """Yield media time, as the scene is written, and picture: ``(height, width, 3)`` uint8 BGR.

        Args:
            scene: one of the script's.
            variant: its weather is the one of this number; its cut-outs and small shifts follow it and the seed.
            seed: the same gives the same pictures.

        Raises:
            ClipUnreadable: a clip it is cut from is not there or too short.
        """
        chance = np.random.default_rng([seed, variant, *scene.name.encode()])
        behind = self._background(scene.background)
        horizon = self.script.sources[scene.background].horizon
        cast = [
            (actor, self._pick(actor.crop, chance, behind.shape[0]), chance.uniform(-_SHIFT, _SHIFT))
            for actor in scene.actors
        ]
        weather = scene.weathers[variant % len(scene.weathers)]
        late_s = float(chance.uniform(0.0, 1 / FPS))
        for number in range(round(scene.length_s * FPS)):
            media_time_s = number / FPS + late_s
            picture = behind.astype(np.float32)
            there = [(place, *who) for who in cast if (place := who[0].at(media_time_s)) is not None]
            for (x, y), actor, cutout, beside in sorted(there, key=lambda row: row[0][1]):
                _paste(picture, cutout, (x + beside, y), _scale(actor, cutout, horizon, y))
            yield media_time_s, weather.over(picture, media_time_s / scene.length_s, chance)

    def _pick(self, crop: str, chance: np.random.Generator, rows: int) -> _Cutout:
        if crop in PAINTED:
            return _Cutout(*PAINTED[crop](chance), 1.0, 0.0, ROWS / rows)
        places = self.script.places[crop]
        place = places[int(chance.integers(len(places)))]
        if place not in self._cutouts:
            self._cutouts[place] = self._cut(place)
        return self._cutouts[place]

    def _cut(self, place: _Place) -> _Cutout:
        source, behind = self.script.sources[place.background], self._background(place.background)
        picture = _pictures(self.folder / source.clip, [place.frame])[0]
        rows, columns = picture.shape[:2]
        x0, y0, x1, y1 = (round(part * whole) for part, whole in zip(place.box, (columns, rows) * 2, strict=True))
        seen = picture[y0:y1, x0:x1].astype(np.float32)
        # What stands there all day is in the background too: it differs from what is around it.
        empty = _border_of(seen) if place.stands else behind[y0:y1, x0:x1].astype(np.float32)
        mask = (np.abs(seen - empty).max(axis=2) > _DIFFERENT).astype(np.uint8)
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)
        alpha = np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _FEATHER_PX), np.float32)
        return _Cutout(seen, alpha, place.box[3], source.horizon, place.box[3] - place.box[1])

    def _background(self, name: str) -> Pixels:
        if (painted := self.script.sources[name].painted) and name not in self._backgrounds:
            pixels, _ = PAINTED[painted](np.random.default_rng(0))
            whole = cv2.resize(pixels, PAINTED_SIZE, interpolation=cv2.INTER_CUBIC)
            self._backgrounds[name] = np.clip(whole, 0, 255).astype(np.uint8)
        if name not in self._backgrounds:
            path = self.folder / self.script.sources[name].clip
            count = _count(path)
            picked = np.linspace(0, count - 1, _BACKGROUND_OF).round().astype(int).tolist()
            self._backgrounds[name] = np.median(_pictures(path, picked), axis=0).astype(np.uint8)
        return self._backgrounds[name]


def read_scenes(path: Path) -> Script:
    """Read the scenes.

    Raises:
        OSError: there is no such file.
        ValueError: it is not a file of scenes.
    """
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Script(
            scenes=tuple(_scene(row) for row in found["scene"]),
            sources={
                row["name"]: _Source(row.get("clip", ""), row.get("painted", ""), float(row["horizon"]))
                for row in found["background"]
            },
            places={
                name: tuple(
                    _Place(row["background"], frame, (x0, y0, x1, y1), bool(row.get("stands")))
                    for frame, (x0, y0, x1, y1) in zip(row["frames"], row["boxes"], strict=True)
                )
                for row in found["crop"]
                for name in row["names"]
            },
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise ValueError(f"{path.name} is not a file of scenes: {cause}") from cause


def _scene(row: Mapping[str, Any]) -> Scene:
    zone = row["zone"]
    allowed_x, allowed_y = zone.get("allowed", (0.0, 0.0))
    return Scene(
        name=row["name"],
        background=row["background"],
        zone=TruthZone(
            name=row["name"],
            kind=zone["kind"],
            polygon=tuple((float(x), float(y)) for x, y in zone["polygon"]),
            objects=frozenset(zone.get("objects", ())),
            dwell_s=float(zone.get("dwell_s", 0.0)),
            labelled=((0.0, float(row["length_s"])),),
            min_count=int(zone.get("min_count", 0)),
            hold_s=float(zone.get("hold_s", 0.0)),
            allowed=(float(allowed_x), float(allowed_y)),
            bays=_outlines(zone.get("bays", ())),
            exempt=_outlines(zone.get("exempt", ())),
            least_area=float(zone.get("least_area", 0.0)),
        ),
        length_s=float(row["length_s"]),
        due_s=tuple(float(due_s) for due_s in row.get("due_s", ())),
        toward=row.get("toward", ""),
        stays=tuple((int(bay), float(came_s), float(went_s)) for bay, came_s, went_s in row.get("stays", ())),
        weathers=tuple(Weather(name) for name in row["weathers"]),
        actors=tuple(
            Actor(
                crop=actor["crop"],
                path=tuple((float(time_s), float(x), float(y)) for time_s, x, y in actor["path"]),
                tall=float(actor.get("tall", 0.0)),
            )
            for actor in row["actors"]
        ),
    )


def _outlines(rows: Iterable[Any]) -> tuple[tuple[Point, ...], ...]:
    return tuple(tuple((float(x), float(y)) for x, y in row) for row in rows)


def _border_of(seen: Floats) -> Floats:
    """Return the median colour of the outermost pixels."""
    rim = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    return np.asarray(np.median(rim, axis=0), np.float32)


def _scale(actor: Actor, cutout: _Cutout, horizon: float, y: float) -> float:
    """Return how much larger than it was seen a cut-out is at this height of the picture."""
    if actor.tall:
        first_y = actor.path[0][2]
        return actor.tall / cutout.height * (y - horizon) / (first_y - horizon)
    return (y - cutout.horizon) / (cutout.foot_y - cutout.horizon)


def _paste(picture: Floats, cutout: _Cutout, foot: Point, scale: float) -> None:
    rows, columns = picture.shape[:2]
    high, wide = (max(2, round(side * scale)) for side in cutout.alpha.shape)
    left, top = round(foot[0] * columns - wide / 2), round(foot[1] * rows - high)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(columns, left + wide), min(rows, top + high)
    if x0 >= x1 or y0 >= y1:
        return
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels = np.asarray(cv2.resize(cutout.pixels, (wide, high), interpolation=way), np.float32)
    alpha = np.asarray(cv2.resize(cutout.alpha, (wide, high), interpolation=way), np.float32)
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    share = alpha[inside][:, :, None]
    picture[y0:y1, x0:x1] = share * pixels[inside] + (1 - share) * picture[y0:y1, x0:x1]


def _count(path: Path) -> int:
    clip = cv2.VideoCapture(str(path))
    try:
        return max(1, int(clip.get(cv2.CAP_PROP_FRAME_COUNT)))
    finally:
        clip.release()


def _pictures(path: Path, wanted: list[int]) -> list[Pixels]:
    """Return these pictures of a clip, read from its beginning: seeking is inexact in some containers."""
    found: list[Pixels] = []
    clip = cv2.VideoCapture(str(path))
    try:
        for number in range(max(wanted) + 1):
            is_read, picture = clip.read()
            if not is_read:
                break
            if number in wanted:
                found.append(np.asarray(picture, np.uint8))
    finally:
        clip.release()
    if len(found) < len(set(wanted)) * 0.9:  # decoders differ in a clip's last pictures
        raise ClipUnreadable(path.name, len(found), len(wanted))
    return found
