"""Rain, dusk, shadow, headlights, a shaking mast, and weather that turns, laid over a picture."""

from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from inference.frames import Pixels

Floats = npt.NDArray[np.float32]

NOISE = 3.0
"""Grey levels of sensor noise by day (judgement; a cheap camera's)."""
NIGHT_NOISE = 7.0
DUSK = 0.45
NIGHT = 0.22
SHADOW = 0.55
"""Share of the light that is left (judgement, by eye)."""
STREAKS = 260
"""Streaks of rain in one picture: heavy rain (judgement, by eye)."""
SHAKE_PX = 2
TURNS = (0.55, 0.85)
"""Weather that turns does so between these parts of a scene."""
SNOW, SNOW_LIGHT = 0.75, 225.0
"""Share of the ground that settled snow covers, and its grey level (judgement, by eye)."""


class Weather(StrEnum):
    """What the sky, the light and the mast do."""

    PLAIN = "plain"
    RAIN = "rain"
    DUSK = "dusk"
    SHADOW = "shadow"
    HEADLIGHTS = "headlights"
    JITTER = "jitter"
    NIGHTFALL = "nightfall"
    SHOWER = "shower"
    SNOW = "snow"

    def over(self, picture: Floats, along: float, chance: np.random.Generator) -> Pixels:
        """Return the picture in this weather.

        Args:
            picture: ``(height, width, 3)`` BGR 0–255; may be used up.
            along: how far the scene has gone, 0 to 1; shadows and lights move with it.
            chance: where its noise comes from.
        """
        noise = NOISE
        match self:
            case Weather.RAIN:
                picture = _rain(picture, chance)
            case Weather.DUSK:
                picture, noise = picture * DUSK, NIGHT_NOISE
            case Weather.SHADOW:
                picture = picture * _shadow(picture.shape[:2], along)[:, :, None]
            case Weather.HEADLIGHTS:
                lit = picture * NIGHT * (1 + 5 * _beam(picture.shape[:2], along)[:, :, None])
                picture, noise = lit + 60 * _beam(picture.shape[:2], along)[:, :, None], NIGHT_NOISE
            case Weather.JITTER:
                across, down = chance.integers(-SHAKE_PX, SHAKE_PX + 1, 2).tolist()
                picture = np.roll(picture, (down, across), axis=(0, 1))
            case Weather.NIGHTFALL:
                dark = _turned(along)
                picture, noise = picture * (1 - (1 - NIGHT) * dark), NOISE + (NIGHT_NOISE - NOISE) * dark
            case Weather.SHOWER:
                picture = _rain(picture, chance) if _turned(along) > 0 else picture
            case Weather.SNOW:
                picture = picture + SNOW * _turned(along) * (SNOW_LIGHT - picture)
            case Weather.PLAIN:
                pass
        grain = chance.normal(0.0, noise, picture.shape[:2]).astype(np.float32)[:, :, None]
        return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def _turned(along: float) -> float:
    """Return how far the weather has turned, 0 to 1."""
    begin, end = TURNS
    return min(1.0, max(0.0, (along - begin) / (end - begin)))


def _rain(picture: Floats, chance: np.random.Generator) -> Floats:
    rows, columns = picture.shape[:2]
    streaks = np.zeros((rows, columns), np.float32)
    for x, y, length in zip(
        chance.integers(0, columns, STREAKS).tolist(),
        chance.integers(0, rows, STREAKS).tolist(),
        chance.integers(rows // 40, rows // 15, STREAKS).tolist(),
        strict=True,
    ):
        cv2.line(streaks, (x, y), (x + length // 5, y + length), 1.0, 1)
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.float32)
    grey = soft.mean(axis=2, keepdims=True)
    dull = 0.85 * (0.7 * soft + 0.3 * grey) + 18
    return np.asarray(dull + 70 * streaks[:, :, None], np.float32)


def _shadow(size_px: tuple[int, int], along: float) -> Floats:
    """A soft dark band, as wide as a third of the picture, that wanders across."""
    rows, columns = size_px
    x = np.linspace(0, 1, columns, dtype=np.float32)[None] + 0.3 * np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    inside = 1 / (1 + np.exp((np.abs(x - 1.6 * along) - 0.17) * 60))
    return np.asarray(1 - (1 - SHADOW) * inside, np.float32)


def _beam(size_px: tuple[int, int], along: float) -> Floats:
    """Two lights' patch on the ground that sweeps across the picture twice."""
    rows, columns = size_px
    x = np.linspace(0, 1, columns, dtype=np.float32)[None]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    at_x = 1.4 * (2 * along % 1) - 0.2
    near = [np.exp(-(((x - at_x - beside) / 0.09) ** 2) - ((y - 0.72) / 0.12) ** 2) for beside in (-0.06, 0.06)]
    return np.asarray(near[0] + near[1], np.float32)
