"""How a camera should see: what several looks at the street have in common, so that nobody who walked by is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from inference.sight.traits import BLOCKS, CELLS, Floats, Marks, Traits

LEAST_LOOKS = 4
"""Looks a reference is made of at least; with looks 2 s apart a walker has gone on in between (judgement)."""
STEADY = 0.65
"""Part of the edges' energy that eight looks must have in common for a reference to be taken without a person: on the
footage 0.77 to 0.99, darkened to a quarter as well; of a clip that is cut from one street to another 0.24."""
PLAIN_EDGES = 0.05
"""Mean squared length of a block's edges to be judged by. Asphalt has 0.01, a wall 0.00, a kerb 0.10 (footage)."""
_FORM = 1


class NotAReference(Exception):
    """The file does not hold a reference of this form."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reference:
    """One reference picture, measured.

    Attributes:
        level: mean luma of the looks it was made of.
        edges: their mean ``(rows, columns, 2)`` of ``CELLS``; what moved between them has shortened itself.
        weight: mean squared length of these ``(rows, columns)`` of ``BLOCKS``.
        fineness, energy, thumb: medians a block.
    """

    level: float
    edges: Floats
    weight: Floats
    fineness: Floats
    energy: Floats
    thumb: Floats

    @property
    def plain(self) -> Marks:
        """Which blocks have edges to be judged by."""
        return np.asarray(self.weight >= PLAIN_EDGES)

    def agreement(self, seen: Traits) -> Floats:
        """Return how far a picture's edges run as these, a block: about 1 the same, 0 nothing alike.

        Blocks without edges of their own give 0.
        """
        alike = cv2.resize((seen.edges * self.edges).sum(2), BLOCKS, interpolation=cv2.INTER_AREA)
        return np.where(self.plain, alike / np.maximum(self.weight, PLAIN_EDGES), 0.0).astype(np.float32)

    def overall(self, seen: Traits) -> float:
        """Return the agreement of the whole picture, edges weighed by how plain they are."""
        whole = float((self.edges * self.edges).sum())
        return float((seen.edges * self.edges).sum()) / whole if whole > 0.0 else 0.0

    def displacement(self, seen: Traits) -> tuple[float, float, float]:
        """Return by which part of its width and height the picture is shifted against this, and how well it then fits.

        The fit is what ``overall`` would be if the picture were shifted back.
        """
        shape = (2 * CELLS[1], 2 * CELLS[0])
        there = cv2.dft(_padded(self.edges, shape), flags=cv2.DFT_COMPLEX_OUTPUT, nonzeroRows=CELLS[1])
        here = cv2.dft(_padded(seen.edges, shape), flags=cv2.DFT_COMPLEX_OUTPUT, nonzeroRows=CELLS[1])
        product = cv2.mulSpectrums(here, there, 0, conjB=True)
        fits = cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)[:, :, 0]
        row, column = divmod(int(fits.argmax()), shape[1])
        down = row if row < CELLS[1] else row - shape[0]
        across = column if column < CELLS[0] else column - shape[1]
        whole = float((self.edges * self.edges).sum())
        return across / CELLS[0], down / CELLS[1], float(fits[row, column]) / whole if whole > 0.0 else 0.0

    def likeness(self, other: "Reference") -> float:
        """Return how far another reference's edges run as these, about 1 for the same street."""
        whole = float((self.edges * self.edges).sum())
        return float((other.edges * self.edges).sum()) / whole if whole > 0.0 else 0.0

    def to_bytes(self) -> bytes:
        """Return it as it lies in a file."""
        held = BytesIO()
        np.savez_compressed(
            held,
            form=np.array([_FORM]),
            level=np.array([self.level]),
            edges=self.edges.astype(np.float16),
            fineness=self.fineness,
            energy=self.energy,
            thumb=self.thumb,
        )
        return held.getvalue()


def reference_of(looks: Sequence[Traits]) -> Reference:
    """Make a reference of looks at the same street.

    Raises:
        ValueError: there are none.
    """
    if not looks:
        raise ValueError("a reference needs a look")
    edges = np.asarray(np.mean([look.edges for look in looks], axis=0), np.float32)
    return _reference(
        level=float(np.median([look.level for look in looks])),
        edges=edges,
        fineness=np.median([look.fineness for look in looks], axis=0).astype(np.float32),
        energy=np.median([look.energy for look in looks], axis=0).astype(np.float32),
        thumb=np.median([look.thumb for look in looks], axis=0).astype(np.float32),
    )


def read_reference(path: Path) -> Reference:
    """Read what ``to_bytes`` gave.

    Raises:
        NotAReference: it is none, or of another form. OSError: the file cannot be read.
    """
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as held:
            if int(held["form"][0]) != _FORM:
                raise NotAReference(f"{path.name} is of another form")
            found = _reference(
                level=float(held["level"][0]),
                edges=held["edges"].astype(np.float32),
                fineness=held["fineness"],
                energy=held["energy"],
                thumb=held["thumb"],
            )
    except (ValueError, KeyError, EOFError, IndexError, BadZipFile) as cause:
        raise NotAReference(f"{path.name} cannot be understood") from cause
    if found.edges.shape != (CELLS[1], CELLS[0], 2) or found.thumb.shape != BLOCKS[::-1]:
        raise NotAReference(f"{path.name} has another size")
    return found


def is_steady(looks: Sequence[Traits]) -> bool:
    """Say whether all looks show one street, so that they may be a reference without a person."""
    if len(looks) < LEAST_LOOKS:
        return False
    # How well each agrees with their mean would say nothing: of looks that have nothing in common it is 1 on average.
    common = reference_of(looks).edges
    each = sum(float((look.edges * look.edges).sum()) for look in looks) / len(looks)
    return each > 0.0 and float((common * common).sum()) / each >= STEADY


def _reference(*, level: float, edges: Floats, fineness: Floats, energy: Floats, thumb: Floats) -> Reference:
    weight = cv2.resize((edges * edges).sum(2), BLOCKS, interpolation=cv2.INTER_AREA)
    return Reference(level=level, edges=edges, weight=weight, fineness=fineness, energy=energy, thumb=thumb)


def _padded(edges: Floats, shape: tuple[int, int]) -> Floats:
    held = np.zeros((*shape, 2), np.float32)
    held[: CELLS[1], : CELLS[0]] = edges
    return held
