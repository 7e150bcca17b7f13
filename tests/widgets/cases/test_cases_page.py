"""The case pages by keyboard, over real desks."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester, QTest

from console.application.dispatch import Answer
from console.application.errors import Unavailable
from console.application.recheck import Looked
from console.domain.accounts import Actor
from console.domain.cases import Act, Appeal, Case, RecheckAnswer, Stage
from console.domain.ids import CaseId, EvidenceId
from console.words import ENGLISH
from tests.application.city import TEAM, City
from tests.application.test_open_window import LEAD, thrown
from tests.widgets.desks import Seat, until
from tests.widgets.reviewing import still
from widgets.cases.cases_page import CasesPage


class Department:
    """A unit's system that takes everything, or nothing."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.bodies: list[dict[str, object]] = []

    def submit(self, body: dict[str, object], idempotency_key: str) -> str:
        if self.is_away:
            raise Unavailable("The unit's system does not answer.")
        self.bodies.append(body)
        return "SR-1"

    def recall(self, receipt: str, idempotency_key: str) -> None: ...

    def answers(self, since: object) -> tuple[Answer, ...]:
        return ()


def delivered(city: City, actor: Actor) -> CaseId:
    case_id = city.filed(actor).case_id
    city.clock.wait(seconds=11)
    for order in city.dispatch.take_due():
        city.dispatch.deliver(order, Department())
    return case_id


def handled(city: City, actor: Actor) -> CaseId:
    case_id = delivered(city, actor)
    city.clock.wait(minutes=5)
    answer = Answer(answer_id="1", receipt="SR-1", says="done", text="车主已驶离", at=city.clock.now())
    city.dispatch.take_answer(TEAM, answer)
    return case_id


def looked(city: City, answer: RecheckAnswer, with_it: int) -> None:
    for recheck in city.rechecks.take_asked(timedelta(seconds=30)):
        city.rechecks.note(
            Looked(
                recheck_id=recheck.recheck_id,
                answer=answer,
                reason="",
                looks=8,
                looks_with=with_it,
                best_score=0.1,
                still=None,
            )
        )


def case_of(city: City, case_id: CaseId) -> Case:
    with city.units.read() as unit:
        return unit.cases.get(case_id)


def opened(seat: Seat, actor: Actor, case_id: CaseId) -> CasesPage:
    page: CasesPage = seat.cases(actor)
    page.open_case(case_id)
    until(seat.qtbot, lambda: page.state.page is not None)
    return page


def test_no_case_is_closed_before_a_condition_was_chosen(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "Y")
    assert page.state.busy is None
    assert not page.view.foot.close_button.isEnabled()
    seat.strike(page, "1", "Y")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).stage is Stage.CLOSED)


def test_enter_never_closes(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "1", "Enter", "Enter")
    assert page.state.busy is None
    assert case_of(seat.city, case_id).stage is Stage.HANDLED


def test_a_case_the_unit_has_not_answered_cannot_be_closed_or_sent_back(seat: Seat, li: Actor) -> None:
    case_id = delivered(seat.city, li)
    page = opened(seat, li, case_id)
    for key in ("Y", "N"):
        seat.strike(page, key)
        assert page.view.foot.line.words == "单位还没有回复。"
    assert case_of(seat.city, case_id).stage is Stage.DELIVERED


def test_sending_back_needs_a_reason_by_number(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "N", "1")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).reworks == 1)
    assert case_of(seat.city, case_id).steps[-1].facts["reason"] == "It is still there"


def test_sending_back_takes_a_typed_reason_in_which_letters_are_text(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "N", "/")
    QTest.keyClicks(page.view.foot.typed, "yes 1x")
    assert page.view.foot.typed.text() == "yes 1x"
    assert not page.state.is_swapped
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).reworks == 1)
    assert case_of(seat.city, case_id).steps[-1].facts["reason"] == "yes 1x"


@pytest.mark.parametrize(
    ("answer", "with_it", "word"),
    [
        (RecheckAnswer.CLEARED, 0, "已清除"),
        (RecheckAnswer.STILL_THERE, 8, "仍在"),
        (RecheckAnswer.CANNOT_TELL, 0, "看不清"),
    ],
)
def test_the_strip_says_what_the_camera_saw_in_how_many_looks(
    seat: Seat, li: Actor, answer: RecheckAnswer, with_it: int, word: str
) -> None:
    case_id = handled(seat.city, li)
    looked(seat.city, answer, with_it)
    page = opened(seat, li, case_id)
    assert page.view.strip.answer == word
    assert page.view.strip._looks.text() == f"8 次看了，{with_it} 次见到"


