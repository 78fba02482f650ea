#!/usr/bin/env python3
"""Check an exported journal of wugong (五共) without wugong: one file, standard library only.

    python3 verify_journal.py journal.jsonl
    python3 verify_journal.py journal.jsonl --head 1107:9f3a…   (a head from a notice or a receipt)
    python3 verify_journal.py journal.jsonl --proof receipt.json   (what the site says of a receipt)
    python3 verify_journal.py journal.jsonl --root 1107:5c1d…   (size and root of an earlier tree)
    python3 verify_journal.py --grown growth.json --root 1107:5c1d…   (without the journal)
    python3 verify_journal.py --grown growth.json --head 1107:9f3a…   (without the journal)

An export has one JSON object a line: what it is, each record, and at the end the head. A record's
digest is SHA-256 over a tag and the record's canonical JSON (sorted keys, no blanks, UTF-8); each
record names the digest before it, so no record can be changed, left out, added or moved unseen.
That the end was cut off shows only against a head that somebody kept: give it with --head.
A second chain in SM3 runs beside the first and is checked where Python's OpenSSL knows SM3.
A proof leads from a receipt to the root of a tree (RFC 6962) over the digests of the first records,
or over the sorted receipts of an opened ballot box; the root is computed again from the export.
The site also proves, of a tree whose size and root somebody kept, that it only grew since: its
answer is checked with --grown, on its own against the root or the head that was kept, or against
an export.
A record that the reader of the export may not see is withheld: its digests stay in the chain.

Exit code 0: everything fits. 1: a record does not fit, and the first one is named.
2: the file cannot be read or the command is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

Head = tuple[int, str]  # number of a record and (the beginning of) its digest

FORMAT = "wugong/journal/v1"
RECORD_TAG = b"wugong/fact/v1\0"
START_TAG = b"wugong/genesis/v1\0"
TEXTS = {"alg", "at", "by", "channel", "community", "kind", "matter", "prev"}
NUMBERS = {"seq", "v", "version"}
HASHED = TEXTS | NUMBERS | {"body", "bulk", "cause", "principal"}
OPEN = HASHED | {"digest", "sm3"}
WITHHELD = {"seq", "prev", "digest", "sm3", "withheld"}


class Bad(Exception):
    """A record that does not fit: its number (0 for the file) and what is wrong, in words."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(what)
        self.seq, self.what = seq, what


