"""What is said of a message that was refused."""

from typing import Any

MOST_FAULTS = 10


def faults_in(errors: Any) -> str:
    """Say which fields are wrong and how, never what stood in them."""
    said = []
    for error in errors:
        where = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "header", "path"))
        said.append(f"{where}: {error['msg']}" if where else str(error["msg"]))
    return "; ".join(said[:MOST_FAULTS])
