"""The address of a draw: what it depends on, and the recipe by which anybody can draw it again."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from callbacksim.campaign.draws import Draws


def test_a_draw_can_be_drawn_again_from_its_address_alone() -> None:
    # seed/replication/stream/turn, hashed to 16 bytes that are a number with its lowest digits first, keys the block.
    digest = blake2b(b"7/2/ring/3", digest_size=16).digest()
    key = sum(byte * 256**place for place, byte in enumerate(digest))
    expected = np.random.Generator(np.random.Philox(key=key)).random(5)
    assert Draws(7, 2).uniforms("ring", 5, 3).tolist() == expected.tolist()


def test_turn_0_is_meant_where_none_is_said() -> None:
    assert (Draws(7, 2).uniforms("ring", 5) == Draws(7, 2).uniforms("ring", 5, 0)).all()
    assert (Draws(7, 2).uniforms("ring", 5) != Draws(7, 2).uniforms("ring", 5, 1)).any()
