"""Finds plug-ins by name: built-ins and outsiders go through one table, and each loads only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Any

from voiceguide.errors import EngineMissing, UsageError
from voiceguide.near import suggest


def names(group: str, builtin: Mapping[str, str]) -> tuple[str, ...]:
    """All names of a seam (`voiceguide.engines`, …), built-ins first."""
    outsiders = sorted(point.name for point in entry_points(group=group))
    return tuple(dict.fromkeys((*builtin, *outsiders)))


def check(group: str, builtin: Mapping[str, str], name: str) -> str:
    """The `module:attribute` behind `name`. Raises UsageError when there is none."""
    target = builtin.get(name) or next((p.value for p in entry_points(group=group, name=name)), None)
    if target is None:
        seam = group.rpartition(".")[2].rstrip("s")
        raise UsageError(f"there is no {seam} called '{name}'", suggest(name, names(group, builtin)))
    return target


def load(group: str, builtin: Mapping[str, str], name: str) -> Any:
    """What `module:attribute` behind `name` holds.

    Raises UsageError for an unknown name and EngineMissing when its import fails.
    """
    target = check(group, builtin, name)
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ImportError as error:
        raise EngineMissing(
            f"'{name}' cannot be loaded: {error}", "reinstall voiceguide, or the package it names"
        ) from error


@lru_cache
def installed_version(package: str) -> str:
    """The version of a package from an index, for identities; "-" when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
