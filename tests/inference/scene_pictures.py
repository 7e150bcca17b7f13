"""Draws the pictures of docs/evaluation: one of each generated scene, or of chosen moments of some.

``python tests/inference/scene_pictures.py CLIPS OUT.jpg`` draws all scenes, those that must raise their rule in yellow;
with ``--moment LETTER NAME VARIANT SEED SECOND`` (as often as wanted) those moments, larger. Not a test: a person
looks at what comes out.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.frames import Pixels
from inference.scenes import Scene, Studio, read_scenes
from resources.locate import locate

COLUMNS, SIZE, CAPTION_PX = 8, (210, 158), 16
MOMENT_COLUMNS, MOMENT_SIZE = 3, (480, 360)
YELLOW, WHITE, DARK = (40, 200, 250), (220, 220, 220), 24
LATE_S = 1.0
"""A picture is taken so long after the rule is due; of a scene that must raise nothing, in its middle."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is to be drawn, and the words under it."""

    scene: Scene
    variant: int
    seed: int
    at_s: float
    words: str


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--moment", nargs=5, action="append", default=[])
    chosen = parser.parse_args()
    studio = Studio(read_scenes(locate("evaluation/scenes.toml")), chosen.clips)
    named = {scene.name: scene for scene in studio.script.scenes}
    if chosen.moment:
        moments = [
            Moment(
                named[name],
                int(variant),
                int(seed),
                float(at_s),
                f"{letter}  {name} ({_weather(named[name], int(variant))}, seed {seed}), {float(at_s):g} s",
            )
            for letter, name, variant, seed, at_s in chosen.moment
        ]
        sheet = _sheet(studio, moments, MOMENT_COLUMNS, MOMENT_SIZE)
    else:
        moments = [
            Moment(scene, number, 1, scene.due_s[0] + LATE_S if scene.due_s else scene.length_s / 2, scene.name)
            for number, scene in enumerate(studio.script.scenes)
        ]
        sheet = _sheet(studio, moments, COLUMNS, SIZE)
    cv2.imwrite(str(chosen.out), sheet, [cv2.IMWRITE_JPEG_QUALITY, 82])


def _weather(scene: Scene, variant: int) -> str:
    return str(scene.weathers[variant % len(scene.weathers)])


def _sheet(studio: Studio, moments: list[Moment], columns: int, size: tuple[int, int]) -> Pixels:
    cells = [_drawn(studio, moment, size) for moment in moments]
    cells += [np.full_like(cells[0], DARK)] * (-len(cells) % columns)
    return np.vstack([np.hstack(cells[first : first + columns]) for first in range(0, len(cells), columns)])


def _drawn(studio: Studio, moment: Moment, size: tuple[int, int]) -> Pixels:
    scene = moment.scene
    pictures = studio.play(scene, moment.variant, moment.seed)
    picture = next(picture for at_s, picture in pictures if at_s >= min(moment.at_s, scene.length_s - 0.4)).copy()
    rows, columns = picture.shape[:2]
    for outline in (scene.zone.polygon, *scene.zone.bays, *scene.zone.exempt):
        corners = np.array([(x * columns, y * rows) for x, y in outline], np.int32)
        cv2.polylines(picture, [corners], len(outline) > 2, YELLOW, 2 + columns // 400, cv2.LINE_AA)
    scale = min(size[0] / columns, size[1] / rows)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.full((size[1] + CAPTION_PX, size[0] + 2, 3), DARK, np.uint8)
    cell[: small.shape[0], : small.shape[1]] = small
    colour = YELLOW if scene.due_s else WHITE
    large = 0.32 if size == SIZE else 0.42
    cv2.putText(cell, moment.words, (3, size[1] + 11), cv2.FONT_HERSHEY_SIMPLEX, large, colour, 1, cv2.LINE_AA)
    return cell


if __name__ == "__main__":
    main()
