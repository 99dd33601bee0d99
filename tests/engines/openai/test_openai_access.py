"""Where words and keys may go: addresses, the key's origin, and how far each key travels."""

import traceback
from collections.abc import Iterator

import pytest

from voiceguide.engines.openai.access import OFFICIAL, Key, access, is_set_up
from voiceguide.errors import EngineMissing, UsageError

OWN, THEIRS = "VOICEGUIDE_OPENAI_KEY", "OPENAI_API_KEY"
ELSEWHERE = "https://voices.example/v1"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1",
        "http://127.9.9.9/v1",
        "http://localhost:8000/v1",
        "http://voices.localhost/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.20:8880/v1",
        "http://10.0.0.7/v1",
        "https://voices.example/v1",
        "https://voices.example:8443",
    ],
)
def test_where_words_may_go(url: str) -> None:
    assert access(url, {}).base == url
    assert access(f"{url}/", {}).headers == {}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://voices.example/v1", "voices.example where anybody"),
        ("http://8.8.8.8/v1", "where anybody"),
        ("http://localhost.example/v1", "where anybody"),
        ("https://someone:hunter2@voices.example/v1", "user or password"),
        ("http://hunter2@127.0.0.1/v1", "user or password"),
        ("https://voices.example/v1?key=hunter2", "question mark"),
        ("https://voices.example/v1#hunter2", "question mark or hash"),
        ("ftp://voices.example/hunter2", "not an address"),
        ("voices.example/hunter2", "not an address"),
        ("localhost:8000/v1", "not an address"),
        ("https:///hunter2", "not an address"),
        ("http://[hunter2", "not an address"),
        ("http://127.0.0.1:hunter2/v1", "not an address"),
        ("http://127.0.0.1:99999/v1", "not an address"),
        ("http://127.0.0.1/hunter2 x", "not an address"),
        ("http://127.0.0.1/hunter2\r\nX: y", "not an address"),
        ("https://vöices.example/hunter2", "not an address"),
    ],
)
def test_where_words_may_not_go(url: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        access(url, {OWN: "sk-1"})
    assert caught.value.hint
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_the_official_server_is_asked_when_there_is_a_key() -> None:
    assert access("", {THEIRS: "sk-theirs"}).base == OFFICIAL
    assert access("", {OWN: "sk-own"}).headers == {"Authorization": "Bearer sk-own"}
    with pytest.raises(EngineMissing) as caught:
        access("", {OWN: " "})
    assert caught.value.exit_code == 69
    assert not is_set_up("", {THEIRS: "x"})
    assert is_set_up("", {OWN: "x"})
    assert is_set_up("http://127.0.0.1/v1", {})


def test_ones_own_key_comes_first() -> None:
    found = access("", {OWN: "sk-own", THEIRS: "sk-theirs"}).key
    assert found == Key("sk-own", OWN)
    assert "sk-own" not in repr(found)
    assert "sk-own" not in repr(access("", {OWN: "sk-own"}))


@pytest.mark.parametrize("url", [ELSEWHERE, "http://127.0.0.1:8000/v1", "http://api.openai.com.example"])
def test_the_key_for_one_server_is_not_sent_to_another(url: str) -> None:
    environ = {THEIRS: "sk-theirs"}
    if url.startswith("http://api"):
        with pytest.raises(UsageError):
            access(url, environ)
    else:
        assert access(url, environ).key is None
    assert access("https://api.openai.com/v1", environ).key == Key("sk-theirs", THEIRS)


def test_a_key_goes_in_the_clear_to_this_machine_alone() -> None:
    assert access("http://127.0.0.1:1/v1", {OWN: "sk-own"}).key
    with pytest.raises(UsageError, match=f"key from {OWN} would be sent to 192.168.1.20"):
        access("http://192.168.1.20/v1", {OWN: "sk-own"})


@pytest.fixture
def ring() -> Iterator[dict[tuple[str, str], str]]:
    """A keyring that holds what a test puts into it."""
    keyring = pytest.importorskip("keyring")
    backend = pytest.importorskip("keyring.backend")
    held: dict[tuple[str, str], str] = {}

    class Ring(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            if held.get((service, username)) == "locked":
                raise RuntimeError("locked")
            return held.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            held[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield held
    keyring.set_keyring(before)


def test_the_keyring_is_asked_last_and_never_for_this_machine(ring: dict[tuple[str, str], str]) -> None:
    ring["voiceguide", "openai"] = "sk-ring"
    assert access(ELSEWHERE, {}).key == Key("sk-ring", "the keyring")
    assert access("", {}).base == OFFICIAL
    assert access("", {THEIRS: "sk-theirs"}).key == Key("sk-theirs", THEIRS)
    assert access("http://127.0.0.1/v1", {}).key is None
    ring["voiceguide", "openai"] = "locked"
    assert access(ELSEWHERE, {}).key is None
