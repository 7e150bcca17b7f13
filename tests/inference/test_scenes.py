"""Claims about generated scenes: a seed gives its scene again, its truth is what is painted, and it moves a rule."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.detector import Detector
from inference.errors import ClipUnreadable
from inference.frames import Pixels
from inference.painted import PAINTED, ROWS
from inference.pipeline import Pipeline
from inference.preprocessing import letterbox
from inference.scenes import FPS, Scene, Script, Studio, read_scenes
from inference.scoring import score
from inference.truth_rules import BUILT, raised_by, rules_of
from inference.weather import Weather

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "evaluation" / "scenes.toml"
GREY, RED = (90, 90, 90), (20, 20, 220)
SIZE = (160, 120)

SMALL = """schema = 1
[[background]]
name = "yard"
clip = "yard.avi"
horizon = 0.0
[[crop]]
names = ["block"]
background = "yard"
frames = [12]
boxes = [[0.45, 0.45, 0.65, 0.70]]
[[scene]]
name = "a block goes right"
background = "yard"
zone = { kind = "line_crossing", polygon = [[0.5, 1.0], [0.5, 0.0]], objects = ["car"] }
length_s = 4.0
due_s = [2.0]
toward = "right"
weathers = ["plain", "rain", "dusk", "shadow", "headlights", "jitter", "nightfall", "shower", "snow"]
actors = [{ crop = "block", path = [[0.0, 0.2, 0.6], [4.0, 0.8, 0.6]] }]
"""


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A grey yard in which a red block stands for some pictures, and one scene cut out of it."""
    writer = cv2.VideoWriter(str(tmp_path / "yard.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, SIZE)
    for number in range(60):
        picture = np.full((SIZE[1], SIZE[0], 3), GREY, np.uint8)
        if 10 <= number < 16:
            picture[60:80, 80:96] = RED
        writer.write(picture)
    writer.release()
    (tmp_path / "scenes.toml").write_text(SMALL, encoding="utf-8")
    return Studio(read_scenes(tmp_path / "scenes.toml"), tmp_path)


def red_columns(picture: Pixels) -> tuple[float, float]:
    """Return the left and right end of what is red, in fractions of the picture."""
    blue, _, red = picture.astype(int).transpose(2, 0, 1)
    columns = np.flatnonzero(((red - blue) > 70).any(axis=0))
    return float(columns[0] / SIZE[0]), float(columns[-1] / SIZE[0])


def test_the_cut_out_goes_where_its_path_says_and_its_surroundings_stay_behind(studio: Studio) -> None:
    (scene,) = studio.script.scenes
    for media_time_s, picture in studio.play(scene, 0, seed=3):
        left, right = red_columns(picture)
        assert (left + right) / 2 == pytest.approx(0.2 + 0.15 * media_time_s, abs=0.025)
        assert right - left == pytest.approx(0.1 * 0.6 / 0.7, abs=0.025)
        assert picture[:20].mean() == pytest.approx(90, abs=3)


def test_a_seed_gives_its_scene_again_and_another_seed_another(studio: Studio) -> None:
    (scene,) = studio.script.scenes
    again = Studio(studio.script, studio.folder)
    first, second, other = (
        [picture for _, picture in one.play(scene, 1, seed)] for one, seed in ((studio, 5), (again, 5), (studio, 6))
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[3], other[3])


@pytest.mark.parametrize(("weather", "least", "most"), [("nightfall", 15, 30), ("shower", 95, 130), ("snow", 170, 210)])
def test_weather_that_turns_begins_as_a_plain_day_and_ends_as_it_says(
    studio: Studio, weather: str, least: float, most: float
) -> None:
    (scene,) = studio.script.scenes
    pictures = [picture for _, picture in studio.play(scene, scene.weathers.index(Weather(weather)), seed=1)]
    assert pictures[0][:20].mean() == pytest.approx(90, abs=3)
    assert least <= pictures[-1][:20].mean() <= most


@pytest.mark.parametrize(
    ("weather", "least", "most"),
    [("rain", 85, 130), ("dusk", 30, 50), ("shadow", 50, 88), ("headlights", 15, 60), ("jitter", 85, 95)],
)
def test_each_weather_changes_the_light_as_it_says(studio: Studio, weather: str, least: float, most: float) -> None:
    (scene,) = studio.script.scenes
    variant = scene.weathers.index(Weather(weather))
    pictures = [picture for _, picture in studio.play(scene, variant, seed=1)]
    assert least <= np.mean([picture.mean() for picture in pictures]) <= most
    assert len(pictures) == scene.length_s * FPS


def test_the_truth_of_a_scene_is_its_own_line_and_its_due_time(studio: Studio) -> None:
    truth = studio.script.scenes[0].truth()
    (event,) = truth.events
    assert (event.due_s, event.earliest_s, event.latest_s, event.toward) == (2.0, 0.0, 12.0, "right")
    assert truth.zones[0].labelled == ((0.0, 4.0),)


def test_a_painted_background_and_what_is_painted_on_it_need_no_clip(tmp_path: Path) -> None:
    painted = SMALL.replace('clip = "yard.avi"', 'painted = "painted_lift"').replace(
        'crop = "block"', 'crop = "painted_bicycle", tall = 0.3'
    )
    (tmp_path / "scenes.toml").write_text(painted, encoding="utf-8")
    lift = Studio(read_scenes(tmp_path / "scenes.toml"), tmp_path)
    pictures = [picture for _, picture in lift.play(lift.script.scenes[0], 0, seed=3)]
    early, late = pictures[0], pictures[-1]
    assert early.shape == (576, 768, 3)
    moved = np.abs(early.astype(int) - late).max(axis=2) > 60
    assert 0.005 < moved.mean() < 0.2
    assert moved[:150].mean() == 0.0


@pytest.mark.parametrize("name", sorted(PAINTED))
def test_each_painted_thing_is_drawn_within_its_outline_and_the_same_for_the_same_chance(name: str) -> None:
    (pixels, alpha), (again, _) = (PAINTED[name](np.random.default_rng(4)) for _ in range(2))
    assert pixels.shape == (*alpha.shape, 3)
    assert alpha.shape[0] == ROWS
    assert 0.05 < alpha.mean() <= 1.0
    assert np.array_equal(pixels, again)


def test_a_clip_that_is_not_there_makes_no_scene(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "yard.avi").unlink()
    with pytest.raises(ClipUnreadable):
        next(studio.play(studio.script.scenes[0], 0, seed=1))


def test_a_file_that_is_no_script_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scenes.toml").write_text(SMALL.replace('"rain"', '"frogs"'), encoding="utf-8")
    with pytest.raises(ValueError, match=r"scenes.toml is not a file of scenes.*frogs"):
        read_scenes(tmp_path / "scenes.toml")


def shipped() -> Script:
    return read_scenes(SHIPPED)


def test_every_kind_in_the_shipped_scenes_is_built_and_has_scenes_that_raise_it_and_others_that_must_not() -> None:
    kinds: dict[str, list[bool]] = {}
    for scene in shipped().scenes:
        kinds.setdefault(scene.zone.kind, []).append(bool(scene.due_s))
        assert {actor.crop for actor in scene.actors} <= {*shipped().places, *PAINTED}
        assert all(actor.tall for actor in scene.actors if actor.crop in PAINTED), "a painted thing has no size"
        assert scene.background in shipped().sources
    assert set(kinds) <= set(BUILT)
    assert all(True in raising and False in raising for raising in kinds.values())


def scene_named(name: str) -> Scene:
    return next(scene for scene in shipped().scenes if scene.name == name)


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "variant", "right"),
    [
        ("somebody crosses the line", 1, 1),
        ("a bicycle is wheeled into the lift", 0, 1),
        pytest.param("a pram is pushed into the lift", 0, 0, marks=pytest.mark.long),
        pytest.param("somebody sells from a cloth on the ground", 0, 1, marks=pytest.mark.long),
        pytest.param("goods are unloaded and carried in", 0, 0, marks=pytest.mark.long),
        pytest.param("a third bike joins two that stand there", 0, 1, marks=pytest.mark.long),
        pytest.param("two bikes stand together", 0, 0, marks=pytest.mark.long),
        pytest.param("crates are put before the shop", 0, 1, marks=pytest.mark.long),
        pytest.param("rubbish stands over the rim", 0, 1, marks=pytest.mark.long),
        pytest.param("a bin is full up to its rim", 0, 0, marks=pytest.mark.long),
        pytest.param("a shed is built on the square", 3, 1, marks=pytest.mark.long),
        pytest.param("a shed stands for a moment", 1, 0, marks=pytest.mark.long),
        pytest.param("somebody turns round before the line", 2, 0, marks=pytest.mark.long),
        pytest.param("a car crosses the line", 1, 1, marks=pytest.mark.long),
        pytest.param("somebody steps on the lawn", 0, 1, marks=pytest.mark.long),
    ],
)
def test_a_sample_of_the_scenes_is_seen_for_what_it_is(
    footage: Path, detector: Detector, name: str, variant: int, right: int
) -> None:
    scene = scene_named(name)
    truth = scene.truth()
    pipeline = Pipeline(detector.manifest, FPS, rules_of(truth, 0.35))
    frames = (
        letterbox(picture, (320, 320), sequence=number, media_time_s=media_time_s)
        for number, (media_time_s, picture) in enumerate(Studio(shipped(), footage).play(scene, variant, seed=1), 1)
    )
    raised = raised_by((pipeline.take(frame, detector.look(frame)) for frame in frames), truth)
    found = score(truth, raised, scene.zone.kind)
    assert (found.right, found.false, found.missed) == (right, 0, 0)
