"""What every decoder promises."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from inference.detections import Detections

Output = npt.NDArray[Any]
"""One output of a model as it came: float32, or integers where a model gives its classes so."""
ANY = -1
"""In an expected shape: as many as the model likes."""


class Decoder(Protocol):
    """Turns the raw outputs of one look into candidates; overlapping ones are not yet removed."""

    reads_best_class: bool
    """Whether it reads the best class of each candidate as well as all of them; see ``best_class``."""

    def expected(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the model's outputs, in any order; a model with others is refused.

        ``ANY`` stands for a length the decoder does not mind.
        """
        ...

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        """Return what scores ``minimum_score`` or more, in fractions of the model's input.

        Raises:
            ValueError: the numbers cannot be an answer (not finite).
        """
        ...


def must_be_finite(number: float) -> None:
    """Refuse an answer that holds no number: it would compare as "nothing found".

    Raises:
        ValueError: it is infinite or not a number.
    """
    if not np.isfinite(number):
        raise ValueError("the answer holds values that are not numbers")
