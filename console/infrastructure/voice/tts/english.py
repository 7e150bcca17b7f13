"""English text as Kokoro's phonemes: by dictionary, numbers read out, what is unknown by syllable or letter."""

import json
import re
import unicodedata
from importlib.resources import files

from misaki.transcription import pinyin_to_ipa
from pypinyin.pinyin_dict import pinyin_dict

_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|\d+(?:,\d{3})*(?:\.\d+)?|[.,!?;:…—]|\S")
_PLACES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# How these are said inside a sentence; the dictionary gives them as they are said alone.
_WEAK = {"a": "ɐ", "an": "ɐn", "the": "ðə", "to": "tə", "and": "ænd"}
_MEASURES = {"km": "kilometers", "m": "meters", "kg": "kilograms", "h": "hours", "min": "minutes"}
_VOWELS = "aeiouAEIOU"
_SIGNS = {"%": "percent", "&": "and", "+": "plus", "@": "at", "#": "number", "/": "slash"}
# In no dictionary, and on many signs.
_NAMES = {"wifi": "wˈIfˌI", "wi-fi": "wˈIfˌI", "citydesk": "sˈɪɾidˌɛsk"}
_LONGEST_SYLLABLE = 6
_SHORTEST_PART = 3


class EnglishReader:
    """Reads English aloud on paper. One thread; the dictionary takes some 60 MB."""

    def __init__(self) -> None:
        data = files("misaki") / "data"
        self._said: dict[str, str] = {}
        for name in ("us_silver.json", "us_gold.json"):
            for word, said in json.loads((data / name).read_text(encoding="utf-8")).items():
                spoken = said.get("DEFAULT") if isinstance(said, dict) else said
                if spoken:
                    self._said[word] = spoken
        self._said |= _NAMES
        self._syllables = {_plain(said) for many in pinyin_dict.values() for said in many.split(",")}

    def phonemes(self, sentence: str) -> str:
        """Return the sentence in Kokoro's alphabet."""
        words = _WORD.findall(re.sub(r"(\d{1,2}):(\d{2})", _time, sentence))
        said: list[str] = []
        for number in range(len(words)):
            word = words[number]
            following = words[number + 1] if number + 1 < len(words) else ""
            if word in ".,!?;:…—":
                said.append(word)
            elif word[0].isdigit():
                unit = _MEASURES.get(following)
                spelled = number_words(word)
                if unit:
                    words[number + 1] = unit
                said.append(" " + " ".join(self.word(part) for part in spelled))
            elif word.lower() == "the" and following[:1] in _VOWELS and following:
                said.append(" ði")
            else:
                weak = _WEAK.get(word.lower() if number == 0 else word)
                said.append(" " + (weak or self.word(word)))
        return "".join(said).strip()

    def word(self, word: str) -> str:
        """Return one word's phonemes: as written, in small letters, as pinyin syllables, or letter by letter."""
        if word in _SIGNS:
            return self._said[_SIGNS[word]]
        if len(word) > 1 and word.isupper() and len(word) <= 4 and word.lower() not in ("stop", "exit"):
            return self._letters(word)
        for written in (word, word.lower(), word.capitalize()):
            if written in self._said:
                return self._said[written]
        if word.lower().endswith("'s"):
            return self.word(word[:-2]) + "z"
        if "-" in word:
            return " ".join(self.word(part) for part in word.split("-"))
        return (
            self._inflected(word.lower())
            or self._compound(word.lower())
            or self._chinese(word.lower())
            or (self._letters(word))
        )

    def _inflected(self, word: str) -> str:
        """Return a known word with the plural's or third person's s."""
        stem = self._said.get(word[:-1], "") if word.endswith("s") else ""
        if not stem:
            return ""
        return stem + ("ᵻz" if stem[-1] in "szʃʒʧʤ" else "s" if stem[-1] in "ptkfθ" else "z")

    def _compound(self, word: str) -> str:
        """Return two known words written as one, the second unstressed."""
        for at in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            first, second = self._said.get(word[:at]), self._said.get(word[at:]) or self._inflected(word[at:])
            if first and second:
                return first + second.replace("ˈ", "ˌ")
        return ""

    def _chinese(self, word: str) -> str:
        """Return a Chinese name in Latin letters as its syllables, without tones."""
        syllables = [syllable for part in word.split("'") for syllable in self._split(part)]
        return "".join("".join(pinyin_to_ipa(f"{syllable}5")[0]) for syllable in syllables)

    def _split(self, word: str) -> list[str]:
        for length in range(min(_LONGEST_SYLLABLE, len(word)), 0, -1):
            if word[:length] in self._syllables:
                if length == len(word):
                    return [word]
                rest = self._split(word[length:])
                if rest:
                    return [word[:length], *rest]
        return []

    def _letters(self, word: str) -> str:
        return " ".join(self._said[letter] for letter in word.upper() if letter in self._said)


def number_words(digits: str) -> list[str]:
    """Return how a number is said; one that begins with 0, or is longer than nine digits, is said digit by digit."""
    whole, _, part = digits.replace(",", "").partition(".")
    if len(whole) > 9 or (whole.startswith("0") and len(whole) > 1):
        said = [_UNITS[int(digit)] for digit in whole]
    else:
        said = _cardinal(int(whole))
    return [*said, "point", *(_UNITS[int(digit)] for digit in part)] if part else said


def _cardinal(number: int) -> list[str]:
    if number < 20:
        return [_UNITS[number]]
    if number < 100:
        return [_TENS[number // 10], *([_UNITS[number % 10]] if number % 10 else [])]
    for size, name in (*_PLACES, (100, "hundred")):
        if number >= size:
            rest = number % size
            return [*_cardinal(number // size), name, *(_cardinal(rest) if rest else [])]
    raise AssertionError(number)


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found.group(1)), found.group(2)
    if minute == "00":
        return f"{hour} hundred" if hour else "midnight"
    return f"{hour} oh {int(minute)}" if minute[0] == "0" else f"{hour} {minute}"


def _plain(syllable: str) -> str:
    """Return a syllable without its tone mark; ü is written v, as on a keyboard."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", syllable) if sign == "\u0308" or sign.isascii())
    return bare.replace("u\u0308", "v")
