"""Bytes for people: offset, hex and what of it is ASCII. Pure."""

WIDTH = 16


def dump(content: bytes) -> str:
    """Lines of sixteen bytes."""
    return "\n".join(
        _line(offset, content[offset : offset + WIDTH]) for offset in range(0, len(content), WIDTH)
    )


def _line(offset: int, part: bytes) -> str:
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
    return f"{offset:08x}  {part.hex(' '):<{3 * WIDTH}} {text}"
