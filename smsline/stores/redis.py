"""Sessions in a Redis (or Valkey), for several machines: two round trips a turn, a read and one script.

What changes is a list of plain Redis commands. The script does all of them or none: it compares what stands there with
what was read, and where somebody else was first says what stands there now, so that the step runs again from that. A
command is never sent twice: it may have been done though its answer was lost. Sessions end by Redis' own clock: a
session has two keys, the whole of it until its position ends, and what is left of it then until its language ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from smsline.address import Address
from smsline.engine.model import Event, Turn
from smsline.errors import SmslineError
from smsline.stores import AHEAD, EVER, Day, Key, Month, Salt, Step, StoreError, Tally, Todo, Total, Until, Wrong
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.tallies import added_up, day_rows, month_rows, wrong_rows

Command = tuple[str | int | bytes, ...]

WAIT = 0.5
"""Seconds to wait for a connection, and for each answer: together less than a caller is let wait for a store."""

ATTEMPTS = 50
"""How often a step is run when others change the same row meanwhile: one of them gets through each time."""

OLDEST = (6, 2)
"""The first version that takes the second at which a key ends with its value. Valkey calls itself 7.2 or more."""

SPENT_DAYS = 41
"""Days after which the segments of a day are forgotten."""

WHY: dict[type[Exception], str] = {
    AuthenticationError: "it does not take the name or password in SMSLINE_STORE",
    NoPermissionError: "its user may not do all that is needed (docs/operations.md)",
    BusyLoadingError: "it is still reading its file",
    ReadOnlyError: "it is a replica, which takes no changes",
    OutOfMemoryError: "its memory is full",
    MasterNotFoundError: "no sentinel that can be asked knows a primary of that name",
    redis.ResponseError: "it refuses what it is asked; is the number of its database in SMSLINE_STORE right?",
    redis.TimeoutError: "it does not answer",
    redis.ConnectionError: "it cannot be reached",
}
"""What errors mean to an operator, the narrower ones first."""

CHANGE = """
-- KEYS: what was read. ARGV: a message for the list and its time, or two empty texts; of each key what stood there,
-- empty for nothing; then commands, before each the number of its words.
local found = #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {}
for i = 1, #KEYS do
  if (found[i] or '') ~= ARGV[2 + i] then return found end
end
local at = #KEYS + 3
while at <= #ARGV do
  local last = at + ARGV[at]
  redis.call(unpack(ARGV, at + 1, last))
  at = last + 1
end
local id, due = ARGV[1], ARGV[2]
if id ~= '' and redis.call('HEXISTS', 'smsline:tries', id) == 0 then
  redis.call('ZADD', 'smsline:todo', 'LT', due, id)
  redis.call('ZADD', 'smsline:since', 'LT', due, id)
end
return false
"""

TAKE = """
-- What is due by ARGV[1], at most ARGV[2], is left alone until ARGV[3]: ids, and how often each was tried with this.
local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', 'smsline:todo', '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  redis.call('ZADD', 'smsline:todo', ARGV[3], id)
  table.insert(taken, {id, redis.call('HINCRBY', 'smsline:tries', id, 1)})
end
return taken
"""

ROTATE = """
-- A new salt ARGV[3] where the newest is older than ARGV[2] seconds at ARGV[1], in use ARGV[4] seconds later; else
-- those are destroyed that no row can have any more.
local now, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local rows, newest, since = redis.call('HGETALL', 'smsline:salts'), 0, 0
for i = 1, #rows, 2 do
  if tonumber(rows[i]) > newest then
    newest, since = tonumber(rows[i]), tonumber(string.match(rows[i + 1], '^%d+'))
  end
end
if newest == 0 then
  redis.call('HSET', 'smsline:salts', 1, ARGV[1] .. ' ' .. ARGV[3])
elseif now - since >= period then
  redis.call('HSET', 'smsline:salts', newest + 1, string.format('%d %s', now + ARGV[4], ARGV[3]))
elseif since <= now then
  redis.call('ZREMRANGEBYSCORE', 'smsline:salted', '-inf', '(' .. ARGV[1])
  for i = 1, #rows, 2 do
    if tonumber(rows[i]) < newest and not redis.call('ZSCORE', 'smsline:salted', rows[i]) then
      redis.call('HDEL', 'smsline:salts', rows[i])
    end
  end