def read_line(line: str, place: int) -> dict[str, Any]:
    """Read one line strictly: no key twice, no fraction, nothing that has two forms."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise Bad(place, "names a field twice")
        return dict(pairs)

    def refuse(text: str) -> Any:
        raise Bad(place, f"contains {text}, which no record can contain")

    try:
        found = json.loads(
            line, object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse
        )
    except (ValueError, RecursionError):
        raise Bad(place, "is no JSON") from None
    if not isinstance(found, dict) or len(found) != 1:
        raise Bad(place, "is not one record")
    return found


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str | None:
    """Return the SM3 digest, or None where this Python has none."""
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError:
        return None


def canonical(record: dict[str, Any]) -> bytes:
    """Return the bytes that are hashed: the record without its digests."""
    hashed = {name: record[name] for name in HASHED}
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def check_form(record: Any, seq: int) -> None:
    """Refuse a record that lacks a field, has one more, or one of another type."""
    if not isinstance(record, dict):
        raise Bad(seq, "is not a record")
    withheld = record.get("withheld") is True
    wanted = WITHHELD if withheld else OPEN
    if set(record) != wanted:
        wrong = sorted(set(record) ^ wanted)
        raise Bad(seq, f"has other fields than a record: {', '.join(wrong)}")
    for name in record.keys() & (TEXTS | {"digest", "sm3"}):
        if not isinstance(record[name], str):
            raise Bad(seq, f"{name} is not text")
    for name in record.keys() & NUMBERS:
        if type(record[name]) is not int:
            raise Bad(seq, f"{name} is not a whole number")
    if withheld:
        return
    if type(record["bulk"]) is not bool:
        raise Bad(seq, "bulk is not true or false")
    if record["alg"] != "sha256" or record["v"] != 1:
        raise Bad(seq, f"has an unknown form ({record['alg']}, v{record['v']})")


class Chain:
    """The chain so far: number and digests of its last record."""

    def __init__(self, community: str) -> None:
        start = START_TAG + community.encode("utf-8")
        self.community = community
        self.seq, self.digest, self.sm3 = 0, sha256(start), sm3(start)
        self.at: str | None = ""  # when the last record was made, unless it is withheld
        self.withheld = 0
        self.digests: dict[int, str] = {}  # of the records for which a head is known
        self.leaves: list[str] = []  # the digests of all records
        self.boxes: dict[int, Any] = {}  # the receipts of each opened box

    def add(self, record: Any, known: set[int]) -> None:
        """Check the next record and take it as the last one."""
        seq = self.seq + 1
        check_form(record, seq)
        if record["seq"] != seq:
            raise Bad(seq, f"is missing: record {record['seq']} stands in its place")
        if record["prev"] != self.digest:
            raise Bad(seq, "does not follow the record before it")
        if record.get("withheld"):
            self.withheld += 1
        else:
            self._recompute(record, seq)
        self.seq, self.digest, self.at = seq, record["digest"], record.get("at")
        self.sm3 = record["sm3"] if self.sm3 is not None else None
        if seq in known:
            self.digests[seq] = self.digest
        self.leaves.append(self.digest)
        if record.get("kind") == "voting.box_opened":
            self.boxes[seq] = record["body"].get("ids")

    def _recompute(self, record: dict[str, Any], seq: int) -> None:
        if record["community"] != self.community:
            raise Bad(seq, "belongs to another community")
        data = canonical(record)
        if sha256(RECORD_TAG + data) != record["digest"]:
            raise Bad(seq, "was changed: its digest does not fit")
        if self.sm3 is None:
            return
        if sm3(RECORD_TAG + self.sm3.encode("utf-8", "surrogatepass") + data) != record["sm3"]:
            raise Bad(seq, "was changed: its SM3 digest does not fit")

    def end(self, head: Any) -> None:
        """Check that the head of the export is the one just computed."""
        if not isinstance(head, dict) or set(head) != {"seq", "digest", "sm3", "at"}:
            raise Bad(0, "the head at the end cannot be read")
        if (head["seq"], head["digest"]) != (self.seq, self.digest):
            raise Bad(self.seq, f"is the last one, but the head names record {head['seq']}")
        if self.sm3 is not None and head["sm3"] != self.sm3:
            raise Bad(self.seq, "has another SM3 digest than the head")
        if self.at is not None and head["at"] != self.at:
            raise Bad(self.seq, "has another time than the head")


def verify(lines: Iterator[str], heads: Sequence[Head]) -> Chain:
    """Check all lines against the heads kept elsewhere; return the chain or raise Bad."""
    first = read_line(next(lines, "null"), 0)
    about = first.get("export")
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise Bad(0, f"is no export in the form {FORMAT}")
    if set(about) != {"format", "community"} or not isinstance(about["community"], str):
        raise Bad(0, "does not name its community, or says more than that")
    chain = Chain(about["community"])
    known = {seq for seq, _ in heads}
    ended = False
    for line in lines:
        found = read_line(line, chain.seq + 1)
        if ended:
            raise Bad(chain.seq, "should be the last one: something follows the head")
        if "record" in found:
            chain.add(found["record"], known)
        elif "head" in found:
            chain.end(found["head"])
            ended = True
        else:
            raise Bad(chain.seq + 1, "is neither a record nor the head")
    if not ended:
        raise Bad(chain.seq, "is the last one and no head follows: the export was cut off")
    compare(chain, heads)
    return chain


def compare(chain: Chain, heads: Sequence[Head]) -> None:
    """Hold the chain against heads that were published or kept earlier."""
    for seq, digest in sorted(heads):
        if seq > chain.seq:
            raise Bad(chain.seq, f"is the last one, but record {seq} was published: cut off")
        mine = Chain(chain.community).digest if seq == 0 else chain.digests[seq]
        if not mine.startswith(digest):
            raise Bad(seq, "is not the one that was published: the journal was rewritten")


def tree_root(leaves: Sequence[bytes]) -> str:
    """Compute the root over leaves (at least one) as RFC 6962, 2.1 has it: level by level."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[len(level) // 2 * 2 :]  # without a neighbour it moves up as it is
        level = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0].hex()


def climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> str | None:
    """Follow a path from a leaf up; None where it is longer or shorter than the tree is high."""
    made, steps = hashlib.sha256(b"\0" + leaf).digest(), iter(path)
    while size > 1:
        if index ^ 1 < size:
            other = next(steps, None)
            if other is None:
                return None
            made = hashlib.sha256(b"\1" + (other + made if index & 1 else made + other)).digest()
        index, size = index >> 1, (size + 1) >> 1
    return made.hex() if next(steps, None) is None else None


