"""The part of NNCF's Python API that Citydesk uses, as of 3.4 (not installed beside the program)."""

from collections.abc import Sequence
from typing import Any

from openvino import Model

class ModelType:
    TRANSFORMER: ModelType

class QuantizationPreset:
    MIXED: QuantizationPreset

class Dataset:
    def __init__(self, data_source: Sequence[Any]) -> None: ...

def quantize(
    model: Model,
    calibration_dataset: Dataset,
    *,
    preset: QuantizationPreset | None = ...,
    subset_size: int = ...,
    model_type: ModelType | None = ...,
) -> Model: ...
