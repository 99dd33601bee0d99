"""Addresses: `https://www.example.org/feet` → `example dot org slash feet`."""

from __future__ import annotations

import re

_MAIL = re.compile(r"(?<![\w.+-])([\w+-][\w.+-]{0,63})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_WEB = re.compile(r"(?<![\w.@])(?:https?://(?:www\.)?|www\.)([^\s<>()\[\]]+)", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![\w.@/])((?:[a-z\d-]{1,63}\.){1,4}(?:com|org|net|edu|gov|info|io|uk|de|fr|eu|ca|au))(?![\w-])(/[^\s<>()\[\]]*)?"
)
_TAIL = ".,;:!?'"
_SAID = {".": " dot ", "/": " slash ", "-": " dash ", "_": " underscore ", "@": " at ", "?": " question mark "}
_SAID |= {"=": " equals ", "&": " and ", "+": " plus ", "#": " hash ", "%": " percent ", "~": " tilde ", ":": " colon "}


def addresses(text: str) -> str:
    """Web and mail addresses as one reads them to a friend; the mark that ends their sentence stays."""
    if "." not in text:
        return text
    text = _MAIL.sub(lambda found: _read(found.group()), text)
    text = _WEB.sub(lambda found: _read(found.group(1)), text)
    return _HOST.sub(lambda found: _read(found.group()), text)


def _read(address: str) -> str:
    body = address.rstrip(_TAIL)
    return " ".join("".join(_SAID.get(sign, sign) for sign in body.rstrip("/")).split()) + address[len(body) :]


RULES = (addresses,)
