"""SVG as PNG."""

from __future__ import annotations

import struct
import zlib

import resvg_py

CSS_DOTS = 96
"""What lengths in SVG mean by an inch."""
_BEFORE = len(b"\x89PNG\r\n\x1a\n") + 4 + 4 + 13 + 4
"""The signature and the first chunk: after them others may stand."""


def png(svg: str, dots_wide: int, metres_wide: float) -> bytes:
    """The picture so many dots wide on white, which says how wide it is on paper.

    The SVG's text is outlines: fonts of the machine are not looked for, so that the bytes are the same everywhere.
    """
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, width=dots_wide, background="#ffffff", skip_system_fonts=True, dpi=CSS_DOTS
    )
    metre = round(dots_wide / metres_wide)
    return drawn[:_BEFORE] + _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)) + drawn[_BEFORE:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
