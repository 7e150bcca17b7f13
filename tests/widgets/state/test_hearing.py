"""What a tile says of its sound, in the words of both languages."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from console.words import CHINESE, ENGLISH, Words
from tests.widgets.state.test_tile_state import facts
from tests.widgets.street import NOON
from widgets.state.hearing import sound_chip
from widgets.state.telling import Teller
from widgets.state.tile import look_of


@dataclass(frozen=True, slots=True)
class SoundTold:
    condition: str = "sounding"
    level_dbfs: float = -30.0


def said(told: SoundTold, language: str) -> str:
    return Teller(Words(language), ZoneInfo("Asia/Shanghai")).say(sound_chip(told).words)


@pytest.mark.parametrize(("level_dbfs", "shape"), [(-70.0, "low"), (-40.0, "medium"), (-10.0, "high")])
def test_a_louder_street_has_another_shape(level_dbfs: float, shape: str) -> None:
    assert sound_chip(SoundTold(level_dbfs=level_dbfs)).icon == f"sound_{shape}"


@pytest.mark.parametrize(
    ("condition", "english", "chinese"),
    [
        ("sounding", "Sound", "声音"),
        ("waiting", "Waiting for sound", "等待声音"),
        ("muted", "Muted while speaking", "喊话时静音"),
        ("no_device", "No loudspeaker", "没有扬声器"),
        ("no_player", "Sound program starting", "声音程序启动中"),
        ("no_sound", "Camera sends no sound", "摄像机不送声音"),
    ],
)
def test_silence_always_has_a_word(condition: str, english: str, chinese: str) -> None:
    assert said(SoundTold(condition), ENGLISH) == english
    assert said(SoundTold(condition), CHINESE) == chinese
    assert (sound_chip(SoundTold(condition)).icon == "sound_muted") == (condition != "sounding")


def test_only_a_tile_that_is_heard_says_so() -> None:
    assert not look_of(facts(), NOON).chips
    assert [chip.icon for chip in look_of(facts(sound=SoundTold()), NOON).chips] == ["sound_medium"]
