"""A tree of hashes over a list that only grows: a short path proves that something is in it.

Source: RFC 6962, 2.1 (SHA-256; leaves and inner nodes are hashed under different first bytes, so
that neither can stand for the other).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

SIZE = 32  # bytes of a hash


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two nodes."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The hashes of all full subtrees, level by level: 64 bytes a leaf."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0]) // SIZE

    def append(self, leaf: bytes) -> None:
        """Add a leaf at the end, and every subtree that it completes."""
        made, height = leaf_hash(leaf), 0
        self._levels[0] += made
        while len(self._levels[height]) // SIZE % 2 == 0:
            level = self._levels[height]
            made = node_hash(bytes(level[-2 * SIZE : -SIZE]), made)
            height += 1
            if height == len(self._levels):
                self._levels.append(bytearray())
            self._levels[height] += made

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first ``size`` leaves (all); ``ValueError`` above their number.

        >>> Tree().root().hex()[:16]
        'e3b0c44298fc1c14'
        """
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} leaves, not {size}")
        return self._over(0, size) if size else hashlib.sha256().digest()

    def path(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that lead from leaf ``index`` to the root over ``size`` leaves."""
        size = len(self) if size is None else size
        if not 0 <= index < size <= len(self):
            raise ValueError(f"no leaf {index} among {size} of {len(self)}")
        found, first, last = [], 0, size
        while last - first > 1:
            middle = first + _split(last - first)
            if index < middle:
                found.append(self._over(middle, last))
                last = middle
            else:
                found.append(self._over(first, middle))
                first = middle
        return found[::-1]

    def growth(self, old: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that prove that the first ``old`` leaves stand unchanged in ``size``.

        Source: RFC 6962, 2.1.2.
        """
        size = len(self) if size is None else size
        if not 0 < old <= size <= len(self):
            raise ValueError(f"no tree of {old} grew into one of {size} of {len(self)}")
        found, first, last, whole = [], 0, size, True
        while last != old:
            middle = first + _split(last - first)
            if old <= middle:
                found.append(self._over(middle, last))
                last = middle
            else:
                found.append(self._over(first, middle))
                first, whole = middle, False
        return [*([] if whole else [self._over(first, last)]), *found[::-1]]

    def _over(self, first: int, last: int) -> bytes:
        """Return the hash over the leaves from ``first`` up to ``last``; ``first`` is aligned."""
        count = last - first
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            place = (first >> height) * SIZE
            return bytes(self._levels[height][place : place + SIZE])
        middle = first + _split(count)
        return node_hash(self._over(first, middle), self._over(middle, last))


def _split(count: int) -> int:
    """Return the largest power of two below ``count`` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which ``path`` leads from a leaf; ``None`` where it cannot be one.

    Source: RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    here, last, made = index, size - 1, leaf_hash(leaf)
    for one in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            made = node_hash(one, made)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            made = node_hash(made, one)
        here, last = here >> 1, last >> 1
    return made if last == 0 else None


def has_grown(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether ``path`` proves that the tree ``old`` (size, root) only grew into ``new``.

    Source: RFC 9162, 2.1.4.2.
    """
    (old_size, old_root), (size, root) = old, new
    if not 0 < old_size < size:
        return old_size == size > 0 and old_root == root and not path
    # A full tree is a subtree of the new one: its root need not be sent.
    whole = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not whole:
        return False
    first, *rest = whole
    here, last = old_size - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = first
    for one in rest:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, one)
        here, last = here >> 1, last >> 1
    return (last, before, after) == (0, old_root, root)
