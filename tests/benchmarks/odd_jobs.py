"""Work for the crew's tests, apart so that a worker need not load the benchmark to find it."""

from __future__ import annotations

import os


def half(number: int) -> float:
    """Crashes at 0."""
    return 10 / number


def die(number: int) -> int:
    """Takes its process down at 2."""
    if number == 2:
        os._exit(3)
    return number
