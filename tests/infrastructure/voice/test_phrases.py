"""Speech as it is rendered and kept: is it plausible Chinese, and is it made only once."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from console.application.errors import Unavailable
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.voice.phrases import Phrase, PhraseBook
from console.infrastructure.voice.sound import Samples, level_dbfs, read_wav
from console.infrastructure.voice.tts.espeak import find_espeak
from console.infrastructure.voice.tts.voices import ASSETS, Language, espeak_name, kokoro_name

WITHIN_S = 150.0
STREET = "长江路的商户您好，请勿占道经营，谢谢配合。"
STREET_SYLLABLES = 18
RISING = ("明年回国来学习。", "人民银行同时停业。")
FALLING = ("现在是最后四块。", "再见，快去看电视。")
ENGLISH = "Please do not park on the walkway."
Best = Callable[[Language], tuple[str, dict[str, Path]]]


def book_in(folder: Path, best: Best, command: list[str] | None = None) -> PhraseBook:
    options = ["--models", str(folder / "models"), "--logs", str(folder)]
    return PhraseBook(
        folder / "phrases", command or command_for("talk-renderer", options), environment_for_child({}), best
    )


def broken_renderer() -> list[str]:
    return [sys.executable, "-c", "raise SystemExit(3)"]


# ---- Kokoro --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kokoro(asset_path: Callable[[str], Path]) -> Best:
    files = {name: asset_path(name) for name in ASSETS}
    return lambda language: (kokoro_name(language), files)


@pytest.fixture(scope="module")
def kokoro_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kokoro")


@pytest.fixture(scope="module")
def spoken(kokoro: Best, kokoro_folder: Path) -> dict[str, Phrase]:
    """Render everything once: the model takes seconds to load."""
    return rendered(book_in(kokoro_folder, kokoro), {STREET: "zh", ENGLISH: "en"})


@pytest.fixture(scope="module")
def tones(kokoro: Best, kokoro_folder: Path) -> dict[str, Phrase]:
    return rendered(book_in(kokoro_folder, kokoro), dict.fromkeys((*RISING, *FALLING), "zh"))


def rendered(book: PhraseBook, texts: dict[str, Language]) -> dict[str, Phrase]:
    futures: dict[str, Future[Phrase]] = {
        text: book.ready(text, language, urgent=False) for text, language in texts.items()
    }
    try:
        return {text: future.result(timeout=WITHIN_S) for text, future in futures.items()}
    finally:
        book.close()


def samples_of(phrase: Phrase) -> Samples:
    samples, rate_hz = read_wav(phrase.path)
    assert rate_hz == 24_000
    return samples


def pitch_hz(samples: Samples) -> npt.NDArray[np.float64]:
    """Return the pitch every 10 ms by autocorrelation between 60 and 400 Hz; NaN where nothing is voiced."""
    pitches: list[float] = []
    for at in range(0, len(samples) - 1200, 240):
        window = samples[at : at + 1200].astype(np.float64)
        window -= window.mean()
        likeness = np.correlate(window, window, "full")[1199:]
        lag = 60 + int(likeness[60:400].argmax())
        is_voiced = np.sqrt(np.mean(window**2)) > 1500 and likeness[lag] > 0.5 * likeness[0]
        pitches.append(24_000 / lag if is_voiced else np.nan)
    return np.array(pitches)


def falling_share(samples: Samples) -> float:
    """Return for how much of the voiced time the pitch falls."""
    steps = np.diff(12 * np.log2(pitch_hz(samples) / 220))
    steps = steps[np.isfinite(steps) & (np.abs(steps) < 3)]
    return float((steps < -0.05).mean())


@pytest.mark.media
def test_a_chinese_sentence_is_as_long_and_as_loud_as_speech(spoken: dict[str, Phrase]) -> None:
    phrase = spoken[STREET]
    samples = samples_of(phrase)

    assert phrase.voice == "Kokoro-82M zf_xiaoxiao"
    assert phrase.duration_s == pytest.approx(len(samples) / 24_000)
    # Announcers speak 3 to 6 syllables a second, pauses included.
    assert STREET_SYLLABLES / 6 < phrase.duration_s < STREET_SYLLABLES / 3
    assert -24 < level_dbfs(samples) < -10
    assert 0.8 * 32767 < int(np.abs(samples.astype(np.int32)).max()) < 32767


@pytest.mark.media
def test_the_voice_has_the_pitch_of_a_woman(spoken: dict[str, Phrase]) -> None:
    assert 165 < float(np.nanmedian(pitch_hz(samples_of(spoken[STREET])))) < 300


@pytest.mark.long
@pytest.mark.media
def test_falling_tones_fall_and_rising_tones_rise(tones: dict[str, Phrase]) -> None:
    falling = [falling_share(samples_of(tones[text])) for text in FALLING]
    rising = [falling_share(samples_of(tones[text])) for text in RISING]

    assert min(falling) > 0.6
    assert max(rising) < 0.4


@pytest.mark.media
def test_each_comma_is_a_pause(spoken: dict[str, Phrase]) -> None:
    samples = samples_of(spoken[STREET])
    tenths = samples[: len(samples) // 1200 * 1200].reshape(-1, 1200).astype(np.float64)
    quiet = np.sqrt(np.mean(tenths**2, axis=1)) < 0.03 * 32767

    pauses = int(np.sum(quiet[1:] & ~quiet[:-1])) - int(quiet[-1])
    assert pauses >= STREET.count("，")


@pytest.mark.media
def test_english_is_spoken_by_the_same_model_with_its_own_voice(spoken: dict[str, Phrase]) -> None:
    assert spoken[ENGLISH].voice == "Kokoro-82M af_heart"
    assert 1.2 < spoken[ENGLISH].duration_s < 4


@pytest.mark.media
def test_another_text_is_another_sound(spoken: dict[str, Phrase]) -> None:
    assert len({phrase.path.read_bytes() for phrase in spoken.values()}) == len(spoken)


@pytest.mark.media
def test_a_phrase_that_was_rendered_needs_no_renderer(
    kokoro: Best, kokoro_folder: Path, spoken: dict[str, Phrase]
) -> None:
    book = book_in(kokoro_folder, kokoro, broken_renderer())
    try:
        kept = book.ready(STREET, "zh", urgent=True)
        assert kept.done()
        assert kept.result() == spoken[STREET]
        with pytest.raises(Unavailable, match="The voice stopped"):
            book.ready("这一句还没有准备好。", "zh", urgent=True).result(timeout=WITHIN_S)
    finally:
        book.close()


# ---- without the assets --------------------------------------------------------------------------------------


@pytest.fixture
def espeak() -> Best:
    if find_espeak() is None:
        pytest.skip("espeak-ng is not installed")
    return lambda language: (espeak_name(language), {})


@pytest.fixture
def espeak_book(espeak: Best, tmp_path: Path) -> Iterator[PhraseBook]:
    book = book_in(tmp_path, espeak)
    yield book
    book.close()


@pytest.mark.peer
def test_without_the_model_the_phrase_says_that_espeak_spoke_it(espeak_book: PhraseBook) -> None:
    phrase = espeak_book.ready(STREET, "zh", urgent=True).result(timeout=WITHIN_S)

    assert phrase.voice == "espeak-ng zh"
    assert STREET_SYLLABLES / 6 < phrase.duration_s < STREET_SYLLABLES / 2
    assert level_dbfs(samples_of(phrase)) > -30


@pytest.mark.peer
def test_what_shall_be_spoken_now_is_rendered_before_what_is_prepared(espeak_book: PhraseBook) -> None:
    order: list[str] = []
    prepared = [espeak_book.ready(f"准备好的第{n}句。", "zh", urgent=False) for n in range(6)]
    urgent = espeak_book.ready("马上要说的话。", "zh", urgent=True)
    for future in prepared:
        future.add_done_callback(lambda _: order.append("prepared"))
    urgent.add_done_callback(lambda _: order.append("urgent"))
    for future in (*prepared, urgent):
        future.result(timeout=WITHIN_S)

    # One may have been begun already.
    assert "urgent" in order[:2]


@pytest.mark.peer
def test_a_text_without_words_is_refused(espeak_book: PhraseBook) -> None:
    with pytest.raises(Unavailable, match="nothing in this text"):
        espeak_book.ready("……", "zh", urgent=True).result(timeout=WITHIN_S)


def test_a_machine_without_any_voice_says_what_cures_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    book = book_in(tmp_path, lambda language: (espeak_name(language), {}))
    try:
        with pytest.raises(Unavailable, match="assets fetch"):
            book.ready(STREET, "zh", urgent=True).result(timeout=WITHIN_S)
    finally:
        book.close()


def test_a_renderer_whose_owner_goes_ends_by_itself(tmp_path: Path) -> None:
    command = command_for("talk-renderer", ["--models", str(tmp_path), "--logs", str(tmp_path)])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as renderer:
        assert renderer.stdin is not None
        renderer.stdin.close()
        assert renderer.wait(timeout=WITHIN_S) == 0
