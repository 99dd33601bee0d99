"""Where words may be sent, and with which key: only where the user's own settings say, and never where it can leak."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from voiceguide.engines.openai.route import shown
from voiceguide.errors import EngineMissing, UsageError

OFFICIAL = "https://api.openai.com/v1"
OWN_KEY, THEIR_KEY = "VOICEGUIDE_OPENAI_KEY", "OPENAI_API_KEY"
KEYRING = ("voiceguide", "openai")
"""Service and user under which the keyring may hold a key."""
SETUP = (
    f"set VOICEGUIDE_OPENAI_URL=http://127.0.0.1:8000/v1 for a server of your own, or {OWN_KEY} for api.openai.com; "
    "your words are sent there"
)
_URL = "VOICEGUIDE_OPENAI_URL"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret, and where it came from: only that is ever shown."""

    value: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class Access:
    """A server that may be asked."""

    base: str
    key: Key | None

    @property
    def host(self) -> str:
        return shown(urlsplit(self.base))

    @property
    def headers(self) -> dict[str, str]:
        """What proves that one may ask."""
        return {"Authorization": f"Bearer {self.key.value}"} if self.key else {}


def named(url: str) -> str:
    """The address as a part of an engine's identity: no user, password, query or fragment, whatever was given."""
    try:
        parts = urlsplit(url or OFFICIAL)
        return urlunsplit((parts.scheme, shown(parts), parts.path.rstrip("/"), "", ""))
    except ValueError:
        return "no address"


def is_set_up(url: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the user has chosen a server for this program, as far as settings and environment tell.

    The keyring is not opened for this, and the key of other programs chooses nothing.
    """
    return bool(url or environ.get(OWN_KEY))


def access(url: str, environ: Mapping[str, str] = os.environ) -> Access:
    """The server at `url`, or the official one when a key is there.

    Raises UsageError for an address that words or the key must not be sent to, EngineMissing when none was chosen.
    """
    address = _checked(url or OFFICIAL)
    key = _key_for(address, environ)
    if not url and key is None:
        raise EngineMissing("no speech server was chosen for the engine 'openai'", SETUP)
    if key is not None and address.scheme != "https" and not _is_here(address):
        raise UsageError(
            f"the key from {key.origin} would be sent to {shown(address)} where anybody on the way can read it",
            f"let {_URL} begin with https://",
        )
    return Access(urlunsplit(address).rstrip("/"), key)


def _checked(url: str) -> SplitResult:
    """`url` in parts. The messages name no more of it than the host: the rest may be secret."""
    try:
        address = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        if not plain or address.scheme not in ("http", "https") or not address.hostname or address.port == 0:
            raise ValueError
    except ValueError:
        raise UsageError(f"{_URL} is not an address", "write it like http://127.0.0.1:8000/v1") from None
    if "@" in address.netloc:
        raise UsageError(f"{_URL} holds a user or password", f"take it out; a key belongs into {OWN_KEY}")
    if address.query or address.fragment:
        raise UsageError(f"{_URL} holds a question mark or hash", "end it with the path, as in /v1")
    if address.scheme == "http" and not _is_near(address):
        raise UsageError(
            f"words would be sent to {shown(address)} where anybody on the way can read them",
            f"let {_URL} begin with https://; plain http is for this machine and for numbers of a home network",
        )
    return address


def _key_for(address: SplitResult, environ: Mapping[str, str]) -> Key | None:
    """The key for this server. The one that other programs use for api.openai.com goes there and nowhere else."""
    found = environ.get(OWN_KEY, "").strip()
    if found:
        return _sound(Key(found, OWN_KEY))
    found = environ.get(THEIR_KEY, "").strip()
    if found and (address.scheme, address.hostname) == ("https", urlsplit(OFFICIAL).hostname):
        return _sound(Key(found, THEIR_KEY))
    found = "" if _is_here(address) else _from_keyring()
    return _sound(Key(found, "the keyring")) if found else None


def _sound(key: Key) -> Key:
    """Raises UsageError for a value that no header can carry; whoever complains of it later might show it."""
    if not (key.value.isascii() and key.value.isprintable()) or " " in key.value:
        raise UsageError(f"the key from {key.origin} holds characters that no key has", "copy it once more")
    return key


def _from_keyring() -> str:
    """The key in the system's keyring, if the package `keyring` is installed and answers."""
    try:
        import keyring

        return (keyring.get_password(*KEYRING) or "").strip()
    except Exception:  # no package, no service, locked: each backend has errors of its own
        return ""


def _is_here(address: SplitResult) -> bool:
    """Whether the server is this machine."""
    host = address.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    number = _number(host)
    return number is not None and number.is_loopback


def _is_near(address: SplitResult) -> bool:
    """Whether the server is this machine, or one of the home network by its number: names may lead anywhere."""
    number = _number(address.hostname or "")
    return _is_here(address) or (number is not None and number.is_private)


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
