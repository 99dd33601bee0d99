"""What a speech server's refusals mean, in words that help and that hold no key."""

from __future__ import annotations

import json
import re
import time

from voiceguide.engines.openai.access import OWN_KEY, Access
from voiceguide.engines.openai.post import Reply
from voiceguide.errors import EngineError, EngineMissing, UsageError, VoiceguideError

BUSY = (429, 500, 502, 503, 504)
"""Statuses after which the same question may be answered."""
_LONGEST = 160
"""Characters of a server's own words in a message."""


def refusal(reply: Reply, access: Access, model: str, voice: str) -> VoiceguideError:
    """The error for an answer whose status is not 200.

    EngineMissing where no line would fare better, UsageError for a voice that the server does not have, and EngineError
    where it may be about this line alone.
    """
    server, said = f"the speech server at {access.host}", words(reply.body, access)
    if reply.status in (401, 403):
        return _of_key(server, reply.status, access)
    if reply.status == 402 or (reply.status == 429 and _is_spent(said)):
        return EngineMissing(f"{server} wants to be paid ({reply.status})", "see to your account there")
    if reply.status == 429:
        return EngineMissing(f"{server} asks for a pause (429){said}", "try again later: what was spoken is kept")
    if reply.status in (400, 404, 422) and "voice" in said.lower():
        return UsageError(f"{server} does not speak with the voice '{voice}'{said}", "choose another with --voice")
    if reply.status in (404, 405) or (reply.status in (400, 422) and "model" in said.lower()):
        hint = "check VOICEGUIDE_OPENAI_URL, which ends in /v1 mostly, and VOICEGUIDE_OPENAI_MODEL"
        return EngineMissing(f"{server} has no such address or model as '{model}' ({reply.status}){said}", hint)
    return EngineError(f"{server} answered {reply.status}{said}")


def wait_asked(reply: Reply, now: float | None = None) -> float:
    """Seconds that `Retry-After` asks for, as a number or as a date (RFC 9110, 10.2.3); 0 when it does not.

    `now` is seconds since the epoch, for tests.
    """
    from email.utils import parsedate_to_datetime

    value = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        then = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, then - (time.time() if now is None else now))


def words(body: bytes, access: Access) -> str:
    """The server's own words, with a colon before them, short, in one line and without anything of the key; or ""."""
    text = _message(body)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if access.key:
        line = re.sub(r"[^\s\"',:;<>()]{4,}", lambda token: _hidden(token.group(), access.key.value), line)  # type: ignore[union-attr]
    if not line or line.startswith("<"):
        return ""
    return f": {line[: _LONGEST - 1]}…" if len(line) > _LONGEST else f": {line}"


def _hidden(token: str, key: str) -> str:
    return "…" if token in key or key in token else token


def _message(body: bytes) -> str:
    """What stands in the usual places of an error in JSON, else the beginning of the text."""
    text = body[:4096].decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        return text
    for name in ("error", "message", "detail", "msg"):
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict) and name in found:
            found = found[name]
    return found if isinstance(found, str) else json.dumps(found)


def _of_key(server: str, status: int, access: Access) -> EngineMissing:
    # Its own words are left out: servers repeat the key there.
    if access.key is None:
        return EngineMissing(f"{server} wants a key ({status})", f"set {OWN_KEY} to one of that server")
    return EngineMissing(
        f"{server} refuses the key from {access.key.origin} ({status})", f"set {OWN_KEY} to one of that server"
    )


def _is_spent(said: str) -> bool:
    return any(word in said.lower() for word in ("quota", "billing", "credit"))
