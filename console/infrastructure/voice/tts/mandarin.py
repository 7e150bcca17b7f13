"""Chinese text as Kokoro's phonemes: numbers read out, words cut, syllables with their tones."""

import re
from collections.abc import Callable

import rjieba
from misaki.transcription import pinyin_to_ipa
from misaki.zh_normalization.text_normalization import TextNormalizer
from pypinyin import Style, lazy_pinyin

_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])([A-Z])[·•. ]?([A-Z0-9]{5,6})(?![A-Z0-9])"
)
_PLATE_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_PIECE = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z'-]*|[^\u3400-\u9fffA-Za-z]+")
# A word, not the unit behind a number: the normalizer would read the h of a word as "hours".
_LATIN_WORD = re.compile(r"((?<![0-9A-Za-z])[A-Za-z]+(?:['-][A-Za-z]+)*)")
_TONES = (("˧˩˧", "↓"), ("˧˥", "↗"), ("˥˩", "↘"), ("˥", "→"))
_SYLLABIC = (("ɻ\u0329", "ɨ"), ("ɹ\u0329", "ɨ"), ("\u032f", ""))
# A mark without the blank after it is read without a pause.
_MARKS = {
    "，": ", ", "、": ", ", ",": ", ", "。": ". ", "．": ". ", ".": ". ", "！": "! ", "!": "! ", "？": "? ", "?": "? ",
    "；": "; ", ";": "; ", "：": ": ", ":": ": ", "（": ", ", "）": ", ", "(": ", ", ")": ", ", "…": "… ", "—": "— ",
    "\n": ". ",
}  # fmt: skip


class MandarinReader:
    """Reads Chinese aloud on paper. One thread.

    Words of Latin letters in the text go to ``read_latin``, which returns their phonemes.
    Tones are those of the dictionary: the model learned to bend them itself.
    """

    def __init__(self, read_latin: Callable[[str], str]) -> None:
        self._read_latin = read_latin
        self._normalizer = TextNormalizer()

    def phonemes(self, sentence: str) -> str:
        """Return the sentence in Kokoro's alphabet."""
        said: list[str] = []
        for piece in _PIECE.findall(self.spelled_out(sentence)):
            if _is_chinese(piece):
                said.append(" ".join(_word(word) for word in rjieba.cut(piece)))
            elif piece[0].isalpha():
                said.append(f" {self._read_latin(piece)} ")
            else:
                said.append("".join(_MARKS.get(mark, " ") for mark in piece))
        return _tidy(" ".join("".join(said).split()))

    def pinyin(self, sentence: str) -> str:
        """Return the sentence as numbered pinyin, for a program that reads syllables."""
        said: list[str] = []
        for piece in _PIECE.findall(self.spelled_out(sentence)):
            if _is_chinese(piece):
                said.append(" ".join(_syllables(piece)))
            else:
                said.append(piece if piece[0].isalpha() else "".join(_MARKS.get(mark, " ") for mark in piece))
        return " ".join(" ".join(said).split())

    def spelled_out(self, sentence: str) -> str:
        """Return the sentence with plates, numbers, dates, times and units written as they are said."""
        text = _PLATE.sub(_plate, sentence)
        text = re.sub(r"[（(【）)】]", "，", text)
        parts = _LATIN_WORD.split(text)
        spelled = "".join(
            part if number % 2 else self._normalizer.normalize_sentence(part) for number, part in enumerate(parts)
        )
        return re.sub(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])", "", spelled)


def _tidy(said: str) -> str:
    """Set marks close to the word before them, and of several keep the last."""
    return re.sub(r"(?:[\s,.!?;:…]*)([,.!?;:…])", r"\1", said).lstrip(",.!?;:… ")


def _is_chinese(piece: str) -> bool:
    return "\u3400" <= piece[0] <= "\u9fff"


def _plate(found: re.Match[str]) -> str:
    """A number plate is read sign by sign, one as yāo."""
    province, office, rest = found.groups()
    return f"{province} {office} " + " ".join(_PLATE_DIGITS.get(sign, sign) for sign in rest) + " "


def _syllables(word: str) -> list[str]:
    return lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")


def _word(word: str) -> str:
    return "".join(_syllable(pinyin) for pinyin in _syllables(word))


def _syllable(pinyin: str) -> str:
    said = "".join(pinyin_to_ipa(pinyin)[0])
    for written, tone in (*_TONES, *_SYLLABIC):
        said = said.replace(written, tone)
    return said
