"""Models of one's own: found by their papers, added to a site after a check, chosen to watch, taken away."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.application.errors import Unavailable
from console.application.permissions import Gate
from console.domain.accounts import Verb
from console.domain.errors import DomainError
from console.domain.rules import CameraRule
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.site_models import SHIPPED, LookingModel, SiteModels
from console.machine_hand import at_the_machine
from console.site import Site
from inference.manifest import Manifest, read_manifest, sha256_of
from resources.locate import locate

TEMPLATES = "models/templates"
_TOP_NAME = re.compile(r'^name\s*=\s*"[^"\n]*"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What is to be added: papers as they will lie in the site, and the files they speak of, the model first."""

    name: str
    papers: bytes
    files: tuple[tuple[str, Path], ...]


def templates() -> tuple[str, ...]:
    """Return the names of the papers that are ready for files that one brings."""
    return tuple(sorted(path.stem for path in locate(TEMPLATES).glob("*.toml")))


def bundle_of(source: Path, template: str = "", name: str = "") -> Bundle:
    """Find the papers and files of a model.

    Args:
        source: a folder with one manifest, the manifest, or with a template the model file itself.
        template: papers that came with the program; the digests are taken from the files as they are.
        name: another name than the papers'.

    Raises:
        DomainError: something is not there, or there is more than one of it. ModelRefused: the papers are no papers.
        Unavailable: a file cannot be read.
    """
    if template:
        return _by_template(source, template, name)
    papers = source if source.is_file() else _only(source, (".toml",))
    manifest = read_manifest(papers)
    model = papers.with_suffix(manifest.files[0].suffix)
    if not model.is_file():
        model = _only(papers.parent, (manifest.files[0].suffix,))
    files = tuple(
        (file.suffix, model if number == 0 else model.with_suffix(file.suffix))
        for number, file in enumerate(manifest.files)
    )
    return Bundle(name=name or manifest.name, papers=_named(_text(papers), name).encode(), files=_there(files))


def add(site: Site, bundle: Bundle, check: Callable[[LookingModel], None]) -> None:
    """Add a model to a site once its copy has passed the check, and write down who did.

    Raises:
        Refusal: the name is taken, or the disk or the records refuse; nothing was added. What ``check`` raises.
    """
    models = SiteModels(site.paths.data)
    note = _noting(site, "add_model", bundle.name)
    models.add(bundle.name, bundle.papers, bundle.files, check)  # takes seconds: no table may be held meanwhile
    try:
        note(_nothing)
    except Unavailable:
        models.remove(bundle.name)  # what nobody can read of later was not done
        raise


def use(site: Site, name: str) -> None:
    """Let a model watch from the station's next start on.

    Raises:
        DomainError: it is not here, or a rule in force would see nothing by it. ModelRefused: its files have changed.
        Unavailable: the disk or the records refuse; the one before stays.
    """
    models = SiteModels(site.paths.data)
    if name == SHIPPED or name in models.names():
        blind = first_blind_rule(_rules(site), _labels(models, name))
        if blind is not None:
            raise blind
    _noting(site, "use_model", name)(lambda: models.choose(name))


def remove(site: Site, name: str) -> None:
    """Take an added model away. Raises: Refusal: it is not here, or watches."""
    _noting(site, "remove_model", name)(lambda: SiteModels(site.paths.data).remove(name))


def first_blind_rule(rules: Iterable[CameraRule], labels: Sequence[str]) -> DomainError | None:
    """Return what is to be said of the first rule none of whose labels a model knows: it would never be hit."""
    for rule in rules:
        if rule.labels and not set(rule.labels) & set(labels):
            return DomainError(
                "The rule {rule} of camera {camera} looks for {labels}, and the model knows none of them. Name its "
                "labels in the manifest as the rules do, or change the rule first.",
                rule=rule.zone.name,
                camera=rule.camera_id,
                labels=", ".join(rule.labels),
            )
    return None


