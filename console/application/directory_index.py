"""The words of all cameras in memory, so that a search as one types costs no round trip.

Measured 2026-11-22 on two busy cores, 62,679 cameras: a word that is nowhere costs 23 to 70 ms in SQLite (every row is
looked at) and 5 to 8 ms here. What is kept is some 15 MB a seat, read once in the background.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from console.domain.camera_words import LINE, normal
from console.domain.ids import CameraId

ENTRIES_A_BLOCK = 512  # some 50 kB of text: a word that is not in it costs 30 µs
SAMPLED_BLOCKS = 8  # judgement: 4,096 cameras tell a road from a district


@dataclass(frozen=True, slots=True, order=True)
class FoundKey:
    """Where a page of findings ended.

    Attributes:
        rank: 0 where the words begin a number, code, name or reading, 1 where they stand anywhere.
        number, camera_id: of the last camera of the page.
    """

    rank: int
    number: str
    camera_id: CameraId


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One camera, by its number, and the words it is found by."""

    number: str
    camera_id: CameraId
    words: str


class _Block:
    """Some hundred cameras, their words in one text."""

    __slots__ = ("keys", "starts", "text")

    def __init__(self, entries: Sequence[IndexEntry]) -> None:
        self.keys = [(entry.number, entry.camera_id) for entry in entries]
        self.starts: list[int] = []
        at = 0
        for entry in entries:
            self.starts.append(at)
            at += len(entry.words)
        self.text = "".join(entry.words for entry in entries)

    def entries_with(self, word: str) -> Iterator[int]:
        """Give the positions of the entries that hold a word, in order, each once."""
        text, starts = self.text, self.starts
        at = text.find(word)
        while at >= 0:
            position = bisect_right(starts, at) - 1
            yield position
            at = text.find(word, self.end(position) - 1)

    def end(self, position: int) -> int:
        return self.starts[position + 1] if position + 1 < len(self.starts) else len(self.text)

    def has(self, position: int, word: str) -> bool:
        return self.text.find(word, self.starts[position], self.end(position)) >= 0


class DirectoryIndex:
    """Never changes once made. Safe from any thread."""

    def __init__(self, mark: int, entries: Sequence[IndexEntry]) -> None:
        """Args:
        mark: of the directory these entries are of.
        entries: by number and id.
        """
        self.mark = mark
        self.size = len(entries)
        self._blocks = [
            _Block(entries[first : first + ENTRIES_A_BLOCK]) for first in range(0, len(entries), ENTRIES_A_BLOCK)
        ]

    def find(self, typed: str, after: FoundKey | None, most: int) -> list[FoundKey]:
        """Return up to ``most`` cameras that hold every word, those whose field begins with one first, by number."""
        words = self._rarest_first(normal(typed).split())
        if not words:
            return []
        held: list[_Block] = []  # those that hold all words: filled while the first rank is looked for
        found: list[FoundKey] = []
        for rank in (0, 1):
            if after is not None and after.rank > rank:
                continue
            begins_after = after if after is not None and after.rank == rank else None
            blocks = held if rank and after is None else self._holding(words, held)
            for key in _ranked(blocks, words, rank, begins_after):
                found.append(key)
                if len(found) == most:
                    return found
        return found

    def _rarest_first(self, words: Sequence[str]) -> list[str]:
        """Return the words, the one that leaves the fewest cameras to look at first, by a sample."""
        if len(words) < 2:
            return list(words)
        sample = self._blocks[:: max(1, len(self._blocks) // SAMPLED_BLOCKS)]
        return sorted(words, key=lambda word: (sum(block.text.count(word) for block in sample), -len(word)))

    def _holding(self, words: Sequence[str], held: list[_Block]) -> Iterator[_Block]:
        """Give the blocks that hold all words, and note them."""
        for block in self._blocks:
            if all(word in block.text for word in words):
                held.append(block)
                yield block


def _ranked(blocks: Iterable[_Block], words: Sequence[str], rank: int, after: FoundKey | None) -> Iterator[FoundKey]:
    first, *others = words
    beginning = LINE + first
    passed = (after.number, after.camera_id) if after is not None else None
    for block in blocks:
        if passed is not None and block.keys[-1] <= passed:
            continue
        for position in block.entries_with(first if rank else beginning):
            key = block.keys[position]
            if passed is not None and key <= passed:
                continue
            if rank and block.has(position, beginning):
                continue  # it stood among those of rank 0
            if all(block.has(position, word) for word in others):
                yield FoundKey(rank, *key)
