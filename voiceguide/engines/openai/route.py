"""How a server is reached: certificates always checked, proxies as tunnels alone.

A proxy of the environment (HTTPS_PROXY, NO_PROXY) is for https alone, as a tunnel that sees neither words nor keys;
plain http, which is for servers nearby, goes straight there.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from voiceguide.errors import EngineMissing

if TYPE_CHECKING:
    import http.client
    import ssl


def shown(address: SplitResult) -> str:
    """Host and port of an address, for messages: never a user, password, path or query."""
    host = address.hostname or "?"
    return f"{host}:{address.port}" if address.port else host


def connection_to(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    """A connection that is not open yet; each of its steps may take `timeout` seconds.

    Raises EngineMissing for a proxy of a kind that is not known.
    """
    import http.client

    host, limit = address.hostname or "", max(0.1, timeout)
    if address.scheme != "https":
        return http.client.HTTPConnection(host, address.port, timeout=limit)
    proxy = _proxy_for(host)
    if proxy is None:
        return http.client.HTTPSConnection(host, address.port, timeout=limit, context=_trust())
    tunnel = http.client.HTTPSConnection(proxy.hostname or "", proxy.port or 80, timeout=limit, context=_trust())
    tunnel.set_tunnel(host, address.port or 443, _proxy_headers(proxy))
    return tunnel


def _proxy_for(host: str) -> SplitResult | None:
    """The proxy that the environment names for https to `host`. Raises EngineMissing for a kind that is not known."""
    from urllib.request import getproxies, proxy_bypass

    named = getproxies().get("https", "")
    if not named or proxy_bypass(host):
        return None
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    if proxy.scheme != "http" or not proxy.hostname:
        raise EngineMissing(
            f"the proxy in HTTPS_PROXY is of a kind that is not known here: {proxy.scheme or 'none'}",
            "name one that begins with http://, or list the speech server's host in NO_PROXY",
        )
    return proxy


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()