def text_of(papers: dict[str, Any]) -> str:
    """Return papers as TOML: values first, then tables, then lists of tables, as the papers have no deeper ones."""
    tables = {key: value for key, value in papers.items() if isinstance(value, dict)}
    rows = {key: value for key, value in papers.items() if isinstance(value, list) and value and _is_table(value[0])}
    lines = _lines({key: value for key, value in papers.items() if key not in tables and key not in rows})
    for key, table in tables.items():
        lines += ["", f"[{key}]", *_lines(table)]
    for key, many in rows.items():
        for table in many:
            lines += ["", f"[[{key}]]", *_lines(table)]
    return "\n".join([*lines, ""])


def _lines(values: dict[str, Any]) -> list[str]:
    # JSON's texts, numbers, truth and lists are TOML's.
    return [f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _labels(models: SiteModels, name: str) -> tuple[str, ...]:
    if name == SHIPPED:
        return read_manifest(locate("models/efficientdet_lite0.toml")).labels
    model = models.model(name)
    manifest: Manifest = read_manifest(model.manifest)
    manifest.verify(model.model)
    return manifest.labels


def _rules(site: Site) -> list[CameraRule]:
    _bring_up(site)
    with site.units.read() as unit:
        return [rule for camera in unit.directory.cameras_with_rules() for rule in camera.rules]


def _noting(site: Site, verb: str, name: str) -> Callable[[Callable[[], None]], None]:
    """Ask for the right to do it, and return what does it together with its line in the audit, or not at all."""
    _bring_up(site)
    gate = Gate(site.units, site.clock)
    actor = gate.require(at_the_machine(), Verb.ADMINISTER, name)

    def note(act: Callable[[], None]) -> None:
        with site.units.write() as unit:
            unit.audit.append(gate.facts(actor, verb, name))
            act()
            unit.commit()

    return note


def _nothing() -> None:
    """What is left to do where it was done before."""


def _bring_up(site: Site) -> None:
    if not is_present(site.database):
        upgrade(site.database)


def _by_template(source: Path, template: str, name: str) -> Bundle:
    if template not in templates():
        raise DomainError(
            "There are no papers named {name}. There are: {names}.", name=template, names=", ".join(templates())
        )
    files = [(source.suffix, source)]
    if source.suffix == ".xml":
        files.append((".bin", source.with_suffix(".bin")))
    found = _there(tuple(files))
    lines = [_named(_text(locate(f"{TEMPLATES}/{template}.toml")), name)]
    for suffix, file in found:
        try:
            lines.append(f'\n[[file]]\nsuffix = "{suffix}"\nsha256 = "{sha256_of(file)}"\n')
        except OSError as cause:
            raise _unreadable(file, cause) from cause
    return Bundle(name=name or template, papers="".join(lines).encode(), files=found)


def _only(folder: Path, suffixes: tuple[str, ...]) -> Path:
    found = [path for path in sorted(folder.glob("*")) if path.suffix in suffixes and path.is_file()]
    if len(found) != 1:
        raise DomainError(
            "{folder} holds {count} files of the kind {suffix}, and one is wanted. Name the manifest itself, with the "
            "model beside it under the same name.",
            folder=str(folder),
            count=len(found),
            suffix=suffixes[0],
        )
    return found[0]


def _there(files: tuple[tuple[str, Path], ...]) -> tuple[tuple[str, Path], ...]:
    for _, path in files:
        if not path.is_file():
            raise DomainError("{path} is not there; put it beside the others and do it again.", path=str(path))
    return files


def _named(text: str, name: str) -> str:
    return _TOP_NAME.sub(lambda _: f'name = "{name}"', text, count=1) if name else text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as cause:
        raise _unreadable(path, cause) from cause


def _unreadable(path: Path, cause: OSError) -> Unavailable:
    return Unavailable("{path} cannot be read: {reason}.", path=str(path), reason=cause.strerror or str(cause))
