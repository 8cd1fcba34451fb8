"""Keeps the workers of `bai-wx serve` alive until it is told to stop.

`serve` puts this program in its own place (`exec`) once the workers run: they stay its children. It
imports next to nothing, of ours or of Python's, because all it needs is to wait: about 10 MiB instead of the
100 that the server takes. A worker that dies, or that hangs, is replaced by a new
process, which loads everything by itself.

Each worker adds one to a number of its own every second, in memory that both see. The supervisor counts
how often it found the number unchanged, not how long ago it changed: a machine that was suspended wakes up
with all numbers as they were, and no worker is taken for dead.
"""

import json
import mmap
import os
import signal
import struct
import sys
import time
from contextlib import suppress
from functools import partial
from typing import Any, Final

from bai_wx.process.last_checkpoint import bring_log_into
from bai_wx.process.listening import ListenError
from bai_wx.process.supervision import (
    SOON_S,
    Alerts,
    Pause,
    Plan,
    Reloaded,
    Settings,
    Worker,
    log,
    outlived,
    with_scrapes,
)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
HEARD_SIGNALS = (*STOP_SIGNALS, signal.SIGHUP, signal.SIGCHLD)
KILL_AFTER_S = 4  # requests in flight get three; the promise is 5 s in all
CHECK_S = 1.0  # between two checks of the workers' heartbeats
MAX_MISSED_BEATS = 15  # checks in a row; after them a worker hangs
MAX_MISSED_AT_START = 60  # before the first heartbeat: a start on a busy machine takes seconds
RELOAD_S = 30  # in which new settings are read and checked
PROGRAM: Final = """
import sys
sys.path.append(sys.argv[1])
from bai_wx.process.supervisor import main
sys.exit(main(sys.argv[2]))
"""
BEAT = struct.Struct("<Q")
COUNTS, COUNTS_SIZE = "counts", 2 * BEAT.size
HUNG, DIED = (
    0,
    BEAT.size,
)  # where it is counted how many workers hung, and ended without being told to


