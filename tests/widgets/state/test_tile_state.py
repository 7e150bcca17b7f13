"""What a tile may honestly show, in the words of both languages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.words import CHINESE, ENGLISH, Words
from tests.widgets.street import NOON, Told
from widgets.state.telling import Teller
from widgets.state.tile import Border, Look, TileFacts, TileLook, look_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def facts(age_s: float | None = 0.3, stream: Told | None = None, **more: Any) -> TileFacts:
    at = None if age_s is None else NOON - seconds(age_s)
    usual = TileFacts(
        number="02",
        name="滨河路 88 号",
        received_at=at,
        captured_at=at,
        stream=stream if stream is not None else Told(),
    )
    return replace(usual, **more)


def plate(look: TileLook, language: str) -> list[str]:
    teller = Teller(Words(language), SHANGHAI)
    assert look.plate is not None
    return [teller.say(look.plate.title), *(teller.say(line) for line in look.plate.lines)]


@pytest.mark.parametrize(
    ("age_s", "look", "is_loud", "is_grey"),
    [
        (0.3, Look.LIVE, False, False),
        (2.0, Look.LIVE, False, False),
        (3.0, Look.AGEING, True, False),
        (5.1, Look.STALE, True, True),
    ],
)
def test_a_picture_ages_by_itself_while_the_station_still_says_live(
    age_s: float, look: Look, is_loud: bool, is_grey: bool
) -> None:
    shown = look_of(facts(age_s), NOON)
    assert (shown.look, shown.is_age_loud, shown.is_grey) == (look, is_loud, is_grey)


def test_a_slow_camera_is_given_three_of_its_own_intervals() -> None:
    slow = Told(frames_per_s=0.2)
    assert look_of(facts(12.0, slow), NOON).look is Look.LIVE
    assert look_of(facts(16.0, slow), NOON).look is Look.STALE


STALE = facts(15, Told(condition="stale", since=NOON - seconds(10), next_retry_at=NOON + seconds(15)))
FROZEN = facts(0.2, Told(condition="frozen", since=NOON - seconds(12)))
LOST = facts(
    None,
    Told(condition="no_signal", since=NOON - seconds(21 * 60 + 26), attempts=3, next_retry_at=NOON + seconds(14)),
)
REFUSED = facts(None, Told(condition="wrong_password", since=NOON - seconds(2405)))
UNTRUSTED = facts(None, Told(condition="not_trusted", since=NOON, attempts=2, next_retry_at=NOON + seconds(4)))
FULL = facts(None, Told(condition="device_full", since=NOON - seconds(2405)))
AWAY = facts(
    None, Told(condition="platform_away", since=NOON - seconds(2405), attempts=2, next_retry_at=NOON + seconds(4))
)
NO_ENTRY = facts(None, Told(condition="platform_refuses", since=NOON - seconds(2405)))
OFFLINE = facts(None, Told(condition="camera_offline", since=NOON - seconds(2405)))
NO_STREAM = facts(None, Told(condition="not_playable", since=NOON - seconds(2405)))
RESTARTING = facts(0.2, Told(condition="worker_restarting", attempts=2))
BROKEN = facts(None, Told(condition="cannot_decode", since=NOON - seconds(61)))


@pytest.mark.parametrize(
    ("told", "chinese", "english"),
    [
        (
            STALE,
            ["画面停在 11:41:52", "15 秒没有新画面", "15 秒后重连"],
            ["Picture stopped at 11:41:52", "nothing new for 15 s", "reconnecting in 15 s"],
        ),
        (
            FROZEN,
            ["画面冻结", "12 秒内每帧都一样，仍有数据", "不作为证据，已暂停检测"],
            ["Frozen", "every frame the same for 12 s, data still arriving", "not evidence, detection paused"],
        ),
        (
            LOST,
            ["无信号", "自 11:20:41 起，21 分钟", "14 秒后重试（第 3 次）"],
            ["No signal", "since 11:20:41, 21 min", "retry in 14 s (3rd)"],
        ),
        (
            REFUSED,
            ["密码不对", "摄像机拒绝登录，已停止重试", "自 11:02:02 起"],
            ["Wrong password", "login refused, retries stopped", "since 11:02:02"],
        ),
        (
            UNTRUSTED,
            ["证书不受信任", "本机不认识它的证书", "4 秒后重试（第 2 次）"],
            ["Not trusted", "its certificate is not known here", "retry in 4 s (2nd)"],
        ),
        (
            FULL,
            ["设备连接已满", "已达到该设备允许的连接数", "自 11:02:02 起"],
            ["Device is full", "as many connections as it may have", "since 11:02:02"],
        ),
        (
            AWAY,
            ["共享平台连不上", "共享平台没有回应", "自 11:02:02 起", "4 秒后重试（第 2 次）"],
            ["Platform away", "the sharing platform does not answer", "since 11:02:02", "retry in 4 s (2nd)"],
        ),
        (
            NO_ENTRY,
            ["共享平台拒绝登录", "平台不接受本站的账号", "自 11:02:02 起"],
            ["Platform refuses", "it does not accept this site's login", "since 11:02:02"],
        ),
        (
            OFFLINE,
            ["摄像机离线", "共享平台也连不上它", "自 11:02:02 起"],
            ["Camera offline", "the sharing platform has lost it", "since 11:02:02"],
        ),
        (
            NO_STREAM,
            ["没有可用的视频流", "共享平台给出的视频流打不开", "自 11:02:02 起"],
            ["No stream", "the sharing platform gives none that opens here", "since 11:02:02"],
        ),
        (RESTARTING, ["解码程序重启中", "第 2 次"], ["Decoder restarting", "2nd time"]),
        (
            BROKEN,
            ["解不出画面", "有数据，但解不出画面", "自 11:41:06 起，1 分钟"],
            ["Cannot decode", "data arrives that gives no picture", "since 11:41:06, 1 min"],
        ),
    ],
    ids=[
        *("stale", "frozen", "no signal", "wrong password", "not trusted", "device full"),
        *("platform away", "platform refuses", "camera offline", "no stream"),
        *("restarting", "cannot decode"),
    ],
)
def test_a_picture_not_to_be_trusted_says_what_since_when_and_what_next(
    told: TileFacts, chinese: list[str], english: list[str]
) -> None:
    look = look_of(told, NOON)
    assert (plate(look, CHINESE), plate(look, ENGLISH)) == (chinese, english)
    assert look.shape == "fault" and look.is_blind


def test_a_faulty_picture_is_shown_without_colour_and_a_lost_one_not_at_all() -> None:
    assert look_of(STALE, NOON).is_grey and look_of(FROZEN, NOON).is_grey
    assert not look_of(LOST, NOON).is_picture_shown and not look_of(REFUSED, NOON).is_picture_shown


def test_the_header_of_a_lost_camera_names_when_it_was_lost() -> None:
    look = look_of(LOST, NOON)
    assert look.at == NOON - seconds(1286) and not look.is_about


def test_a_picture_whose_camera_has_no_clock_shows_our_time_as_about() -> None:
    assert look_of(facts(0.3, captured_at=None), NOON).is_about
    assert not look_of(facts(0.3), NOON).is_about


def test_a_retrying_tile_counts_down_each_second() -> None:
    later = look_of(LOST, NOON + seconds(1))
    assert plate(later, ENGLISH)[2] == "retry in 13 s (3rd)"
    assert plate(look_of(LOST, NOON + seconds(20)), ENGLISH)[2] == "trying now (3rd)"


def chips(look: TileLook, language: str) -> list[str]:
    teller = Teller(Words(language), SHANGHAI)
    return [teller.say(chip.words) for chip in look.chips]


def test_a_live_camera_that_nobody_watches_says_so() -> None:
    look = look_of(facts(is_watched=True, looked_at=NOON - seconds(360)), NOON)
    assert look.look is Look.LIVE
    assert (chips(look, CHINESE), chips(look, ENGLISH)) == (["没在看 6 分钟"], ["Not watched 6 min"])


def test_a_camera_without_a_rule_or_looked_at_within_a_minute_has_no_chip() -> None:
    assert look_of(facts(is_watched=False, looked_at=NOON - seconds(360)), NOON).chips == ()
    assert look_of(facts(is_watched=True, looked_at=NOON - seconds(59)), NOON).chips == ()


def test_losing_more_than_a_twentieth_of_the_frames_is_said() -> None:
    assert chips(look_of(facts(lost=0.18), NOON), CHINESE) == ["丢帧 18 %"]
    assert chips(look_of(facts(lost=0.18), NOON), ENGLISH) == ["Losing 18 %"]
    assert look_of(facts(lost=0.05), NOON).chips == ()


def test_speech_going_out_has_a_filled_chip_and_border() -> None:
    look = look_of(facts(on_air_s=14.2), NOON)
    assert (chips(look, CHINESE), chips(look, ENGLISH)) == (["喊话中 0:14"], ["On air 0:14"])
    assert look.border is Border.AIR and look.shape == "air" and look.chips[0].is_filled


def test_an_unheard_high_alarm_has_the_border_before_speech() -> None:
    look = look_of(facts(on_air_s=3.0, has_unheard_high=True), NOON)
    assert look.border is Border.HIGH and look.shape == "high"


def test_an_alarm_does_not_make_a_blind_camera_look_as_if_it_saw() -> None:
    assert look_of(facts(None, Told(condition="no_signal"), has_unheard_high=True), NOON).shape == "fault"


def test_an_empty_place_is_no_fault() -> None:
    look = look_of(TileFacts(), NOON)
    assert look.look is Look.EMPTY and not look.is_blind
    assert plate(look, CHINESE) == ["空位。", "按 Ctrl K 找摄像机。", "也可以拖一路到这里。"]


@pytest.mark.parametrize(
    ("recording", "zh", "en", "tone"),
    [("manual", "录像", "Rec", "t1"), ("failed", "没在录像", "Not recording", "fault")],
)
def test_a_tile_says_that_it_is_recorded_by_hand_and_that_a_recording_fails(
    recording: str, zh: str, en: str, tone: str
) -> None:
    (chip,) = look_of(facts(recording=recording), NOON).chips
    assert [Teller(Words(language), SHANGHAI).say(chip.words) for language in (CHINESE, ENGLISH)] == [zh, en]
    assert chip.tone == tone


@pytest.mark.parametrize("recording", ["off", "continuous"])
def test_a_recording_that_runs_day_and_night_needs_no_word(recording: str) -> None:
    assert look_of(facts(recording=recording), NOON).chips == ()


def test_a_camera_that_is_covered_or_whose_clock_is_off_says_so_beside_its_picture() -> None:
    covered = Told(sight="covered", sight_since=NOON - seconds(720))
    look = look_of(facts(stream=covered), NOON)
    assert look.look is Look.LIVE and look.is_picture_shown
    assert (chips(look, CHINESE), chips(look, ENGLISH)) == (["遮挡 12 分钟"], ["Covered 12 min"])
    late = Told(clock_offset_s=-3.24, clock_off_since=NOON - seconds(60))
    assert chips(look_of(facts(stream=late), NOON), CHINESE) == ["时钟 −3.2 秒"]
    right_again = Told(clock_offset_s=-0.1, clock_off_since=NOON - seconds(60))
    assert look_of(facts(stream=right_again), NOON).chips == ()


def test_a_camera_that_is_whole_or_cannot_be_judged_has_no_word() -> None:
    for sight in ("whole", "not_checked", "no_reference", "few_edges"):
        assert look_of(facts(stream=Told(sight=sight, clock_offset_s=0.4)), NOON).chips == ()
