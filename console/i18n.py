"""The catalogue's tool: ``python -m console.i18n`` reads every sentence out of the code and compiles the Chinese.

A sentence is the first text given to ``say``, ``N_`` or to a refusal (any class that ends at ``Refusal``), both
texts given to ``plural``, and the texts named in ``_PLACES``. Sentences in variables are marked where they stand
with ``N_``.
"""

import ast
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.words import CHINESE, DOMAIN
from resources.locate import folder

ROOMS = ("console", "widgets")
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
# Calls whose sentence is not their first text: by position, or by the name of the parameter.
_PLACES: dict[str, tuple[int, ...]] = {"say": (0,), "N_": (0,), "plural": (0, 1)}
_NAMED: dict[str, tuple[str, ...]] = {"Finding": ("subject", "sentence"), "Fact": ("sentence",)}


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """A key of the catalogue. ``many`` is the other form of a plural, empty for an ordinary sentence."""

    one: str
    many: str = ""


def po_path(language: str = CHINESE) -> Path:
    return folder() / "i18n" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def sentences(root: Path) -> dict[Sentence, set[str]]:
    """Return every key in the code below ``root`` with the files it stands in."""
    files = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    refusals = _refusals(trees.values())
    found: dict[Sentence, set[str]] = {}
    for path, tree in trees.items():
        for sentence in _in_tree(tree, refusals):
            found.setdefault(sentence, set()).add(path.relative_to(root).as_posix())
    return found


def updated(old: Catalog, found: Mapping[Sentence, set[str]]) -> Catalog:
    """Return a catalogue of exactly ``found``, with the translations ``old`` knows; others stay empty."""
    new = Catalog(locale=CHINESE, project=DOMAIN, header_comment="", fuzzy=False)
    for sentence in sorted(found):
        key = (sentence.one, sentence.many) if sentence.many else sentence.one
        known = old.get(sentence.one)
        string = known.string if known is not None else ""
        if sentence.many and isinstance(string, str):
            string = (string,)
        elif not sentence.many and isinstance(string, tuple | list):
            string = string[0]
        new.add(key, string, locations=[(name, 0) for name in sorted(found[sentence])])
    return new


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as the program reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=CHINESE)
    # Babel would put in the time of reading, and the compiled file would differ each minute.
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return the catalogue as people read it: sorted, one place a line, no dates that change by themselves."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def main(arguments: list[str]) -> int:
    """Bring the catalogue up to the code and compile it; exit 1 while a sentence has no Chinese."""
    path = po_path()
    old = read(path) if path.exists() else Catalog(locale=CHINESE)
    new = updated(old, sentences(folder().parent))
    path.write_bytes(written(new))
    path.with_suffix(".mo").write_bytes(compiled(read(path)))
    missing = [message.id for message in new if message.id and not any(_texts(message.string))]
    for key in missing:
        print(key if isinstance(key, str) else key[0])
    return 1 if missing else 0


def _texts(string: object) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string) if isinstance(string, tuple | list) else ()


def _refusals(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of all classes that end at ``Refusal``."""
    parents = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"Refusal"}
    while more := {name for name, bases in parents.items() if bases & known} - known:
        known |= more
    return known


def _in_tree(tree: ast.Module, refusals: set[str]) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name == "__init__" and isinstance(node.func, ast.Attribute) and _is_super(node.func.value):
            continue
        if name == "plural":
            texts = [_text(argument) for argument in node.args[:2]]
            if len(texts) == 2 and texts[0] and texts[1]:
                yield Sentence(texts[0], texts[1])
            continue
        places = (0,) if name in refusals else _PLACES.get(name, ())
        texts = [_text(node.args[place]) for place in places if place < len(node.args)]
        texts += [_text(keyword.value) for keyword in node.keywords if keyword.arg in _NAMED.get(name, ())]
        for text in texts:
            if text:
                yield Sentence(text)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "super"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
