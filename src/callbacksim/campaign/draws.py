"""All chance of a replication, addressed: every draw belongs to somebody and never depends on the order of events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Draws:
    """The uniforms of one replication.

    A draw's address is (seed, replication, stream, turn, place). `stream` names the purpose, `turn` is the number of
    the call, attempt or try, the place is the number's, row's or item's position. So plans that share a seed face
    the same people, a new stream changes no other one, and a longer register keeps the draws of the shorter one.
    """

    seed: int
    replication: int

    def uniforms(self, stream: str, size: int, turn: int = 0) -> NDArray[np.float64]:
        """`size` uniforms in [0, 1), one a place: shape (size,)."""
        address = f"{self.seed}/{self.replication}/{stream}/{turn}".encode()
        key = int.from_bytes(hashlib.blake2b(address, digest_size=16).digest(), "little")
        return np.random.Generator(np.random.Philox(key=key)).random(size)
