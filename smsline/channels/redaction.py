"""What Twilio keeps of a message is redacted after delivery, or deleted.

How: twilio.com/docs/messaging/api/message-resource. The list of what is left to do is in the store: ids of messages
that came, and of replies whose status callback says that they are final. It is worked off until Twilio took each.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime

from flask import Request
from werkzeug.exceptions import BadRequest

from smsline.channels import FORM, LONGEST_ID, form_of, name_in, text_in, within
from smsline.settings import Settings
from smsline.stores import Store, Todo

log = logging.getLogger("smsline")

PATH = "/sms/twilio/status"

FINAL = ("delivered", "undelivered", "failed", "read", "received", "canceled", "partially_delivered")
"""Statuses after which Twilio lets a message be redacted."""

AT_ONCE = 5
"""Seconds until a delivered message may be redacted."""

A_DAY = 24 * 60 * 60

MOST, LEASE = 20, 120
"""Messages of one round, and seconds for which they are this worker's."""

SECONDS = 5.0

LONGEST_WAIT = 60 * 60

_sid = re.compile(r"(SM|MM)[0-9a-zA-Z]{1,60}").fullmatch


def finished(request: Request) -> tuple[str, int] | None:
    """The id of a message and in how many seconds it may be redacted; None where its status will still change.

    What is only "sent" may never be heard of again, where a network gives no receipts: a day later it is final.
    """
    fields = form_of(request)
    known = name_in(fields, "MessageSid", LONGEST_ID)
    status = text_in(fields, "MessageStatus", 40, needed=False) or text_in(fields, "SmsStatus", 40)
    if not _sid(known):
        raise BadRequest("The field MessageSid should be the id of a message.")
    if status in FINAL:
        return known, AT_ONCE
    return (known, A_DAY) if status == "sent" else None


def redact_due(store: Store, settings: Settings, now: datetime) -> int:
    """One round: redact what is due; how many Twilio took. What it did not is tried again, later each time."""
    done, seconds = 0, int(now.timestamp())
    for todo in store.todo(seconds, MOST, LEASE):
        taken = _redacted(todo, settings)
        wait = min(30 * 2**todo.tries, LONGEST_WAIT)
        store.settle(todo.id, None if taken else seconds + wait)
        done += taken
    return done


def _redacted(todo: Todo, settings: Settings) -> bool:
    """Whether Twilio has it redacted or deleted, or does not have it at all."""
    import urllib3  # slow to import, and only needed where Twilio keeps nothing

    path = f"/2010-04-01/Accounts/{settings.twilio_account}/Messages/{todo.id}.json"
    tried = (todo.tries - 1) % len(settings.twilio_tokens)  # while one token is replaced the other one may be dead
    headers = urllib3.make_headers(basic_auth=f"{settings.twilio_account}:{settings.twilio_tokens[tried]}")
    delete = settings.twilio_keep == "delete"
    if not delete:
        headers["Content-Type"] = FORM

    def call() -> int:
        answer = urllib3.request("DELETE" if delete else "POST", settings.twilio_api + path, headers=headers,
                                 body=None if delete else b"Body=", retries=False, redirect=False,
                                 timeout=urllib3.Timeout(total=SECONDS))  # fmt: skip
        return answer.status

    try:
        status = within(SECONDS, call)
    except (urllib3.exceptions.HTTPError, TimeoutError):
        log.error("redaction-failed unreachable")
        return False
    if status in (200, 204, 404):
        return True
    log.error("redaction-failed %d", status)
    return False
