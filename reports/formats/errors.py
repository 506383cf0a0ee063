"""What can be wrong with bytes, and how much of them is taken in."""

MAX_PACKED = 5 * 1024 * 1024
"""Bytes of a report, or of a request's body, as it is sent."""

MAX_UNPACKED = 20 * 1024 * 1024
"""Bytes of the same once unpacked."""

MAX_DEPTH = 100
"""How many lists and dicts may lie in each other."""


class Undecodable(ValueError):
    """Bytes that are no report. `reason` is a short word for lists, `detail` a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class TooLarge(Undecodable):
    """More bytes than are taken in."""
