"""What must be known about a model before it may watch a street.

A manifest is a TOML file (format in ``resources/models/README.md``): digests, input, decoder, labels, licence, data and
measured recall. A model without one, or whose bytes are not the ones it names, does not load.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.errors import ModelRefused

_CHUNK_BYTES = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_LAYOUTS = ("NHWC", "NCHW")
_COLOURS = ("RGB", "BGR")
_ELEMENTS = ("u8", "f32")
_RESIZES = ("letterbox_top_left", "stretch")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model: OpenVINO's own format has two."""

    suffix: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """What the model's first tensor expects.

    Attributes:
        resize: how a picture is brought to ``width × height`` px; both are even, as pictures have half the colour.
        mean, scale: of each colour in the order of ``colour``: a value of 0–255 less ``mean``, divided by ``scale``.
    """

    width: int
    height: int
    layout: str
    colour: str
    element: str
    resize: str
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def is_plain(self) -> bool:
        """True where the model takes values of 0–255 as they are."""
        return self.mean == (0.0, 0.0, 0.0) and self.scale == (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One measurement: standing vehicles found of those in the clip's truth, and false alarms."""

    clip: str
    region: tuple[float, ...]
    looks_per_s: float
    minimum_score: float
    events: int
    found: int
    false_alarms: int
    date: str
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A model's papers.

    Attributes:
        name: how logs, hits and evidence name the model.
        files: the model file first, then those that stand beside it under the same stem.
        decoder: key of ``inference.decoders``.
        minimum_score: floor under which a detection is noise to every rule.
        suppress_iou: overlap from which two boxes of one group are one thing.
        labels: names by index; ``???`` marks an index the model does not use.
        groups: labels the model mixes up for one thing, by name of the group.
        licence: SPDX identifier of the weights.
        data: what it was trained on, in a sentence.
        recall: what was measured, on what, when.
    """

    name: str
    files: tuple[ModelFile, ...]
    input: ModelInput
    decoder: str
    minimum_score: float
    suppress_iou: float
    labels: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    licence: str
    data: str
    recall: tuple[Recall, ...]

    def __post_init__(self) -> None:
        for found, allowed in (
            (self.input.layout, _LAYOUTS),
            (self.input.colour, _COLOURS),
            (self.input.element, _ELEMENTS),
            (self.input.resize, _RESIZES),
        ):
            if found not in allowed:
                raise ModelRefused(f"manifest of {self.name}: {found!r} is not one of {', '.join(allowed)}")
        if not all(type(side) is int and side > 0 and side % 2 == 0 for side in (self.input.width, self.input.height)):
            raise ModelRefused(f"manifest of {self.name}: width and height are even numbers of pixels")
        if not all(value > 0 for value in self.input.scale) or (self.input.element == "u8" and not self.input.is_plain):
            raise ModelRefused(f"manifest of {self.name}: scale is above 0, and only f32 has a mean and a scale")
        if not (0 < self.minimum_score < 1 and 0 < self.suppress_iou < 1):
            raise ModelRefused(f"manifest of {self.name}: scores and overlaps lie between 0 and 1")
        suffixes = [file.suffix for file in self.files]
        if not all(_SUFFIX.fullmatch(suffix) for suffix in suffixes) or len(set(suffixes)) < len(suffixes):
            raise ModelRefused(f"manifest of {self.name}: each file has a suffix of its own, such as .onnx")
        if not self.files or not self.labels or not self.licence or not self.data:
            raise ModelRefused(f"manifest of {self.name}: files, labels, licence and data may not be empty")
        for name, members in self.groups.items():
            if strangers := [member for member in members if member not in self.labels]:
                raise ModelRefused(f"manifest of {self.name}: group {name} names unknown labels {strangers}")

    @property
    def sha256(self) -> str:
        """The digest of the model file, by which hits and evidence name the model."""
        return self.files[0].sha256

    def group_of(self, label: str) -> str:
        """Return the group a label belongs to; a label in no group is a group of its own."""
        return next((name for name, members in self.groups.items() if label in members), label)

    def group_numbers(self) -> npt.NDArray[np.int32]:
        """Return ``(labels,)`` int32: labels with the same number are tracked and suppressed as one kind."""
        names = [self.group_of(label) for label in self.labels]
        first = {name: at for at, name in reversed(list(enumerate(names)))}
        return np.array([first[name] for name in names], np.int32)

    def verify(self, model: Path) -> None:
        """Check the model's bytes against the digests.

        Raises:
            ModelRefused: a file is missing or is not the one the manifest describes.
        """
        for number, file in enumerate(self.files):
            path = model if number == 0 else model.with_suffix(file.suffix)
            if path.suffix != file.suffix:
                raise ModelRefused(f"{path.name} is not a {file.suffix} file, as the manifest of {self.name} says")
            try:
                digest = sha256_of(path)
            except OSError as cause:
                raise ModelRefused(f"{path.name} of model {self.name} cannot be read: {cause.strerror}") from cause
            if digest != file.sha256:
                raise ModelRefused(f"{path.name} has digest {digest[:12]}…, {self.name} must have {file.sha256[:12]}…")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ModelRefused: there is none, or it leaves something out.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise ModelRefused(f"no manifest at {path.name}: a model without one does not load") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise ModelRefused(f"manifest {path.name} is not TOML: {cause}") from cause
    try:
        return _from_toml(found)
    except (KeyError, TypeError, ValueError, AttributeError) as cause:
        raise ModelRefused(f"manifest {path.name} is incomplete: {cause}") from cause


def _from_toml(found: dict[str, Any]) -> Manifest:
    return Manifest(
        name=str(found["name"]),
        files=tuple(ModelFile(suffix=str(file["suffix"]), sha256=str(file["sha256"])) for file in found["file"]),
        input=_input(found["input"]),
        decoder=str(found["decoder"]["family"]),
        minimum_score=float(found["decoder"]["minimum_score"]),
        suppress_iou=float(found["decoder"]["suppress_iou"]),
        labels=tuple(str(label) for label in found["labels"]),
        groups={name: tuple(members) for name, members in found.get("groups", {}).items()},
        licence=str(found["licence"]["spdx"]),
        data=str(found["data"]["trained_on"]),
        recall=tuple(Recall(**{**row, "region": tuple(row["region"])}) for row in found.get("recall", [])),
    )


def _input(found: dict[str, Any]) -> ModelInput:
    values = dict(found)
    for name in values.keys() & {"mean", "scale"}:
        values[name] = _of_colours(found[name])
    return ModelInput(**values)


def _of_colours(found: list[Any]) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in found)
    return first, second, third


def sha256_of(path: Path) -> str:
    """Return the digest of a file. Raises: OSError: it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
