"""What the program says: filled, in two languages, and complete."""

import gettext
import re
import string
from pathlib import Path

import pytest

from console import i18n
from console.domain.errors import TransitionRefused
from console.words import CHINESE, ENGLISH, Words

ROOT = Path(__file__).resolve().parent.parent
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z][A-Za-z]+")
# Latin words that stand in Chinese sentences on purpose: names, formats, units, keys, commands.
_KNOWN = """
RTSP RTP RTCP PDF JPEG PNG CSV UTF MP4 TTS ONVIF HTTP GeoReport SQLite PostgreSQL OpenVINO Kokoro Ed25519 WAV TOML
Ctrl Enter Esc Space Tab F1 F9 PgUp PgDn Home End Shift GB MB MiB GiB kHz ms CPU GPU NPU AUTO SIMD Hz dBFS ID
CSV XLSX csv xlsx UTF tcp udp SRT RTMP libsrt
Citydesk Python Linux Windows Debian Qt Xvfb pip libpulse citydesk assets fetch vision device
"""
LATIN_IN_CHINESE = frozenset(_KNOWN.split())


def catalogue() -> dict[str, str]:
    said = {}
    for message in i18n.read(i18n.po_path()):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said[key] = message.string if isinstance(message.string, str) else "".join(message.string or ())
    return said


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


CHINESE_OF = catalogue()
IN_CODE = i18n.sentences(ROOT)


def test_every_sentence_of_the_code_is_in_the_catalogue_in_chinese() -> None:
    assert [sentence.one for sentence in IN_CODE if not CHINESE_OF.get(sentence.one)] == []


def test_the_catalogue_holds_nothing_the_code_no_longer_says() -> None:
    assert set(CHINESE_OF) - {sentence.one for sentence in IN_CODE} == set()


def test_no_sentence_is_marked_as_a_guess() -> None:
    assert [message.id for message in i18n.read(i18n.po_path()) if message.fuzzy] == []


def test_both_languages_fill_the_same_places() -> None:
    # English ordinals need a word of their own (3rd), Chinese takes the number.
    same = {"nth": "n"}
    differ = [
        key
        for key, chinese in CHINESE_OF.items()
        if {same.get(name, name) for name in places(key)} != {same.get(name, name) for name in places(chinese)}
    ]
    assert differ == []


def test_the_compiled_catalogue_is_the_one_people_read() -> None:
    with i18n.po_path().with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    many = {sentence.one: sentence.many for sentence in IN_CODE if sentence.many}
    said = {key: compiled.ngettext(key, many[key], 2) if key in many else compiled.gettext(key) for key in CHINESE_OF}
    assert said == CHINESE_OF


def test_no_english_sentence_holds_chinese() -> None:
    assert [sentence.one for sentence in IN_CODE if HAN.search(sentence.one)] == []


def test_a_latin_word_in_a_chinese_sentence_is_a_known_name_or_stands_in_the_english_as_code() -> None:
    strange = []
    for key, chinese in CHINESE_OF.items():
        bare = re.sub(r"`[^`]*`|\{[^}]*\}|--?[a-z-]+", " ", chinese)
        for word in LATIN.findall(bare):
            is_name = word in LATIN_IN_CHINESE or word in _names(key)
            if not is_name:
                strange.append((word, chinese))
    assert strange == []


def _names(english: str) -> set[str]:
    """Return words that are no English: with digits, dashes, underscores or capitals inside (espeak-ng, GB/T)."""
    named = re.findall(r"[A-Za-z]+[-_/.:][A-Za-z0-9-_/.:]+|[A-Z]{2,}|[A-Za-z]+[A-Z0-9][A-Za-z0-9]*|/[a-z/]+", english)
    return {part for name in named for part in LATIN.findall(name)}


def test_a_sentence_is_filled_in_the_language_of_now() -> None:
    words = Words(CHINESE)
    assert words.say("To review {count}", count=7) == "待审核 7"
    words.speak(ENGLISH)
    assert words.say("To review {count}", count=7) == "To review 7"


def test_whoever_listens_is_told_of_a_change_and_only_of_a_change() -> None:
    words, told = Words(CHINESE), []

    def listener() -> None:
        told.append(words.language)

    words.listen(listener)
    words.speak(CHINESE)
    words.speak(ENGLISH)
    words.forget(listener)
    words.speak(CHINESE)
    assert told == [ENGLISH]


def test_a_plural_takes_its_form_and_its_number() -> None:
    words = Words(ENGLISH)
    assert [words.plural("alarm", "alarms", n) for n in (1, 2, 0)] == ["alarm", "alarms", "alarms"]
    words.speak(CHINESE)
    assert words.plural("alarm", "alarms", 2) == "条"


def test_a_refusal_of_the_domain_is_told_in_the_operators_language() -> None:
    refusal = TransitionRefused("A case that is {now} cannot take this step.", now="closed")
    assert "closed" in Words(ENGLISH).tell(refusal)
    chinese = Words(CHINESE).tell(refusal)
    assert HAN.search(chinese) and chinese != Words(ENGLISH).tell(refusal)


def test_the_extraction_finds_sentences_wherever_they_are_marked(tmp_path: Path) -> None:
    (tmp_path / "console").mkdir()
    (tmp_path / "widgets").mkdir()
    (tmp_path / "console" / "room.py").write_text(
        "class Refusal(Exception): ...\n"
        "class Away(Refusal): ...\n"
        "class Gone(Away): ...\n"
        'raise Gone("It is {what}.", what=1)\n'
        'TABLE = {1: N_("One thing")}\n'
        'words.say("Said " "in two pieces.")\n'
        'words.plural("one", "many", 3)\n'
        'raise ValueError("not for people")\n',
        encoding="utf-8",
    )
    found = {(sentence.one, sentence.many) for sentence in i18n.sentences(tmp_path)}
    assert found == {("It is {what}.", ""), ("One thing", ""), ("Said in two pieces.", ""), ("one", "many")}


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_an_unknown_sentence_is_said_as_it_is(language: str) -> None:
    assert Words(language).say("—") == "—"
