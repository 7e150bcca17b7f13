"""Every sentence of the pages is in both languages, with the same places to fill."""

import re
import string
from pathlib import Path

import pytest

from console import i18n

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    *(f"widgets/{room}/" for room in ("alarms", "cases", "evidence", "talk", "shift", "login", "recordings")),
    *(
        f"widgets/state/{state}"
        for state in ("review", "case", "talk", "shift", "player", "telling", "replay", "time_line")
    ),
)
HAN = re.compile(r"[\u4e00-\u9fff]")


def page_sentences() -> list[str]:
    found = i18n.sentences(ROOT)
    return sorted(sentence.one for sentence, files in found.items() if any(file.startswith(ROOMS) for file in files))


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    catalogue = i18n.read(i18n.po_path())
    said = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said[key] = message.string if isinstance(message.string, str) else "".join(message.string or ())
    return said


def test_there_are_sentences_to_check() -> None:
    assert len(page_sentences()) > 300


def test_no_english_sentence_holds_chinese() -> None:
    assert [sentence for sentence in page_sentences() if HAN.search(sentence)] == []


def test_no_sentence_of_the_pages_lacks_its_chinese(chinese: dict[str, str]) -> None:
    assert [sentence for sentence in page_sentences() if not chinese.get(sentence)] == []


def test_both_languages_fill_the_same_places(chinese: dict[str, str]) -> None:
    different = [
        sentence
        for sentence in page_sentences()
        if chinese.get(sentence) and places(sentence) != places(chinese[sentence])
    ]
    assert different == []