end
"""


class RedisStore:
    """The contract on one Redis. redis-py opens connections in each process, and never carries one over a fork.

    Where it `heals`, a Redis that is away is none that is wrong: it is asked again at each turn.
    """

    def __init__(self, address: Address, heals: bool = False) -> None:
        self.address = address
        self._client: Any = _client(address)
        self._change, self._take, self._rotate = map(self._client.register_script, (CHANGE, TAKE, ROTATE))
        try:
            version = self.info()["redis_version"]
        except StoreError as error:
            if not heals or isinstance(error.__cause__, AuthenticationError | NoPermissionError):
                raise
            return
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            raise SmslineError(f"{self} is Redis {version}. Install Redis 6.2 or newer, or Valkey.")

    def __str__(self) -> str:
        """Where it is, without name and password."""
        where = ", ".join(f"{host}:{port}" for host, port in self.address.hosts)
        return f"The store {self.address.service + ' of the sentinels ' if self.address.service else ''}{where}"

    @contextmanager
    def _asked(self) -> Iterator[Any]:
        """The client. `StoreError` where Redis fails, or what stands there cannot be read.

        After that all connect anew, as the primary may be another.
        """
        try:
            yield self._client
        except (RedisError, OSError) as error:
            self._client.connection_pool.disconnect(inuse_connections=False)
            why = next((why for kind, why in WHY.items() if isinstance(error, kind)), type(error).__name__)
            raise StoreError(f"{self} cannot be used: {why}.") from error
        except ValueError as error:
            raise StoreError(f"{self} has a row that is damaged. Mend it, or begin a new one.") from error

    def info(self) -> dict[str, Any]:
        """What Redis says of itself: its version, how it keeps what it has, what it does when memory is full."""
        with self._asked() as client:
            return dict(client.info())

    def turn(
        self, keys: Sequence[Key], step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]
    ) -> Turn:
        names = [name for key in keys for name in _names(key)]
        with self._asked() as client:
            found = client.mget(names)
        for _ in range(ATTEMPTS):
            data = next((one for one in found if one), None)
            turn = step(unpack(_bytes(data)) if data else None)
            counted = tally(turn)
            commands = [*_saved(names, keys[0].salt, turn, until), *_counted(tuple(turn.events), counted)]
            found = self._changed(commands, counted.todo, names, found)
            if found is None:
                return turn
        raise StoreError(f"{self} cannot be used: others changed the same row {ATTEMPTS} times.")

    def _changed(
        self,
        commands: Iterable[Command],
        todo: tuple[str, int] | None = None,
        names: Sequence[str] = (),
        seen: Sequence[str | None] = (),
    ) -> list[str | None] | None:
        """Do all commands at once; or, where the keys `names` are not as they were `seen`, nothing: how they are."""
        words = [word for command in commands for word in (len(command), *command)]
        with self._asked():
            known = [_bytes(one or "") for one in seen]
            found: list[str | None] | None = self._change(names, [*(todo or ("", "")), *known, *words])
            return found

    def count(self, events: Iterable[Event], tally: Tally) -> None:
        self._changed(_counted(tuple(events), tally), tally.todo)

    def forget(self, keys: Sequence[Key]) -> bool:
        with self._asked() as client:
            return bool(client.delete(*(name for key in keys for name in _names(key))))

    def salts(self) -> list[Salt]:
        with self._asked() as client, client.pipeline(transaction=False) as pipe:
            rows, unsalted = pipe.hgetall("smsline:salts").zscore("smsline:salted", 0).execute()
            parts = [(number, *row.split(" ")) for number, row in rows.items()]
            found = [Salt(int(number), int(since), bytes.fromhex(salt)) for number, since, salt in parts]
        return [*sorted(found, reverse=True), *([] if unsalted is None else [Salt(0, 0, b"")])]

    def rotate(self, now: int, period: int, fresh: bytes) -> None:
        with self._asked():
            self._rotate(args=[now, period, fresh.hex(), AHEAD])

    def sweep(self, now: int) -> int:
        """Nothing: Redis does it."""
        return 0

    def write_back(self) -> None:
        """Nothing: Redis does it."""

    def days(self, first: str = EVER, last: str = EVER) -> Iterator[Day]:
        days = [day for day in self._members("smsline:days") if first <= day[:7] <= (last or "9")]
        counts = self._hashes((f"smsline:{what}:{day}" for day in days for what in ("day", "segments")), 4)
        for number, day in enumerate(days):
            times, segments = counts[2 * number : 2 * number + 2]
            for row in sorted(times):
                channel, language, event, node = row
                yield Day(date.fromisoformat(day), channel, language, event, node, times[row], segments.get(row, 0))

    def totals(self, first: date, last: date) -> list[Total]:
        days = self.days(f"{first:%Y-%m}", f"{last:%Y-%m}")
        return added_up(day for day in days if first <= day.day <= last)

    def months(self, first: str = EVER, last: str = EVER) -> Iterator[Month]:
        months = [month for month in self._members("smsline:months") if first <= month <= (last or "9")]
        for month, times in zip(months, self._hashes((f"smsline:month:{month}" for month in months), 3), strict=True):
            for row in sorted(times):
                service, municipality, found = row
                yield Month(month, service, municipality, found == "1", times[row])

    def counted(self) -> tuple[str, str]:
        known = sorted({*(day[:7] for day in self._members("smsline:days")), *self._members("smsline:months")})
        return (known[0], known[-1]) if known else ("", "")

    def wrong(self) -> Iterator[Wrong]:
        (rows,) = self._hashes(["smsline:wrong"], 2)
        for (month, organisation), times in sorted(rows.items()):
            yield Wrong(month, organisation, times)

    def spent(self, day: date) -> dict[str, int]:
        (rows,) = self._hashes([f"smsline:spent:{day}"], 1)
        return {country: sent for (country,), sent in rows.items()}

    def _members(self, name: str) -> list[str]:
        with self._asked() as client:
            return sorted(client.smembers(name))

    def _hashes(self, names: Iterable[str], parts: int) -> list[dict[tuple[str, ...], int]]:
        """Hashes of counts, each row in its parts."""
        with self._asked() as client, client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            found = [{tuple(row.split("\t")): int(times) for row, times in rows.items()} for rows in pipe.execute()]
            if any(len(row) != parts for rows in found for row in rows):
                raise ValueError("not what was counted")
            return found

    def invent(self) -> None:
        self._changed([("SET", "smsline:invented", 1)])

    def is_invented(self) -> bool:
        with self._asked() as client:
            return bool(client.exists("smsline:invented"))

    def add_todo(self, known: str, due: int) -> None:
        self._changed([], (known, due))

    def todo(self, now: int, most: int, lease: int) -> list[Todo]:
        with self._asked():
            return [Todo(*row) for row in self._take(args=[now, most, now + lease])]

    def settle(self, known: str, due: int | None) -> None:
        if due is None:
            gone = [("ZREM", "smsline:todo", known), ("ZREM", "smsline:since", known), ("HDEL", "smsline:tries", known)]
            self._changed(gone)
        else:
            self._changed([("ZADD", "smsline:todo", "XX", due, known)])

    def waiting(self, now: int) -> tuple[int, int]:
        with self._asked() as client, client.pipeline(transaction=False) as pipe:  # else refused where memory is full
            count, oldest = pipe.zcard("smsline:since").zrange("smsline:since", 0, 0, withscores=True).execute()
        return count, max(0, now - int(oldest[0][1])) if oldest else 0


def _client(address: Address) -> Any:
    """What speaks to the primary; nothing is connected yet."""
    # RESP 2 has no notes between answers. Over TLS something has to be said first: redis-py says its name.
    how: dict[str, Any] = {
        "socket_timeout": WAIT, "socket_connect_timeout": WAIT, "retry": Retry(NoBackoff(), 0), "ssl": address.tls,
        "decode_responses": True, "encoding_errors": "surrogateescape", "protocol": 2,
    }  # fmt: skip
    whom: dict[str, Any] = {"db": address.number, "username": address.user, "password": address.password}
    if not address.service:
        ((host, port),) = address.hosts
        return redis.Redis(host, port, **whom, **how)
    sentinels: Any = Sentinel(address.hosts, sentinel_kwargs={**how, "password": address.sentinel})  # type: ignore[no-untyped-call]
    return sentinels.master_for(address.service, **whom, **how)


def _bytes(answer: str) -> bytes:
    """What stands there, where it is no text: all answers are decoded, in a way that can be taken back."""
    return answer.encode(errors="surrogateescape")


def _names(key: Key) -> tuple[str, str]:
    """The two keys of a session: the whole of it, and what is left when its position has ended."""
    return f"smsline:session:{key.hash.hex()}", f"smsline:rest:{key.hash.hex()}"


def _saved(names: Sequence[str], salt: int, turn: Turn, until: Callable[[Turn], Until]) -> Iterator[Command]:
    """The session under the first two of its keys, and under no other.

    To delete is allowed where memory is full, and then all of the script is: so who leaves does, and nobody else.
    """
    whole, rest, *others = names
    if turn.session is None:
        yield "DEL", *names
        return
    ends = until(turn)
    yield "SET", whole, pack(turn.session), "EXAT", min(ends)
    yield "SET", rest, pack(faded(turn.session)), "EXAT", ends.language
    yield "ZADD", "smsline:salted", "GT", ends.language, salt
    if others:
        yield "DEL", *others


def _counted(events: Sequence[Event], tally: Tally) -> Iterator[Command]:
    for (day, *row), segments in day_rows(events, tally):
        yield "SADD", "smsline:days", f"{day}"
        yield "HINCRBY", f"smsline:day:{day}", "\t".join(row), 1
        yield "HINCRBY", f"smsline:segments:{day}", "\t".join(row), segments
    for month, service, municipality, found in month_rows(events, tally):
        yield "SADD", "smsline:months", month
        yield "HINCRBY", f"smsline:month:{month}", f"{service}\t{municipality}\t{found:d}", 1
    for month, organisation in wrong_rows(events, tally):
        yield "HINCRBY", "smsline:wrong", f"{month}\t{organisation}", 1
    if tally.country and tally.segments:
        end = datetime(tally.day.year, tally.day.month, tally.day.day, tzinfo=UTC) + timedelta(days=SPENT_DAYS)
        yield "HINCRBY", f"smsline:spent:{tally.day}", tally.country, tally.segments
        yield "EXPIREAT", f"smsline:spent:{tally.day}", int(end.timestamp())
