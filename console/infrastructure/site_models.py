"""The detectors a site added, and the one that watches: folders in the site's data, each whole or not there at all.

Knows nothing of OpenVINO: the seat and the station ask here which model looks, and the worker that runs it checks it.
"""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.domain.errors import DomainError
from console.infrastructure.assets.command import open_store
from console.infrastructure.lasting import alone, make_folder, sync, write_whole
from resources.locate import locate

FOLDER, CHOICE, LOCK, PAPERS = "models", "watching.json", "models.lock", "manifest.toml"
SHIPPED, SHIPPED_FILE, SHIPPED_PAPERS = (
    "efficientdet-lite0-int8", "efficientdet_lite0.tflite", "models/efficientdet_lite0.toml",
)  # fmt: skip
SHIPPED_PX = 320
MOST_PX = 4096
"""Of a model's input (judgement): a slot of that size takes 25 MB; detectors of 640 to 1280 px are the usual ones."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9]")
_DRAFT = ".draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingModel:
    """A detector as the processes need it: where it lies, and the pictures it takes.

    Attributes:
        is_stretched: pictures fill its input; else they stand top-left with their aspect kept.
        labels: what it knows by name.
    """

    name: str
    manifest: Path
    model: Path
    width: int = SHIPPED_PX
    height: int = SHIPPED_PX
    is_stretched: bool = False
    labels: tuple[str, ...] = ()


class SiteModels:
    """The models in one site's data. Several processes may ask; adding and removing wait for one another."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    @property
    def chosen(self) -> str:
        """The name of the model that is to watch from the station's next start on.

        Raises:
            Unavailable: the choice cannot be read. The shipped model must not step in for one that was chosen.
        """
        file = self._folder / CHOICE
        try:
            found = json.loads(file.read_text(encoding="utf-8"))["name"]
        except FileNotFoundError:
            return SHIPPED
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise Unavailable(
                "Which model watches cannot be read from {path}; choose it again with `citydesk models use`.",
                path=str(file),
            ) from cause
        if not isinstance(found, str) or (found != SHIPPED and not _NAME.fullmatch(found)):
            raise Unavailable(
                "Which model watches cannot be read from {path}; choose it again with `citydesk models use`.",
                path=str(file),
            )
        return found

    def names(self) -> tuple[str, ...]:
        """Return the models that were added, by name."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(place.parent.name for place in self._folder.glob(f"*/{PAPERS}") if _is_added(place.parent)))

    def watching(self) -> LookingModel:
        """Return the chosen model, also where its files have gone: whoever runs it refuses it and says so.

        Raises:
            Unavailable: the choice cannot be read, or the shipped model is chosen and not here.
        """
        name = self.chosen
        if name == SHIPPED:
            shipped = open_store().path_of(SHIPPED_FILE)
            papers = locate(SHIPPED_PAPERS)
            return LookingModel(name=SHIPPED, manifest=papers, model=shipped, labels=_labels(_papers(papers)))
        return self.model(name)

    def model(self, name: str) -> LookingModel:
        """Return an added model; its papers are read no further than the processes need."""
        folder = self._folder / name
        found = _papers(folder / PAPERS)
        wanted = found.get("input", {})
        sides = [wanted.get(side) for side in ("width", "height")]
        width, height = (side if type(side) is int and 0 < side <= MOST_PX else SHIPPED_PX for side in sides)
        return LookingModel(
            name=name,
            manifest=folder / PAPERS,
            model=folder / f"model{_suffixes(found)[0]}",
            width=width,
            height=height,
            is_stretched=wanted.get("resize") == "stretch",
            labels=_labels(found),
        )

    def shipped_labels(self) -> tuple[str, ...]:
        """Return what the shipped model knows by name."""
        return _labels(_papers(locate(SHIPPED_PAPERS)))

    def add(
        self, name: str, papers: bytes, files: Sequence[tuple[str, Path]], check: Callable[[LookingModel], None]
    ) -> None:
        """Copy a model's files and papers into the site's data, check the copy, and only then give it its name.

        Args:
            files: suffix and file, the model file first.
            check: refuses the copy by an exception, which passes; then nothing was added.

        Raises:
            DomainError: the name cannot be used or is taken.
            Unavailable: the disk refuses; nothing was added.
        """
        if not _NAME.fullmatch(name) or name.endswith(_DRAFT):
            raise DomainError(
                "{name} cannot be a model's name: it has 2 to 64 letters, digits, -, _ and ., and begins and ends with "
                "a letter or digit. Change the name in its manifest, or give another with --name.",
                name=name,
            )
        with self._alone():
            if name.casefold() in {known.casefold() for known in (SHIPPED, *self.names())}:
                raise DomainError(
                    "A model named {name} is here already. Give another name with --name, or take that one away with "
                    "`citydesk models remove`.",
                    name=name,
                )
            draft = self._folder / f"{name}{_DRAFT}"
            try:
                self._fill(draft, papers, files)
                check(replace(self.model(draft.name), name=name))
                self._settle(draft, self._folder / name)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def choose(self, name: str) -> None:
        """Let a model watch from the station's next start on.

        Raises:
            DomainError: there is no such model. Unavailable: the disk refuses; the one before stays.
        """
        with self._alone():
            self._must_know(name)
            try:
                write_whole(self._folder / CHOICE, json.dumps({"name": name}).encode())
            except OSError as cause:
                raise _refused_by_disk(self._folder, cause) from cause

    def remove(self, name: str) -> None:
        """Take an added model away.

        Raises:
            DomainError: there is none of that name, or it watches. Unavailable: the disk refuses.
        """
        with self._alone():
            if name == SHIPPED:
                raise DomainError("{name} came with the program and stays.", name=name)
            self._must_know(name)
            if name == self.chosen:
                raise DomainError("{name} watches; let another watch first with `citydesk models use`.", name=name)
            going = self._folder / f"{name}{_DRAFT}"
            try:
                (self._folder / name).rename(going)
                shutil.rmtree(going)
            except OSError as cause:
                raise _refused_by_disk(self._folder / name, cause) from cause

    def _must_know(self, name: str) -> None:
        if name != SHIPPED and name not in self.names():
            raise DomainError(
                "There is no model named {name}; `citydesk models list` names those there are.", name=name
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            make_folder(self._folder)
        except OSError as cause:
            raise _refused_by_disk(self._folder, cause) from cause
        with alone(self._folder / LOCK):
            for left in self._folder.glob(f"*{_DRAFT}"):  # by an earlier one that was killed
                shutil.rmtree(left, ignore_errors=True)
            yield

    def _fill(self, draft: Path, papers: bytes, files: Sequence[tuple[str, Path]]) -> None:
        try:
            draft.mkdir()
            (draft / PAPERS).write_bytes(papers)
            for suffix, file in files:
                shutil.copyfile(file, draft / f"model{suffix}")
            for made in (*draft.iterdir(), draft):
                sync(made)
        except OSError as cause:
            raise _refused_by_disk(draft, cause) from cause

    def _settle(self, draft: Path, place: Path) -> None:
        try:
            draft.rename(place)
            sync(self._folder)
        except OSError as cause:
            raise _refused_by_disk(place, cause) from cause


def _is_added(folder: Path) -> bool:
    return not folder.name.endswith(_DRAFT) and _NAME.fullmatch(folder.name) is not None


def _papers(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # the worker reads them too, and refuses


def _labels(found: dict[str, Any]) -> tuple[str, ...]:
    labels = found.get("labels", ())
    return tuple(label for label in labels if isinstance(label, str)) if isinstance(labels, list) else ()


def _suffixes(found: dict[str, Any]) -> list[str]:
    try:
        return [str(file["suffix"]) for file in found["file"]] or [".xml"]
    except (KeyError, TypeError):
        return [".xml"]


def _refused_by_disk(place: Path, cause: OSError) -> Unavailable:
    return Unavailable(
        "{path} cannot be read or written: {reason}. Make room, or give the right to it, and do it again.",
        path=str(cause.filename or place),
        reason=cause.strerror or str(cause),
    )
