"""PCG32: numbers that no version of any library can move."""

from __future__ import annotations

_MULTIPLIER, _INCREMENT = 6364136223846793005, 1442695040888963407


class Pcg32:
    """A stream of 32-bit numbers, by its seed."""

    def __init__(self, seed: int) -> None:
        self._state = 0
        self.next()
        self._state = (self._state + seed) % (1 << 64)
        self.next()

    def next(self) -> int:
        """Return the next number."""
        old = self._state
        self._state = (old * _MULTIPLIER + _INCREMENT) % (1 << 64)
        mixed = ((old >> 18) ^ old) >> 27 & 0xFFFFFFFF
        turn = old >> 59
        return (mixed >> turn | mixed << (-turn & 31)) & 0xFFFFFFFF
