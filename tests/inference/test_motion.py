import numpy as np

from inference.frames import Pixels
from inference.motion import Glance, changed_share, glance
from inference.preprocessing import letterbox


def look(picture: Pixels) -> Glance:
    return glance(letterbox(picture, (320, 320), sequence=1, media_time_s=0.0))


def picture(seed: int = 1) -> Pixels:
    coarse = np.random.default_rng(seed).integers(40, 220, (36, 64, 1), np.uint8)
    return np.repeat(np.repeat(np.repeat(coarse, 10, axis=0), 10, axis=1), 3, axis=2)


def test_a_distant_walker_is_motion() -> None:
    walked = picture()
    walked[150:190, 300:312] = 250
    assert look(walked).differs_from(look(picture()))


def test_sensor_noise_on_a_still_picture_is_not_motion() -> None:
    noise = np.random.default_rng(2).normal(0, 6, (360, 640, 3))
    noisy = np.clip(picture() + noise, 0, 255).astype(np.uint8)
    assert not look(noisy).differs_from(look(picture()))
    assert changed_share(look(picture()), look(picture())) == 0.0


def test_the_black_border_does_not_make_a_bright_street_dark() -> None:
    assert not look(np.full((100, 640, 3), 120, np.uint8)).is_dark
    assert look(np.full((100, 640, 3), 8, np.uint8)).is_dark


def test_a_bag_over_the_lens_is_flat() -> None:
    assert look(np.full((360, 640, 3), 120, np.uint8)).is_flat
    assert not look(picture()).is_flat
