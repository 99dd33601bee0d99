"""The voices of a speech system, by the names that people use for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voiceguide.engines import Voice
from voiceguide.errors import UsageError
from voiceguide.near import suggest

PREFERRED = {"en": "en-us", "fr": "fr-fr"}
"""The default voice of a language, where the language's own tag would name another or none."""
_LICENCES = {"espeak": "GPL-3.0-or-later"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a driver can speak with, and how people may call it."""

    driver: str
    default: str
    """Id of the voice that the driver would take by itself."""
    listed: list[dict[str, str]]
    """`id`, `language` and `title` of each voice."""
    variants: list[str]
    """What may follow a voice after a plus, as in `en-us+f3`."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those of English first, the default of it before all others."""
        licence = _LICENCES.get(self.driver, "")
        named = [Voice(name, tag(raw), raw["title"], licence) for name, raw in self._named().items()]
        return tuple(sorted(named, key=lambda v: (v.name != PREFERRED["en"], primary(v.language) != "en")))

    def find(self, name: str, language: str) -> str:
        """The driver's id of a voice by name, id or title, or of the default voice of `language` when `name` is "".

        Raises UsageError with a near miss.
        """
        if not name:
            return self._default_of(language)
        known = self._spellings()
        base, _, variant = name.casefold().partition("+")
        if name.casefold() in known:
            return known[name.casefold()]
        if base not in known:
            raise UsageError(
                f"there is no voice called '{name}'", _hint(name, self._named(), "'voiceguide voices' lists them")
            )
        called = {v.casefold(): v for v in self.variants}
        if variant not in called:
            raise UsageError(
                f"there is no variant '{variant}' of a voice", _hint(variant, self.variants, "try f1 to f5 or m1 to m8")
            )
        return f"{known[base]}+{called[variant]}"

    def language(self, found: str) -> str:
        """The language tag of a voice by the id that `find` gave; "" for an id that is not here."""
        base = found.partition("+")[0]
        return next((tag(raw) for raw in self.listed if raw["id"] in (found, base)), "")

    def _default_of(self, language: str) -> str:
        wish = language.casefold().replace("_", "-")
        by_tag = {tag(raw): raw["id"] for raw in reversed(self.listed)}
        if self.driver != "espeak" and any(r["id"] == self.default and _speaks(r, wish) for r in self.listed):
            return self.default
        for wanted in (PREFERRED.get(wish, wish), wish):
            if wanted in by_tag:
                return by_tag[wanted]
        for raw in self.listed:
            if _speaks(raw, wish):
                return raw["id"]
        hint = "choose one with --voice; 'voiceguide voices' lists them"
        raise UsageError(f"no voice of {self.driver} speaks '{language}'", hint)

    def _named(self) -> dict[str, dict[str, str]]:
        """Voices by the shortest name that is theirs alone: espeak's by language tag, others by title."""
        named: dict[str, dict[str, str]] = {}
        for raw in self.listed:
            name = tag(raw) if self.driver == "espeak" else raw["title"]
            named[raw["id"].rpartition("/")[2] if name in named or not name else name] = raw
        return named

    def _spellings(self) -> dict[str, str]:
        """Every accepted spelling in lower case → id; the names that are listed win."""
        loose = {raw[key].casefold(): raw["id"] for raw in self.listed for key in ("title", "id")}
        tails = {raw["id"].casefold().rpartition("/")[2]: raw["id"] for raw in self.listed}
        return tails | loose | {name.casefold(): raw["id"] for name, raw in self._named().items()}


def tag(raw: dict[str, str]) -> str:
    """The language tag of a listed voice: `en-us`."""
    return raw["language"].casefold().replace("_", "-")


def primary(tag: str) -> str:
    """The language alone: `en` of `en-us`."""
    return tag.partition("-")[0]


def _speaks(raw: dict[str, str], wish: str) -> bool:
    return primary(tag(raw)) == primary(wish)


def _hint(word: str, known: Iterable[str], otherwise: str) -> str:
    """A near miss where there is one: there are too many voices to list."""
    near = suggest(word, known)
    return near if near.startswith("did you mean") else otherwise
