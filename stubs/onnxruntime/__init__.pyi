from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

class NodeArg:
    name: str

class InferenceSession:
    def __init__(self, path_or_bytes: str, *, providers: Sequence[str]) -> None: ...
    def get_inputs(self) -> list[NodeArg]: ...
    def run(self, output_names: None, input_feed: Mapping[str, npt.NDArray[np.float32]]) -> list[npt.NDArray[Any]]: ...