def check_proof(chain: Chain, proof: Any) -> None:
    """Hold what the site says of a receipt against the export; raise Bad where it does not fit."""
    proof = proof.get("inclusion", proof) if isinstance(proof, dict) else proof
    try:
        leaf, path = bytes.fromhex(proof["leaf"]), [bytes.fromhex(one) for one in proof["path"]]
        box, index, size, root = (proof[name] for name in ("box", "index", "size", "root"))
        if not all(type(number) is int for number in (box, index, size)):
            raise TypeError
    except (KeyError, TypeError, ValueError):
        raise Bad(0, "with the proof names no leaf, path, box, index, size and root") from None
    try:
        found = chain.boxes.get(box, []) if box else chain.leaves
        leaves = [bytes.fromhex(one) for one in found]
    except (TypeError, ValueError):
        raise Bad(box, "holds something that is no digest") from None
    if not 0 <= index < size <= len(leaves) or (box and size != len(leaves)):
        raise Bad(box, f"has no tree of {size} leaves with a leaf {index}: the proof does not fit")
    if leaves[index] != leaf:
        raise Bad(box or index + 1, "does not have the digest that the proof names")
    if climb(leaf, index, size, path) != root:
        raise Bad(box or index + 1, "is not proved: the path does not lead to the root")
    if tree_root(leaves[:size]) != root:
        raise Bad(box or size, "belongs to another tree than the proof: the roots differ")


def grew(proof: Any) -> tuple[int, str]:
    """Follow a proof that a tree only grew; return size and root of the new one or raise Bad.

    Both roots are put together from the same hashes: those left of the old edge make the old root,
    all of them the new one. Each subtree of the old edge is a one in the binary number of its size.
    """
    try:
        old, size = proof["old_size"], proof["size"]
        path = [bytes.fromhex(one) for one in proof["path"]]
        old_root, root = bytes.fromhex(proof["old_root"]), bytes.fromhex(proof["root"])
        if type(old) is not int or type(size) is not int or not 0 < old <= size:
            raise TypeError
    except (KeyError, TypeError, ValueError):
        raise Bad(0, "with the growth names no old_size, old_root, size, root and path") from None
    if old == size:
        if path or old_root != root:
            raise Bad(old, "is not proved to stand as it did: the tree did not only grow")
        return size, root.hex()
    steps = iter(path)
    height = (old & -old).bit_length() - 1  # of the last full subtree of the old tree
    before = after = old_root if old == 1 << height else next(steps, b"")
    place, last = (old >> height) - 1, (size - 1) >> height
    while last:
        if place & 1:
            other = next(steps, b"")
            before, after = node(other, before), node(other, after)
        elif place < last:
            after = node(after, next(steps, b""))
        place, last = place >> 1, last >> 1
    if next(steps, None) is not None or (before, after) != (old_root, root):
        raise Bad(old, "is not proved to stand as it did: the tree did not only grow")
    return size, root.hex()


def check_growth(
    proof: Any, roots: Sequence[Head], chain: Chain | None, heads: Sequence[Head] = ()
) -> int:
    """Check a proof that a tree grew, against what was kept and the export; return its old size."""
    size, root = grew(proof)
    old: int = proof["old_size"]
    for kept, its in roots:
        if kept == old and not proof["old_root"].startswith(its):
            raise Bad(kept, "ends another tree than was published: the journal was rewritten")
    for kept, its in heads:
        if kept == old and not led_to(proof, size, root).startswith(its):
            raise Bad(kept, "is not the one that was published: the journal was rewritten")
    if chain is not None:
        compare_roots(chain, [(size, root)])
    return old


def led_to(proof: Any, size: int, root: str) -> str:
    """Return the digest that ended the old tree, once its path leads to the new root, or raise."""
    old: int = proof["old_size"]
    try:
        digest, place = bytes.fromhex(proof["digest"]), [bytes.fromhex(p) for p in proof["place"]]
    except (KeyError, TypeError, ValueError):
        raise Bad(0, "with the growth names no digest and place, which a head is held to") from None
    if climb(digest, old - 1, size, place) != root:
        raise Bad(old, "is not proved: the path of its digest does not lead to the root")
    return digest.hex()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def compare_roots(chain: Chain, roots: Sequence[Head]) -> None:
    """Hold the export against sizes and roots of trees that somebody kept."""
    for size, root in roots:
        if not 0 < size <= chain.seq:
            raise Bad(chain.seq, f"is the last one, but a tree of {size} was published: cut off")
        if not tree_root([bytes.fromhex(one) for one in chain.leaves[:size]]).startswith(root):
            raise Bad(size, "ends another tree than was published: the journal was rewritten")


