"""The tree, held to published roots, to the RFC's own definitions, and to every small case."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.attest.merkle import EMPTY_ROOT, Tree, includes, is_extension, leaf_hash, node_hash

# The inputs and roots of Certificate Transparency's reference tests (merkletree, RFC 6962).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
REFERENCE = Tree(map(leaf_hash, ENTRIES))


# RFC 9162 section 2.1, word for word and slow: D is a list of entries, not of hashes.


def mth(d):
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return hashlib.sha256(b"\x00" + d[0]).digest()
    k = largest_power_of_two_below(len(d))
    return hashlib.sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m, d):
    if len(d) == 1:
        return []
    k = largest_power_of_two_below(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m, d, b):
    if m == len(d):
        return [] if b else [mth(d)]
    k = largest_power_of_two_below(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def largest_power_of_two_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tests(size):
    assert REFERENCE.root(size).hex() == ROOTS[size - 1]
    assert mth(ENTRIES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_root_of_nothing():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root() == EMPTY_ROOT == bytes.fromhex(empty)


def test_proofs_are_those_of_the_reference_tests():
    """Leaf 6 (index 5) of 8, and from 6 to 8 leaves, as published there."""
    assert [one.hex() for one in REFERENCE.inclusion(5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in REFERENCE.consistency(6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_is_the_one_the_rfc_defines(size):
    entries = [bytes([n]) * n for n in range(size)]
    tree = Tree(map(leaf_hash, entries))
    assert tree.root() == mth(entries)
    for index in range(size):
        assert list(tree.inclusion(index)) == path(index, entries)
    for old in range(1, size + 1):
        assert list(tree.consistency(old)) == subproof(old, entries, True)


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 9), (0, 0)])
def test_there_is_no_proof_for_what_is_not_there(index, size):
    with pytest.raises(ValueError, match=r"no leaf|never had"):
        REFERENCE.inclusion(index, size)


@pytest.mark.parametrize(("old", "size"), [(0, 8), (5, 4), (3, 9)])
def test_there_is_no_consistency_with_what_never_was(old, size):
    with pytest.raises(ValueError, match=r"no tree|never had"):
        REFERENCE.consistency(old, size)


sizes = st.integers(1, 300)


@st.composite
def many_leaves(draw):
    count = draw(sizes)
    seed = draw(st.binary(max_size=4))
    return [leaf_hash(seed + n.to_bytes(2)) for n in range(count)]


def flipped(data, value):
    at = data.draw(st.integers(0, len(value) * 8 - 1))
    changed = bytearray(value)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def mutated(data, proof):
    """`proof` with one node changed, lost, doubled, added, or two of them exchanged."""
    nodes = list(proof)
    kinds = ["added"] + ["changed", "lost", "doubled"] * bool(nodes)
    if len(set(nodes)) > 1:
        kinds.append("exchanged")
    kind = data.draw(st.sampled_from(kinds))
    if kind == "added":
        new = data.draw(st.binary(min_size=32, max_size=32))
        nodes.insert(data.draw(st.integers(0, len(nodes))), new)
        return nodes
    at = data.draw(st.integers(0, len(nodes) - 1))
    if kind == "changed":
        nodes[at] = flipped(data, nodes[at])
    elif kind == "lost":
        del nodes[at]
    elif kind == "doubled":
        nodes.insert(at, nodes[at])
    else:
        other = next(n for n, one in enumerate(nodes) if one != nodes[at])
        nodes[at], nodes[other] = nodes[other], nodes[at]
    return nodes


@given(st.data(), many_leaves())
def test_every_inclusion_proof_verifies_and_no_other(data, leaves):
    tree = Tree(leaves)
    size = data.draw(st.integers(1, len(tree)))
    index = data.draw(st.integers(0, size - 1))
    root, leaf = tree.root(size), leaves[index]
    proof = tree.inclusion(index, size)
    assert includes(root, size, index, leaf, proof)
    assert not includes(root, size, index, leaf, mutated(data, proof))
    assert not includes(flipped(data, root), size, index, leaf, proof)
    assert not includes(root, size, index, flipped(data, leaf), proof)
    assert not includes(root, size, index + size, leaf, proof)
    other = data.draw(st.integers(-1, size - 1).filter(lambda n: n != index))
    assert not includes(root, size, other, leaf, proof)


@given(st.data(), many_leaves())
def test_every_consistency_proof_verifies_and_no_other(data, leaves):
    tree = Tree(leaves)
    size = data.draw(st.integers(1, len(tree)))
    old = data.draw(st.integers(1, size))
    before, after = tree.root(old), tree.root(size)
    proof = tree.consistency(old, size)
    assert is_extension(before, old, after, size, proof)
    assert not is_extension(before, old, after, size, mutated(data, proof))
    assert not is_extension(flipped(data, before), old, after, size, proof)
    assert not is_extension(before, old, flipped(data, after), size, proof)
    assert not is_extension(before, 0, after, size, proof)
    assert not is_extension(before, size + 1, after, size, proof)


@given(st.data(), many_leaves(), st.integers(1, 400))
def test_a_proof_holds_for_another_size_only_where_its_path_is_the_same(data, leaves, claimed):
    """A proof alone does not fix the size of a tree: that is what the signed tree head is for."""
    tree = Tree(leaves)
    size = data.draw(st.integers(1, len(tree)))
    old = data.draw(st.integers(1, size))
    if claimed not in {size, old}:
        proof = tree.consistency(old, size)
        verified = is_extension(tree.root(old), old, tree.root(size), claimed, proof)
        assert not verified or shape(old, claimed) == shape(old, size)


def shape(old, size):
    """Which sides a consistency path takes: what a verifier derives from the two sizes."""
    fn, sn, sides = old - 1, size - 1, []
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    while sn:
        left = bool(fn & 1 or fn == sn)
        sides.append(left)
        if left:
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    return sides


def test_absurd_sizes_cost_nothing():
    assert not includes(EMPTY_ROOT, 2**53, 2**52, EMPTY_ROOT, [EMPTY_ROOT] * 60)
    assert not is_extension(EMPTY_ROOT, 2**52, EMPTY_ROOT, 2**53, [EMPTY_ROOT] * 60)
