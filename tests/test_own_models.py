"""Claims about a model of one's own: nothing watches a street by it that was not checked, and nothing is half added."""

import hashlib
import re
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.rules import CameraRule, Zone
from console.infrastructure.paths import DATA_VARIABLE, Paths
from console.infrastructure.site_models import FOLDER, SHIPPED, LookingModel, SiteModels
from console.main import main
from console.own_models import bundle_of, first_blind_rule, templates
from console.site import Site
from inference.decoders import decoder_for
from inference.manifest import Manifest, read_manifest
from tests.inference.small_model import an_answer, built
from tests.infrastructure.video.numbered_clips import make_clip
from tests.test_models_command import written


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model that sees, its papers, and a clip; the site's data lies beside it."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = tmp_path / "own"
    folder.mkdir()
    manifest, _ = built(folder, an_answer())
    written(folder, manifest)
    make_clip(folder / "street.mp4", seconds=2.0)
    return folder


def models() -> SiteModels:
    return SiteModels(Paths.for_site("default").data)


def ask(*words: str | Path) -> int:
    return main(["models", *map(str, words)])


def add(folder: Path, *words: str | Path) -> int:
    return ask("add", folder, "--clip", folder / "street.mp4", "--device", "CPU", *words)


def trail() -> list[tuple[str, str]]:
    """What the audit says was done, to which model."""
    site = Site.open("default")
    try:
        with site.units.read() as unit:
            return [(line.facts.verb, line.facts.subject) for line in unit.audit.lines(0, 9)]
    finally:
        site.close()


def left() -> list[str]:
    """What lies in the site's folder of models, the lock apart."""
    folder = Paths.for_site("default").data / FOLDER
    return sorted(path.name for path in folder.glob("*") if path.suffix != ".lock")


def test_an_added_model_watches_once_it_is_chosen_and_the_trail_says_who_did_it(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(own) == 0
    assert models().chosen == SHIPPED
    assert ask("use", "small") == 0
    watching = models().watching()
    (own / "small.bin").unlink()  # it stands by itself

    manifest = read_manifest(watching.manifest)
    manifest.verify(watching.model)
    assert (watching.name, watching.width, watching.height, watching.is_stretched) == ("small", 32, 32, True)
    capsys.readouterr()
    assert ask("list") == 0
    assert re.search(r"ready  small .*watches", capsys.readouterr().out)
    assert trail() == [("add_model", "small"), ("use_model", "small")]


def test_a_blind_or_changed_model_is_not_added(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = an_answer()
    nothing[0, 0, 0, 0] = -1
    manifest, _ = built(own, nothing)
    written(own, manifest)
    blind = add(own)
    (own / "small.bin").write_bytes(b"other weights")
    changed = add(own)

    assert (blind, changed) == (1, 1)
    said = capsys.readouterr().err
    assert "It found nothing in any picture" in said and "digest" in said and "small was not added." in said
    assert left() == []


@pytest.mark.parametrize(
    ("name", "why"),
    [("../outside", "cannot be a model's name"), (SHIPPED, "is here already"), ("Small", "is here already")],
)
def test_a_name_that_leads_out_or_is_taken_is_refused(
    own: Path, name: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(own) == 0
    capsys.readouterr()
    assert add(own, "--name", name) == 1
    assert why in capsys.readouterr().err
    assert left() == ["small"]


def test_papers_whose_files_lead_elsewhere_are_no_papers(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (own / "small.toml").read_text(encoding="utf-8")
    (own / "small.toml").write_text(text.replace('suffix = ".bin"', 'suffix = "/../../small.bin"'), encoding="utf-8")
    assert add(own) == 1
    assert "suffix of its own" in capsys.readouterr().err
    assert left() == []


def test_a_disk_that_refuses_leaves_nothing_half_added(own: Path) -> None:
    bundle = bundle_of(own)
    site = models()
    (own / "small.bin").unlink()
    with pytest.raises(Unavailable, match=re.escape(str(own / "small.bin"))):
        site.add(bundle.name, bundle.papers, bundle.files, _nobody_asks)
    assert left() == []


def test_what_a_killed_addition_left_is_gone_with_the_next(own: Path) -> None:
    half = Paths.for_site("default").data / FOLDER / "other.draft"
    half.mkdir(parents=True)
    (half / "manifest.toml").write_bytes((own / "small.toml").read_bytes())
    assert models().names() == ()
    assert add(own) == 0
    assert left() == ["small"]


def test_an_unknown_or_damaged_model_is_not_chosen_and_the_one_before_stays(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("use", "nobody") == 1
    assert "There is no model named nobody" in capsys.readouterr().err
    assert trail() == []
    assert add(own) == 0
    model = models().model("small").model
    model.with_suffix(".bin").write_bytes(b"rot")
    assert ask("use", "small") == 1
    assert "digest" in capsys.readouterr().err
    assert models().chosen == SHIPPED
    assert ask("list") == 0
    assert "damaged  small" in capsys.readouterr().out


def test_the_model_that_watches_is_not_taken_away_and_another_is(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(own) == 0 and ask("use", "small") == 0
    assert ask("remove", "small") == 1
    assert "small watches" in capsys.readouterr().err
    assert ask("use", SHIPPED) == 0 and ask("remove", "small") == 0
    assert (left(), models().names()) == (["watching.json"], ())


def test_the_shipped_model_does_not_step_in_for_a_choice_that_cannot_be_read(own: Path) -> None:
    assert add(own) == 0 and ask("use", "small") == 0
    (Paths.for_site("default").data / FOLDER / "watching.json").write_bytes(b"{")
    with pytest.raises(Unavailable, match="choose it again"):
        models().watching()


def test_a_rule_that_a_model_could_never_hit_keeps_it_from_watching() -> None:
    rule = CameraRule(
        rule_id=RuleId("bay"),
        camera_id=CameraId("C-1"),
        zone=Zone(name="bay", polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))),
        category=CategoryCode("09009"),
        labels=("car", "bus"),
        dwell_s=10.0,
        minimum_score=0.3,
    )
    assert isinstance(first_blind_rule([rule], ["cat", "dog"]), DomainError)
    assert first_blind_rule([rule], ["cat", "bus"]) is None


def test_a_file_joins_by_the_papers_that_came_with_the_program(own: Path) -> None:
    weights = own / "bought.onnx"
    weights.write_bytes(b"weights")
    bundle = bundle_of(weights, "d-fine-s", "street-2026")
    papers = own / "taken.toml"
    papers.write_bytes(bundle.papers)
    manifest = read_manifest(papers)
    assert (manifest.name, manifest.sha256) == ("street-2026", hashlib.sha256(b"weights").hexdigest())
    assert manifest.input.scale == (255.0, 255.0, 255.0)
    with pytest.raises(DomainError, match="There are: d-fine-n"):
        bundle_of(weights, "yolov8")


@pytest.mark.parametrize("name", templates())
def test_ready_papers_know_the_labels_of_the_rules_and_are_permissive(own: Path, name: str) -> None:
    weights = own / "model.onnx"
    weights.write_bytes(b"weights")
    papers = own / "taken.toml"
    papers.write_bytes(bundle_of(weights, name).papers)
    manifest: Manifest = read_manifest(papers)
    decoder_for(manifest)
    assert (manifest.name, len(set(manifest.labels)), manifest.licence) == (name, 80, "Apache-2.0")
    assert {"person", "bicycle", "motorcycle", "car", "bus", "truck"} <= set(manifest.labels)


def _nobody_asks(_model: LookingModel) -> None:
    raise AssertionError("a model that could not be copied is not checked")
