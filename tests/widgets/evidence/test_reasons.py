"""Why an alarm was raised, as the operator reads it."""

from dataclasses import replace
from datetime import UTC
from typing import get_args

import pytest

from console.domain.rules import RuleFamily
from console.words import CHINESE, ENGLISH, Words
from inference.rules.rule import Change, Level, Toward
from tests.widgets.reviewing import RULE
from widgets.evidence.picture import overlay_of
from widgets.evidence.reasons import found_by, reasons_of
from widgets.state.telling import Teller

CROWD = replace(
    RULE,
    family=RuleFamily.CROWD,
    zone_name="广场",
    dwell_s=25.0,
    reasons=(
        ("level", "warning"),
        ("count", 9.0),
        ("least_count", 8.0),
        ("dwell_s", 25.0),
        ("trend_per_minute", 3.2),
        ("density_per_m2", 0.45),
    ),
)


def read(rule: object, language: str) -> list[str]:
    teller = Teller(Words(language), UTC)
    assert isinstance(rule, type(RULE))
    return [f"{teller.say(head)}: {teller.say(told)}" for head, told in reasons_of(rule)]


def test_what_was_thrown_says_how_far_it_fell_and_no_window() -> None:
    thrown = replace(
        RULE,
        family=RuleFamily.THROWN,
        zone_name="1 号楼",
        dwell_s=2.1,
        reasons=(("storeys_fallen", 6.2), ("dwell_s", 2.1), ("storey", 7.0), ("column", 4.0)),
    )
    assert read(thrown, ENGLISH) == [
        "Rule: something fell past façade 1 号楼",
        "Fall: over 6.2 storeys, seen for 2.1 s",
        "Window: of this façade; masked until it is opened at the case",
    ]


def test_a_crowd_says_its_level_count_and_which_way_it_goes() -> None:
    assert read(CROWD, ENGLISH) == [
        "Rule: many people in zone 广场",
        "Dwell: 0:25 (by media time)",
        "Level: warning level",
        "Count: 9, from 8 on it is one",
        "Trend: 3 more each minute",
        "Density: 0.5 per square metre",
    ]
    assert read(CROWD, CHINESE)[2:5] == ["级别: 预警级", "数量: 9，达到 8 即成立", "趋势: 每分钟增加 3"]


def test_a_vehicle_that_stayed_after_a_jam_says_how_long_it_waited_in_it() -> None:
    rule = replace(RULE, dwell_s=245.0, reasons=(("dwell_s", 245.0), ("jam_s", 61.0)))
    assert read(rule, ENGLISH)[1:] == ["Dwell: 4:05 (by media time)", "Jam: 1:01 of it in a jam; not counted"]
    assert read(rule, CHINESE)[2] == "拥堵: 其中 1:01 处于拥堵，不计"


@pytest.mark.parametrize("family", RuleFamily)
def test_every_family_says_in_chinese_what_it_saw_and_where(family: RuleFamily) -> None:
    rule, words = replace(RULE, family=family, zone_name="甲"), Teller(Words(CHINESE), UTC)
    english = Teller(Words(ENGLISH), UTC)
    for told in (reasons_of(rule)[0][1], found_by(rule)):
        assert "甲" in words.say(told)
        assert words.say(told) != english.say(told)


@pytest.mark.parametrize("toward", get_args(Toward))
def test_a_crossing_says_to_which_side_and_shows_no_dwell(toward: str) -> None:
    crossing = replace(RULE, family=RuleFamily.LINE_CROSSING, reasons=(("toward", toward), ("score", 0.8)))
    rows = read(crossing, CHINESE)
    assert len(rows) == 2 and rows[1].startswith("方向: ")
    overlay = overlay_of(crossing, "", "")
    assert overlay is not None and overlay.seconds is None


@pytest.mark.parametrize("level", get_args(Level))
def test_every_level_has_a_word(level: str) -> None:
    assert len(read(replace(CROWD, reasons=(("level", level),)), CHINESE)) == 3


def test_a_bin_says_where_the_rubbish_is_how_much_and_how_often_it_was_seen() -> None:
    facts = (("change", "over_rim"), ("covered_share", 0.34), ("votes", 8.0), ("of_votes", 10.0))
    bin_ = replace(RULE, family=RuleFamily.BIN_OVERFLOW, zone_name="箱", reasons=facts)
    assert read(bin_, ENGLISH)[2:] == [
        "Change: something stands over the rim that was not there before",
        "Covers: 34 % of the bin's size",
        "Looks that say so: 8 of the last 10",
    ]


@pytest.mark.parametrize("change", get_args(Change))
def test_every_change_has_a_word(change: str) -> None:
    assert read(replace(CROWD, reasons=(("change", change),)), CHINESE)[2].startswith("变化: ")
