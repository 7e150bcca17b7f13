"""The review page without a screen: what each key does, and what never moves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.application.case_desk import FiledCase
from console.application.read_models import AlarmRow
from console.domain.alarms import CLAIM_LEASE, AlarmStage, DismissReason, Priority, Verdict
from console.domain.ids import AlarmId, CaseId, CategoryCode
from tests.widgets.reviewing import FIRE_LANE, LI, NOON, PARKING, TEAM_2, TEAM_3, card, row, sheet
from widgets.state import review as r
from widgets.state.review_keys import options, reduce
from widgets.state.review_words import line_words
from widgets.state.telling import Told


def desk_with(*rows: AlarmRow, selected: str = "") -> r.ReviewState:
    state = r.ReviewState(actor=LI, now=NOON)
    state = reduce(state, r.DirectoryRead((FIRE_LANE, PARKING), (TEAM_2, TEAM_3)))
    state = reduce(state, r.QueueRead(rows, NOON))
    if selected:
        state = reduce(state, r.Picked(AlarmId(selected)))
    shown = state.row
    return reduce(state, r.SheetRead(sheet(shown))) if shown is not None else state


def press(state: r.ReviewState, *keys: str) -> r.ReviewState:
    for key in keys:
        state = reduce(state, r.Pressed(key))
    return state


def filed(state: r.ReviewState) -> r.ReviewState:
    assert state.asked is not None
    case = FiledCase(
        case_id=CaseId("case-1"), number="20261122-0034", unit_id=TEAM_2.unit_id, due_at=NOON, leaves_at=NOON
    )
    return reduce(state, r.Answered(state.asked, NOON, case))


def test_enter_alone_claims_and_never_decides() -> None:
    state = press(desk_with(row("a")), "Enter")
    assert state.asked == r.TakeClaim(AlarmId("a"))
    again = reduce(state, r.Answered(r.TakeClaim(AlarmId("a")), NOON))
    assert press(again, "Enter", "Enter").asked in (None, r.TakeClaim(AlarmId("a")))


def test_confirming_takes_y_and_then_enter_with_the_first_condition_chosen() -> None:
    state = press(desk_with(row("a")), "Y")
    assert state.asked is None
    assert [option.is_chosen for option in options(state)] == [True, False]
    order = press(state, "Enter").asked
    assert isinstance(order, r.ConfirmAndFile)
    assert (order.filing.category, order.filing.condition, order.unit_id) == ("09012", "f1", None)


def test_a_digit_after_y_takes_another_condition() -> None:
    order = press(desk_with(row("a")), "Y", "2", "Enter").asked
    assert isinstance(order, r.ConfirmAndFile)
    assert order.filing.condition == "f2"


@pytest.mark.parametrize(("digit", "reason"), list(zip("123456", DismissReason, strict=True)))
def test_dismissing_takes_n_and_a_reason(digit: str, reason: DismissReason) -> None:
    state = press(desk_with(row("a")), "N")
    assert state.asked is None
    assert press(state, digit).asked == r.Dismiss(AlarmId("a"), reason)


def test_a_digit_without_a_mode_does_nothing() -> None:
    state = desk_with(row("a"))
    assert press(state, "1", "2", "3").asked is None


def test_a_number_without_a_choice_does_nothing() -> None:
    state = press(desk_with(row("a")), "P")
    assert press(state, "4").asked is None
    assert press(state, "3").asked == r.Postpone(AlarmId("a"), timedelta(minutes=30))


def test_merging_offers_open_cases_first_and_then_alarms_of_the_same_camera() -> None:
    rows = (row("a"), row("b"), row("c", camera="c09"))
    state = desk_with(*rows, selected="a")
    state = reduce(state, r.SheetRead(sheet(rows[0], card=card(rows[0], open_cases=("20261122-0031",)))))
    state = press(state, "M")
    assert len(options(state)) == 2
    order = press(state, "1").asked
    assert isinstance(order, r.MergeInto) and order.into == "20261122-0031"
    other = press(state, "2").asked
    assert isinstance(other, r.MergeInto) and other.into == "b"


def test_with_nothing_to_merge_into_m_says_so() -> None:
    state = press(desk_with(row("a")), "M")
    assert isinstance(state.mode, r.Browsing)
    assert state.told is not None and state.told.is_refusal


def test_reclassing_names_the_other_matters_only() -> None:
    state = press(desk_with(row("a")), "C", "1")
    assert state.asked == r.Reclass(AlarmId("a"), PARKING.code)


def test_what_a_matter_is_mistaken_for_is_offered_before_its_neighbours_in_the_list() -> None:
    near = replace(PARKING, code=CategoryCode("09013"), zh="临街屠宰", en="Slaughter in the street")
    far = replace(PARKING, code=CategoryCode("06034"), zh="废弃车辆", en="Abandoned vehicle")
    lane = replace(FIRE_LANE, confusable=(far.code,))
    state = reduce(desk_with(row("a")), r.DirectoryRead((lane, PARKING, near, far), (TEAM_2,)))
    assert press(state, "C", "1").asked == r.Reclass(AlarmId("a"), far.code)


def test_a_matter_is_found_by_its_name_or_any_of_its_codes_and_taken_by_a_digit() -> None:
    far = replace(
        PARKING,
        code=CategoryCode("06034"),
        zh="废弃车辆",
        en="Abandoned vehicle",
        code_older="05-05",
        code_30428_2="04-77",
    )
    state = reduce(desk_with(row("a")), r.DirectoryRead((FIRE_LANE, PARKING, far), (TEAM_2,)))
    for words in ("废弃", "abandoned veh", "06034", "05-05", "04-77"):
        looking = press(state, "C", "/")
        assert isinstance(looking.mode, r.Reclassing) and looking.mode.is_typing
        found = reduce(looking, r.Typed(words))
        assert len(options(found)) == 1
        assert press(found, "1").asked == r.Reclass(AlarmId("a"), far.code)
    nothing = reduce(press(state, "C", "/"), r.Typed("火星"))
    assert nothing.told is not None and nothing.told.is_refusal
    assert isinstance(nothing.mode, r.Reclassing) and nothing.mode.is_typing
    assert isinstance(press(press(nothing, "Esc"), "Esc").mode, r.Browsing)


def test_changing_the_route_needs_a_unit_and_a_reason_before_enter_files() -> None:
    state = press(desk_with(row("a")), "Y", "2", "R")
    assert press(state, "Enter").asked is None
    state = press(state, "2", "4")
    order = press(state, "Enter").asked
    assert isinstance(order, r.ConfirmAndFile)
    assert (order.unit_id, order.reason, order.filing.condition) == (TEAM_3.unit_id, "Agreed by telephone", "f2")


def test_a_typed_reason_changes_the_route_too() -> None:
    state = press(desk_with(row("a")), "R", "2", "/")
    assert isinstance(state.mode, r.Rerouting) and state.mode.is_typing
    order = press(reduce(state, r.Typed("  就近  ")), "Enter").asked
    assert isinstance(order, r.ConfirmAndFile) and order.reason == "就近"


def test_without_an_answering_unit_nothing_is_confirmed_before_a_unit_is_chosen() -> None:
    state = desk_with(row("a"))
    state = reduce(state, r.SheetRead(sheet(row("a"), unit=None, because=None)))
    refused = press(state, "Y", "Enter")
    assert refused.asked is None
    assert refused.told is not None and "(R)" in refused.told.sentence


def test_while_a_verdict_is_under_way_no_key_decides_again() -> None:
    state = press(desk_with(row("a")), "N", "1")
    assert press(state, "1").asked is None
    assert press(state, "Y", "Enter").asked is None


def test_after_a_verdict_the_next_unclaimed_alarm_is_open_at_the_same_position() -> None:
    rows = (row("a"), row("b"), row("c", held_by="王磊", held_seat="03"), row("d"))
    state = press(desk_with(*rows, selected="b"), "N", "1")
    assert state.asked is not None
    after = reduce(state, r.Answered(state.asked, NOON))
    assert after.selected == "d"
    assert [shown.alarm_id for shown in after.rows] == ["a", "c", "d"]


def test_after_the_last_verdict_the_queue_is_empty_and_says_so() -> None:
    state = press(desk_with(row("a")), "N", "1")
    assert state.asked is not None
    after = reduce(state, r.Answered(state.asked, NOON))
    assert after.selected is None and after.rows == ()


def test_a_filing_can_be_undone_for_ten_seconds_and_not_longer() -> None:
    state = filed(press(desk_with(row("a"), row("b")), "Y", "Enter"))
    assert press(state, "U").asked == r.UndoFiling(AlarmId("a"), CaseId("case-1"))
    line = line_words(state)
    assert line is not None and line.values["seconds"] == 10
    late = reduce(state, r.Ticked(NOON + timedelta(seconds=10)))
    assert press(late, "U").asked is None
    assert late.undoable is None


def test_undo_works_while_the_next_alarm_is_already_being_decided() -> None:
    state = filed(press(desk_with(row("a"), row("b")), "Y", "Enter"))
    assert press(state, "Y", "U").asked == r.UndoFiling(AlarmId("a"), CaseId("case-1"))


def test_news_above_waits_behind_a_line_until_the_operator_moves() -> None:
    state = desk_with(row("b"), row("c"), selected="b")
    fresh = row("a", priority=Priority.HIGH)
    news = reduce(state, r.QueueRead((fresh, *state.rows), NOON))
    assert [shown.alarm_id for shown in news.rows] == ["b", "c"]
    assert (news.new_above, news.new_high) == (1, 1)
    moved = press(news, "Down")
    assert [shown.alarm_id for shown in moved.rows] == ["a", "b", "c"]
    assert moved.new_above == 0


def test_news_below_the_selection_comes_in_at_once() -> None:
    state = desk_with(row("a"), selected="a")
    news = reduce(state, r.QueueRead((row("a"), row("z")), NOON))
    assert [shown.alarm_id for shown in news.rows] == ["a", "z"]
    assert news.new_above == 0


def test_an_alarm_decided_elsewhere_stays_where_it_is_and_cannot_be_decided_twice() -> None:
    state = desk_with(row("a"), row("b"), selected="a")
    news = reduce(state, r.QueueRead((row("b"),), NOON))
    assert [shown.alarm_id for shown in news.rows] == ["a", "b"]
    assert press(news, "N", "1").asked is None
    verdict = Verdict(
        stage=AlarmStage.DISMISSED, at=NOON, account_id=LI.account_id, display_name="王磊", reason=DismissReason.OTHER
    )
    gone = row("a", stage=AlarmStage.DISMISSED)
    told = reduce(news, r.SheetRead(sheet(gone, card=card(gone, verdicts=(verdict,))))).told
    assert told is not None and told.values["who"] == "王磊"


def test_what_another_seat_holds_cannot_be_decided_here() -> None:
    state = desk_with(row("a", held_by="王磊", held_seat="03"))
    for keys in (("Enter",), ("Y", "Enter"), ("N", "1"), ("P", "1")):
        refused = press(state, *keys)
        assert refused.asked is None
        assert refused.told is not None and refused.told.values["who"] == "王磊"


def test_a_lost_claim_is_said_and_what_was_chosen_is_kept() -> None:
    mine = row("a", held_by=LI.display_name, held_seat=LI.seat_id)
    state = press(desk_with(mine), "Y", "2")
    later = NOON + CLAIM_LEASE + timedelta(seconds=1)
    taken = row("a", held_by="王磊", held_seat="03", held_until=later + CLAIM_LEASE)
    news = reduce(state, r.QueueRead((taken,), later))
    assert news.told is not None and "took it over" in news.told.sentence
    assert news.mode == r.FilingMode(condition=1)


def test_acknowledging_hears_the_first_unheard_alarm_of_the_queue_and_claims_nothing() -> None:
    state = desk_with(row("a", heard=True), row("b"), row("c"), selected="c")
    after = press(state, "A")
    assert after.asked == r.Acknowledge(AlarmId("b"))
    assert after.selected == "c"


def test_only_ones_own_claim_can_be_released() -> None:
    assert press(desk_with(row("a")), "O").asked is None
    mine = row("a", held_by=LI.display_name, held_seat=LI.seat_id)
    assert press(desk_with(mine), "O").asked == r.Release(AlarmId("a"))


def test_a_refusal_keeps_mode_and_choice() -> None:
    state = press(desk_with(row("a")), "Y", "2", "Enter")
    refused = reduce(state, r.Refused(state.asked, Told("no", {}, True), NOON))
    assert refused.mode == r.FilingMode(condition=1)
    assert refused.busy is None


def test_the_database_away_is_said_since_the_first_failure() -> None:
    state = reduce(desk_with(row("a")), r.Refused(None, Told("away", {}, True), NOON, True))
    later = reduce(state, r.Refused(None, Told("away", {}, True), NOON + timedelta(seconds=9), True))
    assert later.away_since == NOON
    assert reduce(later, r.QueueRead((row("a"),), NOON)).away_since is None


def test_the_seats_own_pace_counts_ten_minutes_of_alarms_once_each() -> None:
    state = desk_with(row("a"), row("b"), row("old", age_s=700))
    assert state.rate == 2
    state = reduce(state, r.QueueRead((row("b"),), NOON))
    assert state.rate == 2
    assert reduce(state, r.Ticked(NOON + timedelta(minutes=11))).rate == 0


def test_leaving_a_mode_changes_nothing() -> None:
    for key in "YNPCR":
        state = press(desk_with(row("a")), key, "Esc", "Esc")
        assert state.mode == r.Browsing()
        assert press(state, "1").asked is None


def test_what_was_read_of_another_alarm_comes_too_late() -> None:
    state = desk_with(row("a"), row("b"), selected="a")
    moved = press(state, "Down")
    assert reduce(moved, r.SheetRead(sheet(row("a")))).sheet is None


def test_a_release_of_the_claim_time_is_not_counted_as_held() -> None:
    mine = row("a", held_by="王磊", held_seat="03")
    state = replace(desk_with(mine), now=NOON + CLAIM_LEASE + timedelta(seconds=1))
    assert press(state, "N", "1").asked == r.Dismiss(AlarmId("a"), DismissReason.SEEN_WRONGLY)