def test_before_the_camera_looked_nothing_says_cleared(seat: Seat, li: Actor) -> None:
    page = opened(seat, li, handled(seat.city, li))
    assert page.view.strip.answer == "相机正在复核"


def test_r_lets_the_camera_look_once_more(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    looked(seat.city, RecheckAnswer.STILL_THERE, 8)
    page = opened(seat, li, case_id)
    seat.strike(page, "R")
    until(seat.qtbot, lambda: len(seat.city.rechecks.take_asked(timedelta(seconds=30))) == 1)


def test_a_parked_delivery_says_whom_to_phone_and_r_sends_again(seat: Seat, li: Actor) -> None:
    case_id = seat.city.filed(li).case_id
    away = Department(is_away=True)
    for _ in range(8):
        seat.city.clock.wait(minutes=6)
        for order in seat.city.dispatch.take_due():
            seat.city.dispatch.deliver(order, away)
    page = opened(seat, li, case_id)
    assert page.view.foot.line.words == f"送了 8 次没送到，已停下。请电话通知{TEAM}，再按 R 重送。"
    seat.strike(page, "R")
    until(seat.qtbot, lambda: bool(seat.city.dispatch.take_due()))


def test_u_takes_a_filing_back_within_ten_seconds_only(seat: Seat, li: Actor) -> None:
    case_id = seat.city.filed(li).case_id
    page = opened(seat, li, case_id)
    assert page.view.foot._undo.isVisible()
    seat.strike(page, "U")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).stage is Stage.VOID)
    second = seat.city.filed(li, "hit-2").case_id
    seat.city.clock.wait(seconds=11)
    page.open_case(second)
    until(seat.qtbot, lambda: page.state.page is not None and page.state.now == seat.city.clock.now())
    assert not page.view.foot._undo.isVisible()
    seat.strike(page, "U")
    assert page.state.busy is None


def test_x_swaps_before_and_after_in_place(seat: Seat, li: Actor) -> None:
    page = opened(seat, li, handled(seat.city, li))
    assert page.view.pictures.titles == ("处置前", "处置后")
    seat.strike(page, "X")
    assert page.view.pictures.titles == ("处置后", "处置前")


def test_an_export_asks_for_a_reason_first_and_says_where_it_went(seat: Seat, chief: Actor, tmp_path: Path) -> None:
    case_id = handled(seat.city, chief)
    case = case_of(seat.city, case_id)
    with seat.city.units.write() as unit:
        unit.evidence.add(still("e1", case.alarm_id))
        unit.commit()
    page = opened(seat, chief, case_id)
    seat.strike(page, "S")
    assert not list(tmp_path.glob("*.citydesk-evidence"))
    seat.strike(page, "1")
    written = tmp_path / f"{case.number}.citydesk-evidence"
    until(seat.qtbot, lambda: str(written) in page.view.foot.line.words)
    assert written.read_text() == case.number
    with seat.city.units.read() as unit:
        assert unit.evidence.custody(EvidenceId("e1"))[-1].detail == {"reason": "Penalty decision"}


def test_nothing_empty_is_handed_out(seat: Seat, chief: Actor, tmp_path: Path) -> None:
    page = opened(seat, chief, handled(seat.city, chief))
    seat.strike(page, "S", "1")
    until(seat.qtbot, lambda: page.view.foot.line.words == "这件案件还没有证据。")
    assert not list(tmp_path.glob("*.citydesk-evidence"))


def test_a_role_that_may_not_hand_out_evidence_is_told_so(seat: Seat, li: Actor) -> None:
    page = opened(seat, li, handled(seat.city, li))
    seat.strike(page, "S", "1")
    until(seat.qtbot, lambda: "值班长" in page.view.foot.line.words)


def test_esc_goes_back_to_the_list_and_keeps_the_case_selected(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "Esc")
    assert not page.state.is_open and page.list.isVisible()
    assert page.state.selected == case_id
    assert page.list.view.hasFocus()


def test_an_empty_list_says_where_cases_come_from(seat: Seat, li: Actor) -> None:
    page = seat.cases(li)
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert page.list._empty.isVisible() and "F3" in page.list._empty.text()


def test_the_list_obeys_qt_and_opens_with_enter(seat: Seat, li: Actor) -> None:
    seat.city.filed(li, "hit-1")
    seat.city.clock.wait(seconds=5)
    newest = seat.city.filed(li, "hit-2").case_id
    page = seat.cases(li)
    tester = QAbstractItemModelTester(page.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page.list)
    assert page.state.rows[0].case_id == newest
    seat.strike(page, "Down", "Enter")
    until(seat.qtbot, lambda: page.state.page is not None)
    assert page.state.position == 1 and tester is not None


