"""What all tests share."""

from __future__ import annotations

import pytest

_SHOWN = 24  # bytes


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """The argument's name for longer bytes: a ZIP holds the time it was made, and workers must collect alike."""
    return argname if isinstance(val, bytes) and len(val) > _SHOWN else None
