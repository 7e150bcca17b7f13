"""What is said for numbers, plates, times and foreign words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.infrastructure.voice.tts.english import EnglishReader, number_words
from console.infrastructure.voice.tts.kokoro import pieces_of
from console.infrastructure.voice.tts.mandarin import MandarinReader


@pytest.fixture(scope="module")
def english() -> EnglishReader:
    return EnglishReader()


@pytest.fixture(scope="module")
def mandarin(english: EnglishReader) -> MandarinReader:
    return MandarinReader(english.word)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("请在10分钟内驶离", "请在十分钟内驶离"),
        ("长江路128号", "长江路幺二八号"),
        ("今天14:30检修", "今天十四点半检修"),
        ("请拨打12345", "请拨打幺二三四五"),
        ("湿度45%", "湿度百分之四十五"),
        ("第3次警告", "第三次警告"),
        ("距离1.5km", "距离一点五千米"),
    ],
)
def test_numbers_are_read_as_people_say_them(mandarin: MandarinReader, written: str, said: str) -> None:
    assert mandarin.spelled_out(written) == said


def test_a_number_plate_is_read_sign_by_sign(mandarin: MandarinReader) -> None:
    said = mandarin.spelled_out("车牌粤B8K351的车主")

    assert said.split() == ["车牌粤", "B", "八", "K", "三五幺的车主"]


def test_syllables_carry_their_tones_and_commas_their_pause(mandarin: MandarinReader) -> None:
    said = mandarin.phonemes("请勿占道经营，谢谢配合。")

    assert said == "ʨʰi↓ŋu↘ ꭧa↘n tau↘ ʨi→ŋi↗ŋ, ɕje↘ɕje↘ pʰei↘xɤ↗."


def test_a_half_width_comma_pauses_like_a_full_width_one(mandarin: MandarinReader) -> None:
    assert mandarin.phonemes("您好,谢谢!") == mandarin.phonemes("您好，谢谢！")


def test_a_character_with_two_readings_is_read_by_its_word(mandarin: MandarinReader) -> None:
    assert mandarin.pinyin("银行") == "yin2 hang2"
    assert mandarin.pinyin("人行道") == "ren2 xing2 dao4"
    assert mandarin.pinyin("重庆路") == "chong2 qing4 lu4"


def test_latin_letters_and_words_inside_chinese_are_spoken(mandarin: MandarinReader) -> None:
    said = mandarin.phonemes("LED屏在Changjiang路口，有Wi-Fi")

    assert said.startswith("ˈɛl ˈi dˈi ")
    assert "ꭧʰaŋʨjaŋ" in said
    assert said.endswith("wˈIfˌI")


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "zero"),
        ("14", "fourteen"),
        ("1,250", "one thousand two hundred fifty"),
        ("62679", "sixty two thousand six hundred seventy nine"),
        ("3.5", "three point five"),
        ("007", "zero zero seven"),
    ],
)
def test_english_numbers_are_said_in_words(digits: str, words: str) -> None:
    assert " ".join(number_words(digits)) == words


def test_an_unknown_english_word_is_built_spelled_or_read_as_a_chinese_name(english: EnglishReader) -> None:
    assert english.word("shopkeepers") == "ʃˈɑpkˌipəɹz"
    assert english.word("Zhongguancun") == "ꭧʊŋkwanʦʰwən"
    assert english.word("CCTV") == "sˈi sˈi tˈi vˈi"


@pytest.mark.media
def test_every_sign_the_readers_write_is_known_to_the_model(
    english: EnglishReader, mandarin: MandarinReader, asset_path: Callable[[str], Path]
) -> None:
    known = set(json.loads(asset_path("kokoro-phonemes.json").read_text(encoding="utf-8"))["vocab"])
    every_syllable = "".join(chr(code) for code in range(0x4E00, 0x9FA5))

    said = mandarin.phonemes(every_syllable) + english.phonemes("Please leave at 14:05, Mr. O'Neil & 3% of us!")

    assert set(said) - known == set()


def test_a_sentence_stays_whole_unless_the_model_cannot_take_it() -> None:
    clause = "a" * 200

    assert pieces_of(f"{clause}, {clause}.") == [f"{clause}, {clause}."]
    assert pieces_of(f"{clause}, {clause}, {clause}.") == [f"{clause}, {clause},", f"{clause}."]
    assert all(len(piece) <= 500 for piece in pieces_of("b" * 1_201))