class Supervisor:
    """The children of this process: workers, and maybe helpers such as WeChat's stand-in.

    Nothing may end it but being told to stop: its workers would die with it.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._beats = mmap.mmap(plan["descriptors"]["beats"], 0)
        self._counts = mmap.mmap(plan["descriptors"][COUNTS], 0)
        self._workers = {pid: Worker(pid, n) for n, pid in enumerate(plan["workers"])}
        self._wanted = len(self._workers)
        self._helpers = set(plan["helpers"])
        # A terminal's signals are ours.
        start_alerts = partial(self._spawn, plan["alerts"], 0, HEARD_SIGNALS)
        self._alerts = Alerts(plan["alerting"], start_alerts)
        self._settings: Settings = {
            "environment": dict(os.environ),
            "from_dotenv": plan["from_dotenv"],
            "database_file": plan["database_file"],
            "database_identity": plan["database_identity"],
            "scrapes": plan["scrapes"],
            "descriptors": plan["descriptors"],
            "alerts": plan["alerting"] != 0,
        }
        self._pause = Pause()
        self._next_check = time.monotonic() + CHECK_S
        self._came_up = self._is_stopping = self._wants_reload = False
        self._outdated: list[int] = []
        """Workers with settings of before, while they are being replaced."""
        self._successor: Worker | None = None
        self._old_settings: Settings | None = None
        """What to go back to while no worker has come up with the new ones."""
        self._reload: tuple[int, int, float] | None = None
        """The program that reads the settings: its id, where it writes, and until when it may."""
        self._status = 0

    def run(self) -> int:
        """Keep the workers until the last one has ended. Returns: the exit status."""
        for signum in HEARD_SIGNALS:
            signal.signal(signum, signal.SIG_DFL)  # what is ignored is not waited for either
        while self._workers or not self._is_stopping:
            self._reap()
            if not self._is_stopping:
                self._check_heartbeats()
                self._replace_outdated()
                self._start_missing()
                if self._lacks_alerts():
                    self._alerts.start()
            self._kill_overdue()
            if self._workers or not self._is_stopping:
                self._wait()
        others = (self._alerts.pid, self._reload[0] if self._reload else 0)
        for pid in [*self._helpers, *filter(None, others)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        if self._status == 0:
            self._checkpoint()
        return self._status

    # --- waiting ---

    def _wait(self) -> None:
        """Sleep until a signal comes or something is due."""
        due = [w.kill_at for w in self._workers.values() if w.kill_at is not None]
        if not self._is_stopping:
            due.append(self._next_check)
            if self._lacks_workers():
                due.append(self._pause.until)
            if self._lacks_alerts():
                due.append(self._alerts.pause.until)
        timeout = max(0.0, min(due) - time.monotonic())
        # A little less than exact, or it would wake up a little too early, again and again.
        found = signal.sigtimedwait(HEARD_SIGNALS, timeout + 0.001)
        signum = found.si_signo if found else signal.SIGCHLD
        if signum == signal.SIGHUP:
            self._wants_reload = True
        elif signum != signal.SIGCHLD:
            self._stop()

    def _stop(self) -> None:
        if not self._is_stopping:
            self._is_stopping = True
            os.close(self._settings["descriptors"]["listener"])
            for worker in self._workers.values():
                self._retire(worker)

    def _retire(self, worker: Worker) -> None:
        """Tell a worker to finish its requests and exit."""
        worker.is_retired = True
        if worker.kill_at is None:
            worker.kill_at = time.monotonic() + KILL_AFTER_S
        self._signal(worker, signal.SIGTERM)
        self._signal(worker, signal.SIGCONT)  # one that was halted could not hear it

    def _kill_overdue(self) -> None:
        """End workers that could not drain: a stuck one must not break the promise of 5 s."""
        now = time.monotonic()
        if self._reload is not None and self._reload[2] <= now:
            os.kill(self._reload[0], signal.SIGKILL)
        for worker in self._workers.values():
            if worker.kill_at is not None and worker.kill_at <= now:
                worker.kill_at = now + KILL_AFTER_S
                self._signal(worker, signal.SIGKILL)

    def _signal(self, worker: Worker, signum: int) -> None:
        with suppress(ProcessLookupError):  # it ended a moment ago
            os.kill(worker.pid, signum)

    # --- workers that exit or hang ---

    def _reap(self) -> None:
        with suppress(ChildProcessError):  # there is none at all
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                self._on_exit(*found)

    def _on_exit(self, pid: int, status: int) -> None:
        if self._reload is not None and pid == self._reload[0]:
            self._take_settings(self._reload[1], status)
            return
        if pid == self._alerts.pid:
            self._alerts.on_exit()
            return
        self._helpers.discard(pid)  # without the stand-in the demo cannot log in, which login tells
        worker = self._workers.pop(pid, None)
        if worker is None:
            return
        self._read_heartbeat(worker)
        if pid in self._outdated:
            self._outdated.remove(pid)
        if self._is_stopping or worker.is_retired:
            return
        if self._successor is worker:
            self._successor = None
            if self._old_settings is not None:
                self._go_back_to(self._old_settings)
                log(f"worker {pid} ended with the new settings; the others keep the old ones")
                return
        if not self._came_up and not self._workers:
            log(f"worker {pid} ended with status {status}; none ever came up: giving up")
            self._is_stopping, self._status = True, 1
            return
        self._count(DIED)
        died_soon = time.monotonic() - worker.began < SOON_S
        self._pause.begin(died_soon=died_soon)
        log(
            f"worker {pid} ended with status {status}; starting another in {self._pause.seconds:g} s"
        )

    def _check_heartbeats(self) -> None:
        """Check each worker's heartbeat, at most once a second of this process's own time."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_S
        for worker in self._workers.values():
            if not self._read_heartbeat(worker):
                worker.missed_beats += 1
            missed = MAX_MISSED_BEATS if worker.beat else MAX_MISSED_AT_START
            if worker.missed_beats == missed and worker.kill_at is None:
                log(f"worker {worker.pid} has not moved for {missed} s; it is killed")
                worker.kill_at = now
                self._count(HUNG)

    def _count(self, at: int) -> None:
        BEAT.pack_into(self._counts, at, BEAT.unpack_from(self._counts, at)[0] + 1)

    def _read_heartbeat(self, worker: Worker) -> bool:
        """Read a worker's count of heartbeats. Returns: whether it changed."""
        (beat,) = BEAT.unpack_from(self._beats, worker.number * BEAT.size)
        if beat == worker.beat:
            return False
        worker.beat, worker.missed_beats = beat, 0
        self._came_up = True
        return True

    def _start_missing(self) -> None:
        """Start workers until there are as many as wanted, unless a pause is on."""
        while self._lacks_workers() and time.monotonic() >= self._pause.until:
            if (worker := self._start()) is None:
                return
            if self._old_settings is not None and not self._outdated:
                self._successor = worker  # of those that died before it could take the place of one

    def _lacks_workers(self) -> bool:
        """Whether some are to be started. One that tries new settings where nobody is left is waited for."""
        is_trying = self._old_settings is not None and self._successor is not None
        return len(self._workers) < self._wanted and (bool(self._outdated) or not is_trying)

    def _start(self) -> Worker | None:
        """Start a worker. Returns: None when that was not possible, and is tried again later."""
        taken = {worker.number for worker in self._workers.values()}
        number = next(n for n in range(len(self._beats) // BEAT.size) if n not in taken)
        BEAT.pack_into(self._beats, number * BEAT.size, 0)
        try:
            pid = self._spawn(self._plan["command"], number, ())
        except OSError as problem:
            self._pause.begin()
            again = f"trying again in {self._pause.seconds:g} s"
            log(f"no worker could be started: {problem}; {again}")
            return None
        worker = self._workers[pid] = Worker(pid, number)
        return worker

    def _spawn(self, program: list[str], number: int, blocked: tuple[signal.Signals, ...]) -> int:
        """Start a child with the settings of now. Returns: its id. Raises: `OSError`."""
        inherited: dict[str, Any] = {
            "descriptors": self._settings["descriptors"],
            "number": number,
            "parent": os.getpid(),
            "database_identity": self._settings["database_identity"],
        }
        command = [*program, json.dumps(inherited)]
        environment = self._settings["environment"]
        return os.posix_spawn(command[0], command, environment, setsigmask=blocked)

    def _lacks_alerts(self) -> bool:
        """Whether it does not run and should; what is to be tried first are new settings."""
        return self._settings["alerts"] and not self._alerts.pid and self._old_settings is None

    # --- new settings ---

    def _replace_outdated(self) -> None:
        """Replace one worker after the other: the next one starts when the one before has gone."""
        if (successor := self._successor) is not None:
            self._read_heartbeat(successor)
            if not successor.beat:
                return
            self._successor = None
            if self._old_settings is not None:
                for socket in outlived(self._old_settings, self._settings):
                    os.close(socket)
                self._old_settings = None
                self._alerts.renew()
            if self._outdated:
                self._retire(self._workers[self._outdated.pop(0)])
                log(f"{len(self._outdated)} worker(s) left with the settings of before")
        if any(worker.is_retired for worker in self._workers.values()) or self._reload:
            return
        if self._outdated:
            if time.monotonic() >= self._pause.until:
                self._successor = self._start()
        elif self._wants_reload:
            self._wants_reload = False
            self._read_settings()

    def _read_settings(self) -> None:
        """Let the reload program read the settings of now; what it says is taken when it has ended."""
        writes_to = os.memfd_create("settings")
        try:
            command = self._plan["reload"]
            pid = os.posix_spawn(
                command[0],
                command,
                self._untouched(),
                file_actions=[(os.POSIX_SPAWN_DUP2, writes_to, 1)],
                setsigmask=(),
            )
        except OSError as problem:
            os.close(writes_to)
            log(f"the settings stay as they were: {problem}")
        else:
            self._reload = pid, writes_to, time.monotonic() + RELOAD_S

    def _untouched(self) -> dict[str, str]:
        """The environment as it was before `.env` was read into it."""
        from_dotenv = self._settings["from_dotenv"]
        return {k: v for k, v in self._settings["environment"].items() if k not in from_dotenv}

    def _take_settings(self, written: int, status: int) -> None:
        """Use the new settings for whoever starts from now on, if they can be used."""
        self._reload = None
        with open(written, "rb") as file:
            file.seek(0)
            said = file.read()
        if self._is_stopping:
            return
        if status != 0:
            log("the settings stay as they were")
            return
        try:
            settings = self._settings_of(said)
        except (ListenError, OSError) as problem:
            log(f"the settings stay as they were: {problem}")
            return
        except (ValueError, LookupError, TypeError, AttributeError) as problem:
            log(f"the settings stay as they were: what was read is not understood: {problem!r}")
            return
        self._old_settings, self._settings = self._settings, settings
        for socket in outlived(self._old_settings, settings):
            os.set_inheritable(socket, False)  # or it would be open where nobody answers
        self._outdated = list(self._workers)
        log(f"settings read anew; replacing {len(self._outdated)} worker(s) one by one")

    def _settings_of(self, said: bytes) -> Settings:
        """The settings in what the reload program printed last."""
        new: Reloaded = json.loads(said.rpartition(b"\n")[2])
        now, scrapes = self._settings, new.get("scrapes", self._settings["scrapes"])
        return {
            "environment": {**self._untouched(), **new["from_dotenv"]},
            "from_dotenv": list(new["from_dotenv"]),
            "database_file": new["database_file"],
            "database_identity": new["database_identity"],
            "scrapes": scrapes,
            "alerts": new.get("alerts", False),
            "descriptors": with_scrapes(now["descriptors"], now["scrapes"], scrapes),
        }

    def _go_back_to(self, settings: Settings) -> None:
        """Use these again: no worker came up with the new ones."""
        for socket in outlived(self._settings, settings):
            os.close(socket)
        for socket in outlived(settings, self._settings):
            os.set_inheritable(socket, True)
        self._settings, self._old_settings, self._outdated = settings, None, []

    # --- the end ---

    def _checkpoint(self) -> None:
        file, identity = self._settings["database_file"], self._settings["database_identity"]
        if file and (problem := bring_log_into(file, identity)):
            log(f"the database's log stays beside it: {problem}")


def become_supervisor(plan: Plan) -> None:
    """Put the supervisor in this process's place. The signals it hears must be blocked. Never returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    # -I and -S: no site-packages, no paths of the caller's; the workers' environment stays as it is.
    from pathlib import Path  # more than the supervisor itself is to import

    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, root, json.dumps(plan)]
    os.execv(sys.executable, command)  # noqa: S606  # our own program, and no shell is wanted


def main(plan: str) -> int:
    """Supervise, in a process of its own. `plan` is JSON. Returns: the exit status."""
    return Supervisor(json.loads(plan)).run()
