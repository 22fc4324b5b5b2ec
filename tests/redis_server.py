"""A Redis of our own for tests: `redis-server` of this machine, on a free port, in a folder of the test."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from .server import free_port

PROGRAM = shutil.which("redis-server")


@dataclass
class Redis:
    """A Redis, or a sentinel, that runs until the block ends. It writes each change to its disk before it answers."""

    folder: Path
    options: tuple[str, ...] = ()
    sentinel: str = ""
    """The rows of its file, where it is a sentinel."""
    password: str = ""
    port: int = 0

    def __enter__(self) -> Redis:
        self.port = self.port or free_port()
        self.folder.mkdir(exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(10)

    @property
    def url(self) -> str:
        login = f":{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Any:
        """What a test looks and meddles with."""
        return redis.Redis("127.0.0.1", self.port, password=self.password or None, decode_responses=True)

    def start(self) -> None:
        """Begin, with what stands in the folder, and wait until it answers."""
        assert PROGRAM
        if self.sentinel:
            file = self.folder / "sentinel.conf"
            file.write_text(self.sentinel)
            how = [str(file), "--sentinel"]
        else:
            how = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        how += ["--requirepass", self.password] if self.password else []
        command = [PROGRAM, *how, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([*command, *self.options], stdout=log)
        for _ in range(400):
            try:
                self.client.ping()
                return
            except redis.RedisError:
                assert self.process.poll() is None, (self.folder / "redis.log").read_text()
                time.sleep(0.05)
        raise AssertionError("redis-server does not answer")

    def kill(self) -> None:
        """As when its machine loses power, but for what the disk has not got yet."""
        self.process.kill()
        self.process.wait(10)

    def falls_silent(self) -> None:
        """It still has its connections, and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def speaks_again(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def pass_time(self, seconds: int) -> None:
        """Bring the end of each key so much nearer: Redis has a clock of its own, which nobody can set."""
        client = self.client
        for name in client.scan_iter():
            ends = client.pexpiretime(name)
            if ends > 0:
                client.pexpireat(name, ends - seconds * 1000)


needs_redis = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not on this machine")
