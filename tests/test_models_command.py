"""Claims about checking a model of one's own: it must answer, find something and be quick enough for a street."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from console.main import main
from console.models import looked, why_not
from inference.detector import Detector
from inference.manifest import Manifest
from inference.preprocessing import letterbox
from tests.inference.small_model import an_answer, built
from tests.infrastructure.video.numbered_clips import make_clip


class _Ticking:
    """A clock that goes on by 0.7 s each time it is asked."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def monotonic_s(self) -> float:
        self._now_s += 0.7
        return self._now_s


def written(folder: Path, manifest: Manifest) -> Path:
    wanted, files = manifest.input, manifest.files
    lines: Sequence[str] = (
        'name = "small"',
        'labels = ["car", "person"]',
        *(f'[[file]]\nsuffix = "{file.suffix}"\nsha256 = "{file.sha256}"' for file in files),
        f"[input]\nwidth = {wanted.width}\nheight = {wanted.height}",
        'layout = "NCHW"\ncolour = "BGR"\nelement = "f32"\nresize = "stretch"',
        '[decoder]\nfamily = "ssd"\nminimum_score = 0.2\nsuppress_iou = 0.5',
        '[licence]\nspdx = "Apache-2.0"\n[data]\ntrained_on = "nothing"',
    )
    path = folder / "small.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_model_of_ones_own_that_sees_may_watch_and_a_blind_or_changed_one_may_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    clip = tmp_path / "street.mp4"
    make_clip(clip, seconds=2.0)
    codes = []
    nothing = an_answer()
    nothing[0, 0, 0, 0] = -1
    for name, answer in (("sees", an_answer()), ("blind", nothing)):
        (tmp_path / name).mkdir()
        manifest, model = built(tmp_path / name, answer)
        papers = written(tmp_path / name, manifest)
        codes.append(main(["models", "check", str(papers), str(model), "--clip", str(clip), "--device", "CPU"]))
    wrong = replace(manifest, files=(replace(manifest.files[0], sha256="0" * 64), manifest.files[1]))
    papers = written(tmp_path / "blind", wrong)
    codes.append(main(["models", "check", str(papers), str(model), "--clip", str(clip), "--device", "CPU"]))

    assert codes == [0, 1, 1]
    said = capsys.readouterr()
    assert "It may watch a street." in said.out
    assert "It found nothing in any picture" in said.err
    assert "digest" in said.err


def test_a_model_too_slow_for_two_looks_a_second_may_not_watch(tmp_path: Path) -> None:
    detector = Detector(*built(tmp_path, an_answer()), device="CPU")
    picture = letterbox(np.full((64, 64, 3), 120, np.uint8), (32, 32), sequence=1, media_time_s=0.0, stretch=True)
    found, took_ms = looked(detector, [picture, picture], _Ticking().monotonic_s)
    assert (found, [round(one) for one in took_ms]) == (2, [700, 700])
    assert why_not(found, took_ms) is not None
    assert why_not(found, [20.0]) is None


def test_the_shipped_detector_is_listed_with_licence_size_and_where_it_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "efficientdet-lite0-int8" in said
    assert "Apache-2.0" in said and "MB" in said