def test_the_steps_say_every_step_in_the_language_of_now(seat: Seat, li: Actor) -> None:
    case_id = handled(seat.city, li)
    page = opened(seat, li, case_id)
    assert "派遣: team-2 • 采纳推荐" in page.view.steps.accessibleName()
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert "Routed: team-2 • as proposed" in page.view.steps.accessibleName()


def test_the_window_is_opened_by_one_who_may_with_a_reason_and_offered_to_nobody_else(seat: Seat, li: Actor) -> None:
    case_id = thrown(seat.city, li)
    page = opened(seat, li, case_id)
    seat.strike(page, "W", "1")
    assert not page.view.foot.opens_window and "open_window" not in seat.city.audit_verbs()
    page = opened(seat, LEAD, case_id)
    assert page.view.foot.opens_window
    seat.strike(page, "W", "1")
    until(seat.qtbot, lambda: "7–8" in page.view.foot.line.words)
    assert page.view.foot.line.words == "第 7 层（7–8），左起第 4 窗（4）"


def test_a_supervisor_extends_by_keys_and_the_limit_says_the_new_deadline(seat: Seat, li: Actor, chief: Actor) -> None:
    case_id = delivered(seat.city, li)
    due = case_of(seat.city, case_id).due_at
    page = opened(seat, chief, case_id)
    seat.strike(page, "E", "1")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).extensions == 1)
    found = case_of(seat.city, case_id)
    assert due is not None and found.due_at is not None and found.due_at > due
    assert found.steps[-1].facts["reason"] == "The weather forbids the work"
    until(seat.qtbot, lambda: page.view.foot.line.words == "已延期，新的期限见右侧。")


def test_an_operator_is_told_that_a_deadline_is_not_theirs_to_move(seat: Seat, li: Actor) -> None:
    case_id = delivered(seat.city, li)
    page = opened(seat, li, case_id)
    for key in ("E", "P", "Del", "L"):
        seat.strike(page, key)
        assert page.view.foot.line.words == "案件现在不能这样办理。"
    seat.strike(page, "H", "2")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).urged_at is not None)
    assert case_of(seat.city, case_id).stage is Stage.DELIVERED


def test_p_asks_for_how_long_and_why_and_p_again_lets_it_run_on(seat: Seat, li: Actor, chief: Actor) -> None:
    case_id = delivered(seat.city, li)
    page = opened(seat, chief, case_id)
    seat.strike(page, "P", "3")
    assert case_of(seat.city, case_id).suspended_at is None
    seat.strike(page, "/")
    QTest.keyClicks(page.view.foot.typed, "frost")
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).suspended_at is not None)
    found = case_of(seat.city, case_id)
    assert found.suspended_until == seat.city.clock.now() + timedelta(days=7)
    assert found.steps[-1].facts["reason"] == "frost"
    until(seat.qtbot, lambda: page.state.busy is None and page.view.limit.words.startswith("挂账至"))
    seat.strike(page, "P")
    until(seat.qtbot, lambda: not case_of(seat.city, case_id).is_suspended(seat.city.clock.now()))


def test_an_appeal_is_brought_in_by_one_and_judged_by_others(seat: Seat, li: Actor, chief: Actor) -> None:
    case_id = delivered(seat.city, li)
    seat.city.clock.wait(hours=5)
    late = Answer(answer_id="1", receipt="SR-1", says="done", text="已清理", at=seat.city.clock.now())
    seat.city.dispatch.take_answer(TEAM, late)
    seat.city.cases.close(li, case_id, "1")
    page = opened(seat, li, case_id)
    seat.strike(page, "L", "2")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).appeal is Appeal.WAITS)
    page = opened(seat, chief, case_id)
    seat.strike(page, "L", "3")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).appeal is Appeal.REJECTED)
    assert case_of(seat.city, case_id).steps[-1].act is Act.APPEAL_REJECTED


def test_del_voids_a_case_only_with_a_reason(seat: Seat, li: Actor, chief: Actor) -> None:
    case_id = delivered(seat.city, li)
    page = opened(seat, chief, case_id)
    seat.strike(page, "Del")
    assert case_of(seat.city, case_id).stage is Stage.DELIVERED
    seat.strike(page, "1")
    until(seat.qtbot, lambda: case_of(seat.city, case_id).stage is Stage.VOID)
