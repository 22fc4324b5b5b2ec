"""`smsline status`: how the running line is, in plain words, for whoever has neither Prometheus nor Grafana.

It asks what they ask, `/metrics` and `/readyz`, so it sees what they see: counts in steps of five.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import click

from smsline.cli.group import Shown, main, settings_of
from smsline.engine.model import HOME

PATIENCE = 5.0
"""Seconds that an answer may take."""

SLOW = 1.0
"""Seconds in which 99 of 100 texts should be answered."""

NEAR = 0.8
"""Share of the segments of a day from which on it is said."""

LIMITS = ("limited", "loop", "machine", "abroad", "shrunk")
"""Events that say that a limit was met (docs/operations.md)."""

Labels = dict[str, str]


class Page:
    """The figures of `/metrics`. `ValueError` where the text is no such page."""

    def __init__(self, text: str) -> None:
        from prometheus_client.parser import text_string_to_metric_families

        self._samples: dict[str, list[tuple[Labels, float]]] = defaultdict(list)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                self._samples[sample.name].append((sample.labels, sample.value))
        if "smsline_build_info" not in self._samples:
            raise ValueError("The page is of something else.")

    def rows(self, name: str) -> list[tuple[Labels, float]]:
        """A metric that has labels; none where it is not there, as those of the store while that is away."""
        return self._samples.get(name, [])

    def one(self, name: str) -> int:
        """A metric that has none; 0 where it is not there."""
        return int(sum(value for _, value in self.rows(name)))

    def within(self, share: float) -> float:
        """In how many seconds this share of the texts was answered, to the next bound; inf beyond the last."""
        rows = sorted((float(labels["le"]), value) for labels, value in self.rows("smsline_turn_seconds_bucket"))
        return next(bound for bound, value in rows if value >= share * rows[-1][1])


@main.command()
@click.option("--url", default="", help="Where the line answers, instead of http://127.0.0.1 and SMSLINE_PORT.")
def status(url: str) -> None:
    """How the running line is, and what to do where something is wrong; exit code 1 then."""
    settings = settings_of()
    if url and not url.startswith(("http://", "https://")):
        raise Shown(f'--url is "{url}". Write it as https://sms.example.org.')
    address = url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
    _, lacking = _asked(f"{address}/readyz", "")
    code, text = _asked(f"{address}/metrics", settings.metrics_token)
    if code == 403:
        raise Shown(f"{address} shows its figures to nobody without its token: set SMSLINE_METRICS_TOKEN as it has it.")
    try:
        page = Page(text if code == 200 else "")
    except ValueError:
        raise Shown(f"What answers on {address} is not this line. Name it: smsline status --url URL.") from None
    lacking = "" if lacking.strip() == "ready" else lacking.strip()
    for line in _told(page, lacking):
        click.echo(line)
    wrong = [*_to_mend(page, lacking)]
    for line in wrong:
        click.echo(f"MEND  {line}")
    if wrong:
        raise SystemExit(1)


def _asked(url: str, token: str) -> tuple[int, str]:
    """Status and text of a page."""
    import urllib3  # slow to import, and only needed here

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = urllib3.request("GET", url, headers=headers, timeout=PATIENCE, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError:
        what = f"Nothing answers on {url.rpartition('/')[0]}. Start the line with smsline serve, or name where it is:"
        raise Shown(f"{what} smsline status --url URL.") from None
    return answer.status, answer.data.decode("utf-8", "replace")


def _told(page: Page, lacking: str) -> Iterator[str]:
    """What there is to say, a line each."""
    (build, _), *_ = page.rows("smsline_build_info")
    since, workers = page.one("smsline_start_time_seconds"), page.one("smsline_workers")
    yield f"{'not ready' if lacking else 'ready'}, smsline {build['version']}, {workers} workers, since {_time(since)}"
    contents = page.rows("smsline_content_taken_up_seconds")
    for labels, taken in contents:
        where = "the same in all workers" if len(contents) == 1 else "in some workers"
        yield f"content {labels['version']}, since {_time(taken)}, {where}"
    yield f"store {'answers' if page.one('smsline_store_up') else 'does not answer'}"
    yield from _texts(page)
    counted = page.one("smsline_turn_seconds_count")
    half, most = (_seconds(page.within(share)) for share in (0.5, 0.99))
    yield (
        f"answers since the start: half {half}, 99 of 100 {most}" if counted else "answers since the start: under five"
    )
    yield f"limits met this year: {_listed(page, 'smsline_events_total', 'event', LIMITS)}"
    yield f"went wrong since the start: {_listed(page, 'smsline_incidents_total', 'kind')}"
    waiting = page.one("smsline_redactions_waiting") or "under five"
    oldest = f"{_hours(page)} hours" if _hours(page) else "less than an hour"
    yield f"to be redacted at Twilio: {waiting} texts, the oldest for {oldest}"


def _texts(page: Page) -> Iterator[str]:
    """The texts and segments of today, where the store can be read."""
    today: dict[str, list[str]] = defaultdict(list)
    sums: dict[str, int] = defaultdict(int)
    for labels, count in page.rows("smsline_turns_today"):
        today[labels["channel"]].append(f"{labels['language']} {count:.0f}")
        sums[labels["channel"]] += int(count)
    for channel, languages in today.items():
        yield f"texts today, {channel}: {sums[channel]} ({', '.join(languages)})"
    if not today:
        yield "texts today: under five"
    sent, limit = page.one("smsline_segments_today"), page.one("smsline_segments_limit")
    yield f"segments today: {sent} of {limit}, to the country that got most"


def _to_mend(page: Page, lacking: str) -> Iterator[str]:
    """What is wrong now, and what to do."""
    if lacking or not page.one("smsline_store_up"):
        yield f"{lacking or 'The store cannot be read.'} Look at its disk and folder, then run smsline doctor."
    workers, wanted = page.one("smsline_workers"), page.one("smsline_workers_wanted")
    if workers < wanted:
        yield f"{workers} of {wanted} workers answer. Look for server-failed in the log; out of memory is usual."
    if len(page.rows("smsline_content_info")) > 1:
        yield "Workers answer from different content. Ask again in a minute; if it stays, start the line anew."
    sent, limit = page.one("smsline_segments_today"), page.one("smsline_segments_limit")
    if sent >= NEAR * limit:
        yield f"Of {limit} segments {sent} are sent. See at the gateway who texts; the limit is SMSLINE_SEGMENTS_A_DAY."
    if page.one("smsline_turn_seconds_count") and page.within(0.99) > SLOW:
        yield f"1 of 100 texts waits for more than {SLOW:.0f} s. Look what else this machine does, and at its disk."
    if _hours(page):
        yield "Twilio still keeps texts. Look for redaction-failed in the log, and at TWILIO_ACCOUNT_SID and its token."


def _listed(page: Page, name: str, label: str, only: tuple[str, ...] = ()) -> str:
    """What was counted, over all other labels: "limited 5, abroad 10"."""
    sums: dict[str, int] = defaultdict(int)
    for labels, count in page.rows(name):
        if not only or labels[label] in only:
            sums[labels[label]] += int(count)
    return ", ".join(f"{kind} {count}" for kind, count in sums.items() if count) or "nothing"


def _hours(page: Page) -> int:
    return page.one("smsline_redactions_oldest_seconds") // 3600


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, HOME):%Y-%m-%d %H:%M}"


def _seconds(bound: float) -> str:
    if bound == float("inf"):
        return "in more than 5 s"
    return f"within {bound:g} s" if bound >= 1 else f"within {bound * 1000:g} ms"
