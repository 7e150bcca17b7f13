"""How a detector's exit code says why it ended: it also speaks where no connection could be made."""

from typing import Literal

DetectorEnding = Literal["model_refused", "device_missing", "no_answer"]

CODE_OF: dict[DetectorEnding, int] = {"model_refused": 3, "device_missing": 4, "no_answer": 5}
ENDING_OF: dict[int, DetectorEnding] = {code: ending for ending, code in CODE_OF.items()}
