"""Voices go by any of their names, and near misses are told."""

import pytest

from voiceguide.engines.catalogue import Catalogue
from voiceguide.errors import UsageError

MAC = Catalogue(
    driver="nsss",
    default="com.apple.voice.Alex",
    listed=[
        {"id": "com.apple.voice.Albert", "language": "en_US", "title": "Albert"},
        {"id": "com.apple.voice.Alex", "language": "en_US", "title": "Alex"},
        {"id": "com.apple.voice.Anna", "language": "de_DE", "title": "Anna"},
    ],
    variants=[],
)
ESPEAK = Catalogue(
    driver="espeak",
    default="",
    listed=[
        {"id": "gmw/en", "language": "en-gb", "title": "English (Great Britain)"},
        {"id": "gmw/en-us", "language": "en-us", "title": "English (America)"},
        {"id": "roa/fr", "language": "fr-fr", "title": "French (France)"},
    ],
    variants=["f3", "Andy"],
)


def test_a_voice_is_found_by_any_of_its_names() -> None:
    assert MAC.find("anna", "en") == MAC.find("com.apple.voice.Anna", "en") == "com.apple.voice.Anna"
    assert MAC.find("", "en-us") == "com.apple.voice.Alex"
    assert MAC.find("", "de") == "com.apple.voice.Anna"
    assert [voice.name for voice in MAC.voices] == ["Albert", "Alex", "Anna"]


def test_a_voice_that_is_not_there_has_a_near_miss() -> None:
    with pytest.raises(UsageError) as caught:
        MAC.find("Anne", "en")
    assert "'Anna'" in caught.value.hint
    with pytest.raises(UsageError, match="speaks 'fi'"):
        MAC.find("", "fi")
    with pytest.raises(UsageError, match="variant"):
        MAC.find("Anna+f3", "en")


def test_espeak_prefers_the_plain_voice_of_a_language() -> None:
    assert [ESPEAK.find("", language) for language in ("en", "en-GB", "fr", "fr_CA")] == [
        "gmw/en-us",
        "gmw/en",
        "roa/fr",
        "roa/fr",
    ]


def test_a_variant_follows_a_plus() -> None:
    assert ESPEAK.find("EN-US+andy", "fr") == "gmw/en-us+Andy"
    assert ESPEAK.language("gmw/en-us+Andy") == "en-us"
    assert ESPEAK.language("gmw/de") == ""
    with pytest.raises(UsageError, match="variant 'f3x'") as caught:
        ESPEAK.find("en-us+f3x", "en")
    assert "'f3'" in caught.value.hint


def test_the_licence_of_espeak_is_told() -> None:
    assert {voice.licence for voice in ESPEAK.voices} == {"GPL-3.0-or-later"}
    assert {voice.licence for voice in MAC.voices} == {""}
