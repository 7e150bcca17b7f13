"""Claims about one stream on a busy machine: how late it is, what it skips, and what never goes unsaid."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest

from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.sparing import BELIEVED_AFTER_S, CATCH_UP_ABOVE_S, FEWER_PER_S, Sparing

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
FORM = StreamFormat(codec="h264", extradata=b"", time_base=Fraction(1, 90000), width=640, height=360)


def packet(media_time_s: float, *, is_key: bool = False) -> KeptPacket:
    stamp = round(media_time_s * 90000)
    return KeptPacket(
        data=b"", pts=stamp, dts=stamp, is_key=is_key, media_time_s=media_time_s, received_at=NOON, captured_at=None
    )


def wants(sparing: Sparing, *, is_key: bool = False, looks_per_s: float = 0.0, is_shown: bool = True) -> bool:
    return sparing.wants(0.0, is_key=is_key, looks_per_s=looks_per_s, is_shown=is_shown)


def test_packets_that_waited_are_late_by_as_long_as_they_waited() -> None:
    sparing = Sparing()
    for number in range(50):
        sparing.note(packet(number / 25), 1000.0 + number / 25 + 0.02)
    assert sparing.late_s < 0.001, "the way from the camera is no lateness"
    sparing.note(packet(2.0), 1002.0 + 0.02 + 0.7)
    assert abs(sparing.late_s - 0.7) < 0.001


def test_a_stream_far_behind_goes_on_with_the_next_key_picture_until_it_is_near() -> None:
    sparing = Sparing()
    sparing.note(packet(0.0, is_key=True), 0.0)
    sparing.note(packet(1.0, is_key=True), 1.0 + CATCH_UP_ABOVE_S + 0.5)
    assert not wants(sparing) and wants(sparing, is_key=True)
    assert sparing.patience_s == 2 * (1.0 + CATCH_UP_ABOVE_S + 0.5), (
        "between two key pictures nothing is decoded, and that is no fault"
    )
    sparing.note(packet(2.0, is_key=True), 2.0 + 0.3)
    assert wants(sparing) and sparing.patience_s == 0.0


def test_a_camera_whose_clock_runs_slow_is_believed_and_shown_whole() -> None:
    sparing = Sparing()
    at_s = 0.0
    for number in range(round((BELIEVED_AFTER_S + 3) * 25)):
        at_s = number / 25
        sparing.note(packet(at_s * 0.5), at_s)
    assert wants(sparing) and sparing.late_s == 0.0, "skipping brought it no nearer: it was not behind"


def test_another_connection_begins_with_a_way_of_its_own() -> None:
    sparing = Sparing()
    sparing.note(packet(0.0), 0.0)
    sparing.begin()
    sparing.note(packet(0.5), 30.0)
    assert sparing.late_s == 0.0


def test_fewer_pictures_are_evenly_spaced_and_counted() -> None:
    sparing = Sparing()
    sparing.step = "fewer"
    shown = [number / 25 for number in range(100) if sparing.shows(number / 25, number / 25)]
    gaps = {round(later - earlier, 2) for earlier, later in pairwise(shown)}
    assert gaps <= {0.12, 0.16}
    assert 5.0 < sparing.shown_per_s(4.0) <= FEWER_PER_S + 0.5


def test_all_pictures_are_shown_where_nothing_is_spared_whatever_the_stamps_say() -> None:
    sparing = Sparing()
    assert all(sparing.shows(at_s, at_s) for at_s in (0.0, 0.04, 0.041, 0.02))


def test_key_pictures_only_is_a_twelfth_of_the_decoding() -> None:
    sparing = Sparing()
    sparing.step = "keys"
    assert [wants(sparing, is_key=number % 25 == 0) for number in range(26)].count(True) == 2


def test_half_of_the_pictures_is_half_of_the_decoding_and_two_pictures_a_second_or_more() -> None:
    sparing = Sparing()
    sparing.step = "half"
    decoded: list[float] = []
    shown: list[float] = []
    for number in range(25 * 9):
        at_s = number / 25
        sparing.note(packet(at_s, is_key=number % 25 == 0), at_s)
        if sparing.wants(at_s, is_key=number % 25 == 0, looks_per_s=0.0, is_shown=True):
            decoded.append(at_s)
            shown += [at_s] if sparing.shows(at_s, at_s) else []
    settled = [at_s for at_s in decoded if at_s >= 1.0]
    assert len(settled) / (25 * 8) == pytest.approx(0.5, abs=0.05)
    assert all(later - earlier < 0.05 for earlier, later in pairwise(settled) if int(later) == int(earlier)), (
        "what follows on a picture left out is left out as well"
    )
    assert all(2 <= sum(second <= at_s < second + 1 for at_s in shown) <= 4 for second in range(1, 9))


def test_a_stream_that_is_spared_half_from_its_middle_on_waits_for_its_next_key_picture() -> None:
    sparing = Sparing()
    for number in range(25 + 20):
        sparing.note(packet(number / 25, is_key=number % 25 == 0), number / 25)
    sparing.step = "half"
    assert not wants(sparing)
    sparing.note(packet(2.0, is_key=True), 2.0)
    assert wants(sparing, is_key=True)
    sparing.note(packet(2.04), 2.04)
    assert wants(sparing)


def test_a_camera_that_nobody_shows_is_decoded_no_more_often_than_the_rule_looks() -> None:
    sparing = Sparing()
    sparing.note(packet(0.0, is_key=True), 0.0)
    sparing.note(packet(0.25, is_key=True), 0.25)
    assert not wants(sparing, looks_per_s=4.0, is_shown=False), "four key pictures a second are the four looks"
    assert wants(sparing, looks_per_s=5.0, is_shown=False), "between key pictures nothing less than all can be decoded"
    assert wants(sparing, looks_per_s=4.0, is_shown=True)


def test_the_loop_filter_is_left_out_and_taken_back_at_key_pictures_only() -> None:
    sparing = Sparing()
    decoder = sparing.new_decoder(FORM)
    sparing.step = "plain"
    assert sparing.decoder(decoder, FORM, is_key=False) is decoder
    plain = sparing.decoder(decoder, FORM, is_key=True)
    assert plain is not decoder and plain.options["skip_loop_filter"] == "all"
    sparing.step = "full"
    assert "skip_loop_filter" not in sparing.decoder(plain, FORM, is_key=True).options


def test_what_was_left_out_is_not_new_for_that_when_it_is_decoded_again() -> None:
    sparing = Sparing()
    sparing.step = "keys"
    for second in range(5):
        sparing.wants(float(second), is_key=True, looks_per_s=0.0, is_shown=True)
        assert sparing.gap_s(float(second)) == 0.0, "what is decoded now was decoded before"
    sparing.step = "full"
    assert sparing.gap_s(4.5) == 4.5
    assert sparing.gap_s(30.0) == 0.0
