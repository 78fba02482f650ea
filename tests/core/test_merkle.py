"""A path proves that a leaf is in the tree; every change of one bit is seen."""

from __future__ import annotations

import hashlib

import pytest

from wugong.merkle import Tree, has_grown, root_from


def naive(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive(leaves[:k]) + naive(leaves[k:])).digest()


LEAVES = [f"leaf {n}".encode() for n in range(40)]
TREE = Tree(LEAVES)


@pytest.mark.parametrize("size", range(41))
def test_the_root_is_the_one_of_the_rfc_for_every_earlier_size(size: int) -> None:
    assert TREE.root(size) == Tree(LEAVES[:size]).root() == naive(LEAVES[:size])


def test_the_known_tree_of_certificate_transparency() -> None:
    """The eight leaves and the root of the test data of RFC 6962's reference implementation."""
    texts = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    texts.append("606162636465666768696a6b6c6d6e6f")
    root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert Tree(map(bytes.fromhex, texts)).root().hex() == root


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_has_a_path_to_the_root_and_to_no_other(size: int) -> None:
    root = TREE.root(size)
    for index in range(size):
        path = TREE.path(index, size)
        assert root_from(LEAVES[index], index, size, path) == root
        assert root_from(b"another", index, size, path) != root
        assert root_from(LEAVES[index], index, size, [*path, root]) is None
        if path:
            assert root_from(LEAVES[index], index, size, path[1:]) != root
            assert root_from(LEAVES[index], (index + 1) % size, size, path) != root


def test_every_change_of_one_bit_of_a_path_is_seen() -> None:
    path = TREE.path(21)
    for place, one in enumerate(path):
        for bit in range(256):
            changed = (int.from_bytes(one, "big") ^ 1 << bit).to_bytes(32, "big")
            tried = [*path[:place], changed, *path[place + 1 :]]
            assert root_from(LEAVES[21], 21, 40, tried) != TREE.root()


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 41)])
def test_there_is_no_path_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        TREE.path(index, size)
    assert size > 40 or root_from(b"", index, size, []) is None


@pytest.mark.parametrize("size", [-1, 41])
def test_there_is_no_root_outside_the_tree(size: int) -> None:
    with pytest.raises(ValueError, match="has 40 leaves"):
        TREE.root(size)


def tree(size: int) -> tuple[int, bytes]:
    return size, TREE.root(size)


@pytest.mark.parametrize("size", range(1, 41))
def test_a_tree_proves_that_it_only_grew(size: int) -> None:
    for old in range(1, size + 1):
        path = TREE.growth(old, size)
        assert has_grown(tree(old), tree(size), path)
        assert not has_grown(tree(old), tree(size), [*path, b"x" * 32])
        assert not has_grown((old, b"x" * 32), tree(size), path)
        assert not has_grown(tree(old), (size, b"x" * 32), path)
        if path:
            assert not has_grown(tree(old), tree(size), path[1:])
            assert not has_grown(tree(old), tree(size), path[:-1])
            assert not has_grown(tree(old), tree(size), [])


def test_every_change_of_one_bit_of_a_growth_is_seen() -> None:
    for old in (21, 32):  # the root of a full tree is no part of its path
        path = TREE.growth(old)
        for place, one in enumerate(path):
            for bit in range(256):
                changed = (int.from_bytes(one, "big") ^ 1 << bit).to_bytes(32, "big")
                tried = [*path[:place], changed, *path[place + 1 :]]
                assert not has_grown(tree(old), tree(40), tried)


def test_a_tree_that_was_written_anew_did_not_grow() -> None:
    other = Tree([*LEAVES[:20], b"another", *LEAVES[21:]])
    for old in (21, 30, 39):
        assert not has_grown(tree(old), (40, other.root()), other.growth(old))
    assert has_grown(tree(20), (40, other.root()), other.growth(20))


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (1, 41), (-1, 3)])
def test_a_tree_did_not_grow_from_what_it_never_was(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="no tree of"):
        TREE.growth(old, size)
    assert not has_grown((old, b""), (size, b""), [])
