from typing import Any, Self

import numpy as np
import numpy.typing as npt

class LogisticRegression:
    coef_: npt.NDArray[np.float64]
    intercept_: npt.NDArray[np.float64]
    def __init__(self, *, C: float = ..., class_weight: str | None = ..., max_iter: int = ...) -> None: ...
    def fit(self, X: npt.NDArray[Any], y: npt.NDArray[Any]) -> Self: ...
