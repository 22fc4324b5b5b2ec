"""The months of a report: which were asked for, which of them are over, and what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from babel.dates import format_date

from smsline.errors import SmslineError
from smsline.words import say

MOST_MONTHS = 60
"""Months of one report at most: the weeks of five years still fit into a chart."""

_written = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


class PeriodError(SmslineError):
    """A period that cannot be: one sentence for whoever asked for it."""


@dataclass(frozen=True)
class Period:
    """Whole months, from the `first` to the `last`, each as its first day. `today` tells which of them are over."""

    first: date
    last: date
    today: date

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Each month as 2026-10."""
        count = 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1
        return tuple(f"{after(self.first, number):%Y-%m}" for number in range(count))

    @property
    def running(self) -> bool:
        """Whether the month of today is among them, so that its counts go on."""
        return f"{self.today:%Y-%m}" in self.months

    @property
    def to_come(self) -> tuple[str, ...]:
        """Months that have not begun."""
        return tuple(month for month in self.months if month > f"{self.today:%Y-%m}")

    @property
    def begun(self) -> tuple[str, ...]:
        """Months that have begun."""
        return tuple(month for month in self.months if month <= f"{self.today:%Y-%m}")

    def has(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day < after(self.last, 1)

    def week(self, day: date) -> date:
        """The first day of the week of a day, as far as it is in the period: a Monday, or the first day of all."""
        return max(self.first, day - timedelta(days=day.weekday()))

    def weeks(self) -> list[tuple[date, int]]:
        """The first day of each week that has begun, and how many of its days are in the period and not to come."""
        found, day = [], self.first
        end = min(after(self.last, 1), self.today + timedelta(days=1))
        while day < end:
            following = day + timedelta(days=7 - day.weekday())
            found.append((day, (min(following, end) - day).days))
            day = following
        return found

    def name(self, language: str) -> str:
        """What it is called: October 2026, or October to December 2026."""
        last = in_words(f"{self.last:%Y-%m}", language)
        if self.first == self.last:
            return last
        form = "LLLL" if self.first.year == self.last.year else "LLLL y"
        return say("{first} to {last}", first=format_date(self.first, form, locale=language), last=last)


def after(month: date, number: int) -> date:
    """The first day of a month so many months later; of an earlier one with a negative number."""
    at = 12 * month.year + month.month - 1 + number
    return date(at // 12, at % 12 + 1, 1)


def in_words(month: str, language: str) -> str:
    """2026-10 as October 2026."""
    return format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=language)


def period(first: str, last: str, today: date) -> Period:
    """The months from `first` to `last`, written 2026-10; where neither is given, the last three that are over.

    `PeriodError` where they are no months, or end before they begin.
    """
    if not first and not last:
        now = today.replace(day=1)
        return Period(after(now, -3), after(now, -1), today)
    begin, end = _month(first or last), _month(last or first)
    if end < begin:
        raise PeriodError(say("The period ends before it begins: from {first} to {last}.", first=first, last=last))
    found = Period(begin, end, today)
    if len(found.months) > MOST_MONTHS:
        raise PeriodError(say("These are {n} months. Choose at most {most}.", n=len(found.months), most=MOST_MONTHS))
    return found


def _month(text: str) -> date:
    found = _written.fullmatch(text.strip())
    if found is None:
        raise PeriodError(say('"{month}" is no month. Write it as 2026-10, the year first.', month=text[:20]))
    return date(int(found[1]), int(found[2]), 1)
