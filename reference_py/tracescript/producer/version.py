"""The version of this package, which models name as their producer."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version


@functools.cache
def own_version() -> str:
    """Return the package's version; empty where it runs from a checkout."""
    try:
        return version("tracescript")
    except PackageNotFoundError:
        return ""
