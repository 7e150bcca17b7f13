"""Play painted pictures of a pavement through one rule that looks at the ground."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inference.background import Background
from inference.frames import Frame
from inference.geometry import Box
from inference.rules.rule import PixelRuleState
from inference.tracker import Track
from tests.inference.rule_scenes import Watched

WIDE, HIGH = 160, 90
Luma = npt.NDArray[np.float32]
Weather = Callable[[Luma, float], Luma]


def pavement() -> Luma:
    """Return a paved square: rough, with joints, brighter to one side."""
    rough = np.random.default_rng(7).normal(0, 14, (HIGH, WIDE)).astype(np.float32)
    ground = 110 + np.asarray(cv2.GaussianBlur(rough, (0, 0), 1.0), np.float32) * 2
    ground[::15] -= 18
    ground[:, ::20] -= 18
    return np.asarray(ground + np.linspace(0, 25, WIDE, dtype=np.float32)[None], np.float32)


def put(luma: Luma, box: Box, level: float) -> None:
    """Paint something with a pattern of its own."""
    left, top, right, bottom = (round(part * side) for part, side in zip(box, (WIDE, HIGH) * 2, strict=True))
    luma[top:bottom, left:right] = level
    luma[top + 2 : bottom - 2 : 3, left + 1 : right - 1] = level + 35


def frame_of(luma: Luma, media_time_s: float, sequence: int = 1) -> Frame:
    i420 = np.full((HIGH * 3 // 2, WIDE), 128, np.uint8)
    i420[:HIGH] = np.clip(luma, 16, 235).astype(np.uint8)
    return Frame(i420=i420, content_px=(WIDE, HIGH), sequence=sequence, media_time_s=media_time_s)


def grey_frame(media_time_s: float) -> Frame:
    """Return a frame of nothing at all."""
    return frame_of(np.full((HIGH, WIDE), 120, np.float32), media_time_s)


def still(luma: Luma, _now_s: float) -> Luma:
    """The weather that changes nothing."""
    return luma


def watch_ground(
    state: PixelRuleState,
    things: Callable[[float], Sequence[tuple[Box, float]]],
    until_s: float,
    *,
    tracks: Callable[[float], list[Track]] = lambda _now_s: [],
    weather: Weather = still,
    background: Background | None = None,
    from_s: float = 0.0,
    fps: float = 3.0,
) -> Watched:
    """Play a scene of things with their levels over the pavement; a background that has seen before goes on."""
    behind, seen, said = pavement(), background or Background(), Watched()
    chance = np.random.default_rng(11)
    for number in range(round((until_s - from_s) * fps) + 1):
        now_s = from_s + number / fps
        luma = behind.copy()
        for box, level in things(now_s):
            put(luma, box, level)
        noisy = weather(luma, now_s) + chance.normal(0, 2, luma.shape).astype(np.float32)
        there = tracks(now_s)
        look = state.look(there, now_s, seen.see(frame_of(noisy, now_s, number + 1), there))
        said.hits += look.hits
        said.cleared_s += [now_s] if look.is_cleared else []
    return said
