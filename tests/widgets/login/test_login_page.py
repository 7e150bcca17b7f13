"""The login page."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application.sign_in import SignIn
from console.domain.accounts import Role
from console.domain.ids import AccountId, SeatId
from console.domain.one_time_codes import code_of, counter_at, new_secret
from console.words import ENGLISH
from tests.widgets.desks import Seat, until
from widgets.login.login_page import DemoAccount, LoginPage


class PlainHasher:
    """Compares what is written; the tests' accounts have no secret."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str, password: str) -> bool:
        return encoded == password


DEMO = DemoAccount(sign_in_name="li", password="right", display_name="李文静", role=Role.OPERATOR)


@pytest.fixture
def sign_in(seat: Seat) -> SignIn:
    return SignIn(seat.city.units, PlainHasher(), seat.city.clock, seat.city.vault)


@pytest.fixture
def page(seat: Seat, sign_in: SignIn) -> Iterator[LoginPage]:
    found: LoginPage = seat.opened(
        LoginPage(sign_in, seat.desk, seat.teller, SeatId("02"), seat.city.queries.backlog, [DEMO]), lambda: True
    )
    until(seat.qtbot, lambda: found._waiting.text() != "")
    yield found
    found.hide()


def test_at_half_size_every_field_keeps_its_height_and_the_accounts_are_scrolled_to(
    seat: Seat, sign_in: SignIn
) -> None:
    page: LoginPage = seat.opened(
        LoginPage(sign_in, seat.desk, seat.teller, SeatId("02"), seat.city.queries.backlog, [DEMO] * 7), lambda: True
    )
    page.resize(960, 448)  # 1920 × 1080 at 200 %, without the bars above and below
    until(seat.qtbot, lambda: page.height() == 448 and page._demo_buttons[-1].isVisible())
    rows = [page.seat, page.account, page.password, page.language, page._button, *page._demo_buttons]
    below = [row.geometry().bottom() for row in rows[:-1]]
    assert all(one < other.geometry().top() for one, other in zip(below, rows[1:], strict=True))
    assert page._button.height() >= 44 and page._demo_buttons[-1].height() >= page._demo_buttons[-1].sizeHint().height()
    page.hide()


def test_the_right_password_lets_the_person_in_at_the_seat(seat: Seat, page: LoginPage) -> None:
    page.account.setText("li")
    page.password.setText("right")
    with seat.qtbot.waitSignal(page.signed_in) as signed:
        QTest.keyClick(page.password, Qt.Key.Key_Return)
    (actor,) = signed.args
    assert (actor.display_name, actor.seat_id) == ("李文静", "02")
    assert page.password.text() == ""


def test_a_wrong_password_is_said_in_words_and_the_name_is_kept(seat: Seat, page: LoginPage) -> None:
    page.account.setText("li")
    page.password.setText("wrong")
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    until(seat.qtbot, lambda: page.line.words == "账号或密码不对。")
    assert page.account.text() == "li" and page.password.hasFocus()


def test_what_waits_is_said_before_anybody_signs_in(seat: Seat, page: LoginPage) -> None:
    assert page._waiting.text() == "没有等待处理的事。"
    seat.city.hit()
    page.hide()
    page.show()
    until(seat.qtbot, lambda: page._waiting.text() == "等待处理：告警 1 条，待送达 0 件。")


def test_a_demo_account_is_filled_in_by_a_click_and_labelled(seat: Seat, page: LoginPage) -> None:
    assert "演示" in page._demo_title.text()
    QTest.mouseClick(page._demo_buttons[0], Qt.MouseButton.LeftButton)
    assert (page.account.text(), page.password.text()) == ("li", "right")


def test_without_demo_accounts_none_are_shown(seat: Seat, sign_in: SignIn) -> None:
    page = LoginPage(sign_in, seat.desk, seat.teller, SeatId("02"), seat.city.queries.backlog)
    seat.qtbot.addWidget(page)
    assert not page._demo_buttons


def test_the_language_is_chosen_here_and_what_was_typed_stays(seat: Seat, page: LoginPage) -> None:
    page.account.setText("li")
    with seat.qtbot.waitSignal(page.language_chosen) as chosen:
        page.language.setCurrentIndex(page.language.findData(ENGLISH))
    seat.words.speak(str(chosen.args[0]))
    page.retranslate()
    assert page.account.text() == "li" and page._button.text() == "Sign in"


def with_second_step(seat: Seat, secret: str) -> None:
    seat.city.vault.put("totp/acc-li", secret)
    with seat.city.units.write() as unit:
        account = unit.accounts.get(AccountId("acc-li"))
        unit.accounts.save(replace(account, totp_secret_name="totp/acc-li"))
        unit.commit()


def test_the_code_is_asked_for_only_after_the_right_password_of_who_has_one(seat: Seat, page: LoginPage) -> None:
    secret = new_secret()
    with_second_step(seat, secret)
    page.account.setText("li")
    page.password.setText("wrong")
    page.submit()
    until(seat.qtbot, lambda: page.line.words == "账号或密码不对。")
    assert not page.code.isVisible()

    page.password.setText("right")
    page.submit()
    until(seat.qtbot, page.code.isVisible)
    assert page.code.hasFocus() and page.password.text() == "right"

    page.code.setText(code_of(secret, counter_at(seat.city.clock.now())))
    with seat.qtbot.waitSignal(page.signed_in):
        QTest.keyClick(page.code, Qt.Key.Key_Return)
    assert page.code.text() == "" and not page.code.isVisible()
