"""The accounts page: an administrator adds, changes, shuts out and gives a second step, by key."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from console.application.accounts_desk import AccountsDesk
from console.domain.accounts import Account, Role
from console.domain.ids import AccountId
from console.domain.one_time_codes import code_of, counter_at
from console.words import ENGLISH
from tests.application.city import person
from tests.widgets.desks import Seat, until
from widgets.accounts.accounts_page import AccountsPage

ADMIN = person("孙浩", Role.ADMINISTRATOR)
GOOD = "a lamp on the wet stones"


class PlainHasher:
    """Compares what is written; the tests' accounts have no secret."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str, password: str) -> bool:
        return encoded == password


@pytest.fixture
def page(seat: Seat) -> Iterator[AccountsPage]:
    city = seat.city
    with city.units.write() as unit:
        unit.accounts.add(
            Account(
                account_id=AccountId("孙浩"),
                sign_in_name="admin",
                display_name="孙浩",
                role=Role.ADMINISTRATOR,
                password_hash="x",
            )
        )
        unit.commit()
    desk = AccountsDesk(city.units, city.gate, PlainHasher(), city.clock, city.vault)
    made = AccountsPage(ADMIN, desk, seat.desk, seat.teller, city.clock)
    yield seat.opened(made, lambda: len(made.table.model_rows.rows) == 2)
    made.hide()


def account(seat: Seat, name: str) -> Account | None:
    with seat.city.units.read() as unit:
        return unit.accounts.named(name)


def choose(page: AccountsPage, name: str) -> None:
    rows = page.table.model_rows.rows
    page.table.selectRow(next(at for at, row in enumerate(rows) if row.cells[1] == name))


def save(page: AccountsPage) -> None:
    QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def cells(page: AccountsPage, name: str) -> tuple[str, ...]:
    return next((row.cells for row in page.table.model_rows.rows if row.cells[1] == name), ())


def test_an_account_added_by_key_may_sign_in_where_it_was_said(seat: Seat, page: AccountsPage) -> None:
    seat.strike(page, "N")
    assert page.form.sign_in_name.hasFocus()
    page.form.sign_in_name.setText("zhou")
    page.form.display_name.setText("周敏")
    page.form.areas.setText("310115 310116")
    page.form.password.setText(GOOD)
    page.form.again.setText(GOOD)
    save(page)

    until(seat.qtbot, lambda: cells(page, "zhou") != ())
    made = account(seat, "zhou")
    assert made is not None and made.password_hash == GOOD and made.scope.areas == {"310115", "310116"}
    assert cells(page, "zhou") == ("周敏", "zhou", "坐席员", "310115 310116", "启用")
    assert "add_account" in seat.city.audit_verbs()


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(seat: Seat, page: AccountsPage) -> None:
    seat.strike(page, "N")
    page.form.sign_in_name.setText("li")
    page.form.display_name.setText("李四")
    page.form.password.setText(GOOD)
    page.form.again.setText("something else entirely")
    save(page)
    assert page.line.words == "两次输入的密码不一致。"

    page.form.again.setText(GOOD)
    save(page)
    until(seat.qtbot, lambda: "li" in page.line.words)
    assert page.form.display_name.text() == "李四"

    page.form.areas.setText("浦东")
    save(page)
    until(seat.qtbot, lambda: "浦东" in page.line.words)


def test_the_last_administrator_cannot_be_shut_out(seat: Seat, page: AccountsPage) -> None:
    choose(page, "admin")
    seat.strike(page, "E")
    page.form.is_active.setChecked(False)
    save(page)

    until(seat.qtbot, lambda: page.line.words != "")
    found = account(seat, "admin")
    assert found is not None and found.is_active


def test_an_account_taken_out_of_use_says_so(seat: Seat, page: AccountsPage) -> None:
    choose(page, "li")
    seat.strike(page, "E")
    page.form.is_active.setChecked(False)
    save(page)

    until(seat.qtbot, lambda: cells(page, "li")[-1] == "已停用")
    found = account(seat, "li")
    assert found is not None and not found.is_active
    assert page.table.hasFocus()


def test_a_second_step_is_set_up_from_the_picture_itself(seat: Seat, page: AccountsPage, tmp_path: Path) -> None:
    choose(page, "li")
    seat.strike(page, "S")
    until(seat.qtbot, page.second.isVisible)
    uri = read_code(page.second.picture.image, tmp_path)
    assert uri.startswith("otpauth://totp/Citydesk:li?secret=")
    secret = uri.split("secret=")[1].split("&")[0]
    assert page.second.by_hand.text().replace(" ", "") == secret

    page.second.code.setText(code_of(secret, counter_at(seat.city.clock.now())))
    QTest.keyClick(page.second.code, Qt.Key.Key_Return)

    until(seat.qtbot, lambda: cells(page, "li")[-1] == "启用，有第二步")
    assert page.second.by_hand.text() == "" and page.second.picture.image.isNull()

    seat.strike(page, "S")
    assert "再按" in page.line.words and cells(page, "li")[-1] == "启用，有第二步"
    seat.strike(page, "S")
    until(seat.qtbot, lambda: cells(page, "li")[-1] == "启用")


def test_wrong_tries_are_seen_and_forgiven(seat: Seat, page: AccountsPage) -> None:
    with seat.city.units.write() as unit:
        found = unit.accounts.get(AccountId("acc-li"))
        for _ in range(30):
            found.note_failure(seat.city.clock.now())
        unit.accounts.save(found)
        unit.commit()
    page.refresh()
    until(seat.qtbot, lambda: "30" in cells(page, "li")[-1])
    choose(page, "li")

    seat.strike(page, "U")

    until(seat.qtbot, lambda: cells(page, "li")[-1] == "启用")


def test_esc_goes_back_to_the_list_and_then_away(seat: Seat, page: AccountsPage) -> None:
    seat.strike(page, "N")
    QTest.keyClick(page.form.sign_in_name, Qt.Key.Key_Escape)
    assert page.table.hasFocus()
    with seat.qtbot.waitSignal(page.left):
        seat.strike(page, "Esc")


def test_the_page_speaks_english_with_what_was_typed_kept(seat: Seat, page: AccountsPage) -> None:
    seat.strike(page, "N")
    page.form.display_name.setText("周敏")
    seat.words.speak(ENGLISH)
    page.retranslate()

    assert page.form.display_name.text() == "周敏"
    words = " ".join(shown.text() for shown in page.form.findChildren(QLabel) if shown.isVisible())
    assert "New account" in words and not any("\u4e00" <= letter <= "\u9fff" for letter in words)
    assert cells(page, "li")[2:] == ("operator", "everywhere", "in use")


def read_code(image: QImage, folder: Path) -> str:
    """Read a QR code as a telephone would, with a reader we did not write."""
    file = folder / "code.png"
    assert image.scaled(image.size() * 8).save(str(file))
    picture = cv2.imread(str(file))
    assert picture is not None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(picture))
    return text
