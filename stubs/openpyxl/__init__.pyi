from collections.abc import Iterator
from pathlib import Path
from typing import IO

class Cell:
    value: object
    data_type: str

class Worksheet:
    def iter_rows(
        self, *, max_row: int | None = ..., max_col: int | None = ..., values_only: bool = ...
    ) -> Iterator[tuple[Cell, ...]]: ...

class Workbook:
    worksheets: list[Worksheet]
    def close(self) -> None: ...

def load_workbook(filename: IO[bytes] | Path, read_only: bool = ..., *, data_only: bool = ...) -> Workbook: ...
