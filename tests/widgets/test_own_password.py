"""Changing one's own password at the seat: the old one is asked, mistakes are said, and nothing typed stays."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.application.errors import CodeWanted, NotPermitted
from tests.widgets.desks import Seat
from widgets.settings.own_password import OwnPassword
from widgets.settings.settings_page import AboutFacts, SettingsPage

OLD, NEW = "right", "winter geese over the river"


@dataclass
class Door:
    """Takes what was typed; refuses a wrong old password, and asks for a code where there is a second step."""

    has_second_step: bool = False
    given: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, old: str, new: str, code: str) -> None:
        if old != OLD:
            raise NotPermitted("Name or password is wrong.")
        if self.has_second_step and not code:
            raise CodeWanted("Type the code your authenticator shows now.")
        self.given.append((old, new, code))


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def page(seat: Seat, door: Door) -> Iterator[SettingsPage]:
    own = OwnPassword(door.change, seat.desk, seat.teller)
    made = SettingsPage(seat.teller, AboutFacts(version="0.1.0", licences=""), own=own)
    yield seat.opened(made, lambda: True)
    made.hide()


def own_of(page: SettingsPage) -> OwnPassword:
    (own,) = page.findChildren(OwnPassword)
    return own


def strike(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, held)


def fill(page: SettingsPage, old: str, new: str, again: str) -> None:
    own = own_of(page)
    for typed, text in ((own.old, old), (own.new, new), (own.again, again)):
        typed.setText(text)
    strike(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_the_password_is_changed_by_keys_and_nothing_typed_stays(page: SettingsPage, door: Door, qtbot: QtBot) -> None:
    strike(Qt.Key.Key_P)
    own = own_of(page)
    assert own.old.hasFocus() and own.code.isHidden()
    with qtbot.waitSignal(own.changed, timeout=5000):
        fill(page, OLD, NEW, NEW)
    assert door.given == [(OLD, NEW, "")]
    assert not own.is_open and own.new.text() == "" and own.old.text() == ""
    assert "密码已修改" in own.line.words
    strike(Qt.Key.Key_P)
    assert own.is_open, "the page has its keys again"


def test_two_that_differ_and_a_wrong_old_one_are_said_and_what_was_typed_stays(
    page: SettingsPage, door: Door, qtbot: QtBot
) -> None:
    strike(Qt.Key.Key_P)
    own = own_of(page)
    fill(page, OLD, NEW, NEW + "!")
    assert "两次" in own.line.words
    fill(page, "wrong", NEW, NEW)
    qtbot.waitUntil(lambda: "密码不对" in own.line.words or "错" in own.line.words, timeout=5000)
    assert own.is_open and own.new.text() == NEW and door.given == []


def test_who_signs_in_with_a_code_is_asked_for_one(page: SettingsPage, door: Door, qtbot: QtBot) -> None:
    door.has_second_step = True
    strike(Qt.Key.Key_P)
    own = own_of(page)
    fill(page, OLD, NEW, NEW)
    qtbot.waitUntil(own.code.isVisible, timeout=5000)
    own.code.setText("123456")
    with qtbot.waitSignal(own.changed, timeout=5000):
        strike(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert door.given == [(OLD, NEW, "123456")]


def test_esc_closes_the_form_and_then_the_page(page: SettingsPage, qtbot: QtBot) -> None:
    strike(Qt.Key.Key_P)
    own_of(page).old.setText("secret")
    strike(Qt.Key.Key_Escape)
    assert not own_of(page).is_open and own_of(page).old.text() == ""
    with qtbot.waitSignal(page.left):
        strike(Qt.Key.Key_Escape)
