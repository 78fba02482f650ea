"""The key of a box that only scrutineers open together: made, split and joined (level B).

The key is made on a machine apart from the server (``wugong ceremony``): X25519, its private half
split by SLIP-39 into as many shares as there are scrutineers, of which some are enough. The server
knows the public half only; ballots are sealed to it by HPKE (RFC 9180) the moment they are cast.
Shares are printed and typed as groups of four digits, which need no English: each is the number of
a SLIP-39 word, and the last three check the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import shamir_mnemonic
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from shamir_mnemonic.wordlist import WORDLIST

from wugong.errors import Refusal, Refused

LEAST_NEEDED, MOST_SHARES = 2, 16  # one alone would be no secret from that one; SLIP-39's bound
KEY_BYTES = 32
WORDS = 33  # of a share of 32 bytes
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_TAG = b"wugong/box-key/v1\0"
_WRITTEN = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{1,5})-([0-9a-f]{64})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class BoxKey:
    """The public half of a ceremony's key; ``needed`` of ``shares`` scrutineers open the box."""

    needed: int
    shares: int
    ceremony: int  # SLIP-39's identifier, which every share carries too
    public: str  # 32 bytes in hexadecimal

    def __str__(self) -> str:
        """Write the key on one line, with a checksum against slips of the pen."""
        text = f"{self.needed}-{self.shares}-{self.ceremony}-{self.public}"
        return f"{text}-{_check(text)}"


def _check(text: str) -> str:
    return hashlib.sha256(_TAG + text.encode()).hexdigest()[:8]


def read_box_key(text: str) -> BoxKey:
    """Read a key as :class:`BoxKey` writes it; ``ValueError`` where a character differs."""
    found = _WRITTEN.fullmatch("".join(text.split()).lower())
    if found is None or _check(found[0].rpartition("-")[0]) != found[5]:
        raise ValueError("not the public key of a ceremony, or not copied whole")
    needed, shares, ceremony = (int(found[n]) for n in (1, 2, 3))
    if not LEAST_NEEDED <= needed <= shares <= MOST_SHARES:
        raise ValueError(f"{needed} of {shares} shares cannot open a box")
    return BoxKey(needed, shares, ceremony, found[4])


def hold(needed: int, shares: int) -> tuple[BoxKey, tuple[str, ...]]:
    """Make a key and split it; return its public half and the shares, one a scrutineer.

    ``ValueError`` unless 2 <= needed <= shares <= 16. The private half is kept nowhere.
    """
    if not LEAST_NEEDED <= needed <= shares <= MOST_SHARES:
        bounds = f"{LEAST_NEEDED} <= needed <= shares <= {MOST_SHARES}"
        raise ValueError(f"need {bounds}, got {needed} of {shares}")
    secret = X25519PrivateKey.generate()
    (split,) = shamir_mnemonic.generate_mnemonics(
        1, [(needed, shares)], secret.private_bytes_raw(), iteration_exponent=0
    )
    ceremony = shamir_mnemonic.Share.from_mnemonic(split[0]).identifier
    public = secret.public_key().public_bytes_raw().hex()
    return BoxKey(needed, shares, ceremony, public), tuple(_digits(words) for words in split)


def _digits(mnemonic: str) -> str:
    return " ".join(f"{WORDLIST.index(word):04}" for word in mnemonic.split())


def join(key: BoxKey, typed: Sequence[str]) -> tuple[bytes, tuple[int, ...]]:
    """Return the private half that shares make, and the numbers of the shares from 1.

    ``typed`` are lines as on the sheets, or a whole share on each: 33 groups of four digits.
    Raises ``Refused`` naming by its place the share that is misread, of another ceremony or there
    twice, and how many are missing.
    """
    read: dict[int, tuple[int, str]] = {}  # by number of the share: place, words
    for place, groups in enumerate(_groups(typed), 1):
        number, mnemonic = _read_share(key, place, groups)
        if number in read:
            details = {"place": place, "share": number, "other": read[number][0]}
            raise Refused(Refusal("wugong.share_twice", details=details))
        read[number] = place, mnemonic
    if len(read) < key.needed:
        details = {"given": len(read), "needed": key.needed, "shares": key.shares}
        raise Refused(Refusal("wugong.shares_too_few", details=details))
    numbers = tuple(sorted(read))
    enough = [read[number][1] for number in numbers[: key.needed]]
    try:
        secret = shamir_mnemonic.combine_mnemonics(enough)
        public = X25519PrivateKey.from_private_bytes(secret).public_key()
    except (shamir_mnemonic.MnemonicError, ValueError):
        raise Refused(Refusal("wugong.shares_do_not_fit")) from None
    if public.public_bytes_raw().hex() != key.public:
        raise Refused(Refusal("wugong.shares_do_not_fit"))
    return secret, numbers[: key.needed]


def _groups(typed: Sequence[str]) -> list[list[str]]:
    """Return the groups of each share: it ends with the line on which it is whole."""
    shares: list[list[str]] = []
    begun: list[str] = []
    for line in typed:
        signs = re.sub(r"[\s,.-]", "", line)
        begun += [signs[at : at + 4] for at in range(0, len(signs), 4)]
        if len(begun) % WORDS == 0:
            shares += [begun[at : at + WORDS] for at in range(0, len(begun), WORDS)]
            begun = []
        elif len(begun) > WORDS:
            shares.append(begun)
            begun = []
    return [*shares, begun] if begun else shares


def _read_share(key: BoxKey, place: int, groups: Sequence[str]) -> tuple[int, str]:
    details: dict[str, int | str] = {"place": place, "groups": len(groups), "needed": WORDS}
    misread = Refused(Refusal("wugong.share_misread", details=details))
    if len(groups) != WORDS or not all(re.fullmatch("[0-9]{4}", group) for group in groups):
        raise misread
    if any(int(group) >= len(WORDLIST) for group in groups):
        raise misread
    try:
        words = " ".join(WORDLIST[int(group)] for group in groups)
        share = shamir_mnemonic.Share.from_mnemonic(words)
    except shamir_mnemonic.MnemonicError:
        raise misread from None
    if share.identifier != key.ceremony:
        details = {"place": place, "ceremony": share.identifier, "needed": key.ceremony}
        raise Refused(Refusal("wugong.share_of_another_ceremony", details=details))
    return share.index + 1, words


def seal_to(key: BoxKey, identity: str, plain: bytes) -> bytes:
    """Seal a ballot so that only the ceremony's private half opens it."""
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(key.public))
    return _SUITE.encrypt(plain, public, info=_TAG + identity.encode())


def open_with(secret: bytes, identity: str, sealed: bytes) -> bytes:
    """Open a sealed ballot; ``ValueError`` where the box was changed."""
    try:
        private = X25519PrivateKey.from_private_bytes(secret)
        return _SUITE.decrypt(sealed, private, info=_TAG + identity.encode())
    except InvalidTag:
        raise ValueError(f"ballot {identity} was changed in the box") from None
