"""Where a Redis is, as an operator writes it in `SMSLINE_STORE`, and what of any store may be shown.

    redis://[[user]:password@]host[:6379][/number]
    rediss://…                                           the same over TLS
    redis+sentinel://[[user]:password@]host[:26379],host,…/service[/number][?sentinel=password]
    rediss+sentinel://…

Names and passwords are percent-encoded, as in any web address. `sentinel` is the password of the sentinels themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

PORTS = {"redis": 6379, "rediss": 6379, "redis+sentinel": 26379, "rediss+sentinel": 26379}
"""The schemes of addresses, and the port that is meant where none is named."""

SCHEMES = tuple(f"{scheme}://" for scheme in PORTS)

LIKE = (
    "should be like redis://:password@host:6379/0 or redis+sentinel://:password@host:26379,host:26379/service/0, "
    "with rediss for TLS, and signs in the password as in web addresses (%40 for @)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """One Redis, or the sentinels that know which of several is the primary of `service`. `number` is its database."""

    hosts: tuple[tuple[str, int], ...]
    service: str = ""
    number: int = 0
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sentinel: str | None = field(default=None, repr=False)


def address(url: str) -> Address:
    """An address in its parts. `ValueError`, which shows nothing of it, where it is none."""
    try:
        found = _address(urlsplit(url))
    except ValueError:
        found = None
    if found is None or not url.isprintable() or " " in url:
        raise ValueError(LIKE)
    return found


def _address(url: SplitResult) -> Address | None:
    login, _, hosts = url.netloc.rpartition("@")
    user, _, password = login.partition(":")
    path, more = url.path.removeprefix("/").split("/"), dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    watched = url.scheme.endswith("+sentinel")
    service = unquote(path.pop(0)) if watched else ""
    number, sentinel = "/".join(path) or "0", more.pop("sentinel", None)
    names = tuple(_host(one, PORTS[url.scheme]) for one in hosts.split(","))
    if more or url.fragment or not (number.isascii() and number.isdigit()):
        return None
    if watched != bool(service) or (not watched and (len(names) > 1 or sentinel)):
        return None
    login_of = (unquote(user) or None, unquote(password) or None)
    return Address(names, service, int(number), url.scheme.startswith("rediss"), *login_of, sentinel)


def _host(text: str, port: int) -> tuple[str, int]:
    """Name and port of one machine. `ValueError` where it is none."""
    url = urlsplit(f"//{text}")
    if not url.hostname or url.port == 0 or url.netloc != text:
        raise ValueError(text)
    return url.hostname, url.port or port


def shown(url: str) -> str:
    """The name of a store as it may be printed: without what stands before an @, or after a question mark."""
    scheme, colon, rest = url.partition(":")
    before, at, host = rest.rpartition("@")
    host = host.partition("?")[0] if before or scheme in PORTS else host
    return f"{scheme}://…@{host}" if at else f"{scheme}{colon}{host}"