def read_proof(name: str) -> Any:
    """Read a file that holds a proof, or raise Bad."""
    with open(name, encoding="utf-8") as file:
        try:
            return json.load(file)
        except json.JSONDecodeError:
            raise Bad(0, "with the proof is no JSON") from None


def read_head(text: str) -> Head:
    """Read ``1107:9f3a…``: the number of a record and at least 16 digits of its digest."""
    seq, colon, digest = text.partition(":")
    digest = digest.rstrip("…").lower()
    if not (colon and seq.isdecimal() and 16 <= len(digest) <= 64):
        raise argparse.ArgumentTypeError("a head looks like 1107:9f3a4c51d2e86b07…")
    if not all(letter in "0123456789abcdef" for letter in digest):
        raise argparse.ArgumentTypeError("the digest of a head has the digits 0-9 and a-f")
    return int(seq), digest


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog="Exit code 0: fits; 1: does not; 2: unreadable.",
    )
    parser.add_argument(
        "export", nargs="?", help="a file made by `wugong export`, or - for standard input"
    )
    parser.add_argument(
        "--head", action="append", default=[], type=read_head, metavar="SEQ:DIGEST",
        help="a head kept earlier; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--root", action="append", default=[], type=read_head, metavar="SIZE:ROOT",
        help="size and root of a tree kept earlier; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--proof", action="append", default=[], metavar="FILE",
        help="what the site's API says of a receipt; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--grown", action="append", default=[], metavar="FILE",
        help="what the site's API says of how a tree grew; needs no export",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(arguments)
    if given.export is None and (not given.grown or given.proof):
        parser.error("name an export; only --grown is checked without one")
    return given


def check(given: argparse.Namespace) -> Chain | None:
    """Check everything that was given; return the chain of the export, if any, or raise Bad."""
    chain = None
    if given.export == "-":
        chain = verify(iter(sys.stdin), given.head)
    elif given.export is not None:
        with open(given.export, encoding="utf-8") as file:
            chain = verify(iter(file), given.head)
    if chain is not None:
        compare_roots(chain, given.root)
        for name in given.proof:
            check_proof(chain, read_proof(name))
    heads = [] if chain is not None else given.head  # an export was held against them already
    sizes = {check_growth(read_proof(name), given.root, chain, heads) for name in given.grown}
    for kept, _its in [] if chain is not None else [*given.root, *given.head]:
        if kept not in sizes:
            raise Bad(kept, "was kept, and no proof is of it")
    return chain


def main(arguments: Sequence[str] | None = None) -> int:
    given = read_arguments(arguments)
    try:
        chain = check(given)
    except (OSError, UnicodeDecodeError) as error:
        print(
            f"cannot read {getattr(error, 'filename', '') or given.export}: {error}",
            file=sys.stderr,
        )
        return 2
    except Bad as bad:
        if given.json:
            print(json.dumps({"fits": False, "record": bad.seq, "what": bad.what}))
        else:
            print(f"record {bad.seq} {bad.what}" if bad.seq else f"the file {bad.what}")
        return 1
    tell(chain, given)
    return 0


def tell(chain: Chain | None, given: argparse.Namespace) -> None:
    """Say what fits."""
    if given.json:
        answer: dict[str, Any] = {"fits": True, "grown": len(given.grown)}
        if chain is not None:
            answer |= {
                "community": chain.community, "records": chain.seq, "digest": chain.digest,
                "sm3": chain.sm3, "withheld": chain.withheld, "heads": len(given.head),
                "roots": len(given.root), "proofs": len(given.proof),
            }  # fmt: skip
        print(json.dumps(answer, ensure_ascii=False))
        return
    if given.grown:
        print(f"{len(given.grown)} proofs fit: the trees only grew")
    if chain is None:
        return
    print(f"{chain.seq} records of {chain.community} fit; head {chain.seq}:{chain.digest}")
    if given.proof:
        print(f"{len(given.proof)} proofs fit: the receipts are in the journal")
    if chain.withheld:
        print(f"{chain.withheld} of them are withheld: in the chain, not to be read here")
    if chain.sm3 is None:
        print("SM3 was not checked: this Python has none")
    if not given.head and not given.root:
        print("no older head was given: that nothing is missing at the end is not shown")


if __name__ == "__main__":
    sys.exit(main())
