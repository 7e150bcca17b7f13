"""How a place looked, without people and vehicles, as it lies in a file."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from inference.background import Grid, Mask
from inference.geometry import Box

_FORM = 1


class NotAPlace(Exception):
    """The file does not hold a place's reference of this form."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlaceReference:
    """Local contrast of the ground over ``region``, ``(rows, columns)``, and which cells of it could be seen."""

    region: Box
    contrast: Grid
    known: Mask

    def keep(self, path: Path) -> None:
        """Write it down, whole or not at all.

        Raises:
            OSError: the disk took none.
        """
        held = BytesIO()
        np.savez_compressed(
            held, form=np.array([_FORM]), region=np.array(self.region), contrast=self.contrast, known=self.known
        )
        draft = path.with_suffix(".part")
        draft.write_bytes(held.getvalue())
        draft.replace(path)


def read_place(path: Path) -> PlaceReference:
    """Read what ``keep`` wrote.

    Raises:
        NotAPlace: it is none, or of another form. OSError: the file cannot be read.
    """
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as held:
            if int(held["form"][0]) != _FORM:
                raise NotAPlace(path.name)
            left, top, right, bottom = (float(side) for side in held["region"])
            contrast, known = held["contrast"].astype(np.float32), held["known"].astype(np.bool_)
    except (ValueError, KeyError, EOFError, IndexError, BadZipFile) as cause:
        raise NotAPlace(path.name) from cause
    if contrast.ndim != 2 or contrast.shape != known.shape:
        raise NotAPlace(path.name)
    return PlaceReference(region=(left, top, right, bottom), contrast=contrast, known=known)
