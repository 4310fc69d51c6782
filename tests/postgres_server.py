"""A PostgreSQL server for the tests: Debian's binaries, a free port, a temporary folder."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

INSTALL = (
    "The tests need PostgreSQL: install it with `apt-get install postgresql`, or put initdb and "
    "postgres on the PATH."
)
OTHER_USERS = ("postgres", "nobody")
"""Root may not run the server: one of these does it then."""

SECONDS = 60
"""Longest that the server may take to start."""


def binaries():
    """Folder with initdb and postgres: on the PATH, or where Debian puts them."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError(INSTALL)


def _user():
    """User to run the server as: None for this one."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OTHER_USERS if name in names)


def _free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _wait(process, url, log):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


@contextmanager
def server():
    """Run a server; gives the address of its database, as libpq reads it."""
    folder, user = binaries(), _user()
    with tempfile.TemporaryDirectory(prefix="dekkend-postgres-") as home:
        if user:
            shutil.chown(home, user)
        data, port = Path(home, "data"), _free_port()
        identity = {}
        if user:
            identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": home}
        options = ["--auth", "trust", "--username", "dekkend", "--encoding", "UTF8", "--no-sync"]
        subprocess.run(
            [folder / "initdb", "--pgdata", data, *options],
            check=True,
            capture_output=True,
            env=env,
            cwd=home,
            **identity,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": home,
            "fsync": "off",
            "max_connections": 30,
            "log_min_messages": "fatal",
        }
        command = [folder / "postgres", "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = Path(home, "log")
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, env=env, cwd=home, **identity
            )
        try:
            url = f"postgresql://dekkend@127.0.0.1:{port}/postgres"
            _wait(process, url, log)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def database(url, name):
    """Make an empty database on the server, and drop it afterwards; gives its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
