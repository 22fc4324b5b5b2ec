"""The way in: requests to the public URL as a gateway makes them, of which none is a text from anybody.

Three answers tell proxy, address and token apart. A request without a signature is refused (403); one that is signed
for the public URL and holds no message passes the guard and is refused as a message (400); what nobody signed and
nobody refuses is not this line.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import urllib3
from twilio.request_validator import RequestValidator

from smsline.channels import FORM
from smsline.channels.twilio import GATEWAY
from smsline.doctor.finding import Finding, mend, ok
from smsline.settings import SETTINGS, Settings

SECONDS = 5.0
"""For one request."""

SHORTEST = 14
"""Days that a certificate should be valid for: whatever renews it does so earlier."""

EMPTY = {"smsline": "doctor"}
"""A form that is no message, whoever signs it."""

DEFAULT = next(row.default for row in SETTINGS if row.name == "SMSLINE_PUBLIC_URL")


class Answer(NamedTuple):
    """What came back: status 0 and why where nothing did."""

    status: int
    text: str
    location: str = ""


def web(settings: Settings) -> Iterator[Finding]:
    """Whether what gateways send to the public URL gets to this line, and passes its guard."""
    url = settings.public_url
    there = asked(f"{url}/healthz")
    if (there.status, there.text) != (200, "ok\n"):
        yield _not_there(url, there)
        return
    yield ok(f"the line answers at {url}")
    if url.startswith("https://"):
        yield certificate(url)
    if "twilio" in settings.gateways:
        yield signed(settings)
    if asked(f"{url}/metrics").status == 200:
        do = "Set SMSLINE_METRICS_TOKEN and SMSLINE_ENV=production, and let the proxy refuse /metrics."
        yield mend("anybody can read /metrics", do)


def asked(url: str, form: dict[str, str] | None = None, signature: str = "") -> Answer:
    """A request without following redirects: GET, or POST with a form."""
    headers = {"X-Twilio-Signature": signature} if signature else {}
    body = urlencode(form).encode() if form is not None else None
    if body is not None:
        headers["Content-Type"] = FORM
    try:
        answer = urllib3.request("GET" if body is None else "POST", url, body=body, headers=headers, retries=False,
                                 redirect=False, timeout=urllib3.Timeout(total=SECONDS))  # fmt: skip
    except urllib3.exceptions.HTTPError as error:
        return Answer(0, _why(error))
    return Answer(answer.status, answer.data.decode(errors="replace"), answer.headers.get("Location", ""))


def _why(error: urllib3.exceptions.HTTPError) -> str:
    """The reason in the words of the system, without the objects around it."""
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"its certificate is not believed ({_short(str(error))})"
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its name is not known"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "no connection"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return f"no answer in {SECONDS:.0f} seconds"
    return f"the connection broke ({type(error).__name__})"


def _short(text: str) -> str:
    return text.partition("verify failed: ")[2].partition(" (_ssl")[0] or "it speaks no TLS"


def _not_there(url: str, answer: Answer) -> Finding:
    """Why the line is not at its public URL, and where to look."""
    if not answer.status:
        do = "Look at its DNS name, the firewall, and whether the proxy runs and has a valid certificate for that name."
        return mend(f"{url} cannot be reached: {answer.text}", do)
    if 300 <= answer.status < 400:
        other = urlsplit(answer.location)
        where = f"{other.scheme}://{other.netloc}" if other.netloc else "another path"
        do = "A redirect loses the texts that are posted: set SMSLINE_PUBLIC_URL, and the gateway, to where it ends."
        return mend(f"{url} redirects to {where}", do)
    if answer.status in (502, 503, 504):
        do = "Start it; then compare SMSLINE_HOST and SMSLINE_PORT with where the proxy sends requests to."
        return mend(f"the proxy at {url} does not reach the line ({answer.status})", do)
    do = "Let DNS and proxy lead to this line, whole paths included; /healthz should say ok."
    return mend(f"at {url} another server answers ({answer.status})", do)


def signed(settings: Settings) -> Finding:
    """Whether a request that is signed as Twilio signs it passes the guard, and one that is not does not."""
    url = settings.public_url + GATEWAY.path
    bare = asked(url, EMPTY)
    if bare.status != 403 or "signed" not in bare.text:
        do = (
            "Let the proxy send POST /sms/twilio to the line as it came, and switch twilio on there (SMSLINE_GATEWAYS)."
        )
        return mend(
            f"{url} answers {bare.status or bare.text} to a request without a signature, not the 403 of the line", do
        )
    answers = [asked(url, EMPTY, _signature(token, url)) for token in settings.twilio_tokens]
    if any(answer.status == 400 and "From" in answer.text for answer in answers):
        return ok("a request signed for SMSLINE_PUBLIC_URL with TWILIO_AUTH_TOKEN passes, and one without does not")
    for other in _others(settings.public_url):
        if asked(url, EMPTY, _signature(settings.twilio_tokens[0], other + GATEWAY.path)).status == 400:
            do = f"Set it to {settings.public_url} in the environment of the line, and restart it."
            return mend(f"the running line has SMSLINE_PUBLIC_URL={other}", do)
    do = "Set both alike, restart the line, and let the proxy change no path and no header."
    return mend("the running line has another TWILIO_AUTH_TOKEN or SMSLINE_PUBLIC_URL than these settings", do)


def _signature(token: str, url: str) -> str:
    return str(RequestValidator(token).compute_signature(url, EMPTY))


def _others(url: str) -> Iterator[str]:
    """What the running line may take for its address by mistake: the default, the other scheme, with or without www."""
    scheme, _, host = url.partition("://")
    yield DEFAULT
    yield f"{'http' if scheme == 'https' else 'https'}://{host}"
    yield f"{scheme}://{host.removeprefix('www.') if host.startswith('www.') else f'www.{host}'}"


def certificate(url: str) -> Finding:
    """Whether the certificate of an https address is believed, and for how many days still."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            ends = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except OSError as error:
        do = "Have one made for exactly that name, such as by Let's Encrypt."
        return mend(f"the certificate of {host} is not believed: {_short(str(error))}", do)
    days = int(ends - datetime.now(UTC).timestamp()) // 86400
    what = f"the certificate is valid for {days} more days"
    return ok(what) if days >= SHORTEST else mend(what, "Renew it now, and look why nothing did (certbot renew).")
