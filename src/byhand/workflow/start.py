"""Start a step, as `python -m` does; or, far faster, as a copy of a process that has already loaded its packages.

Loading torch, pandas and the like takes a step two seconds, and a run on one machine has some ninety steps. So the
Snakefile starts one process that loads them and then waits at a socket: for each step it forks, and the copy takes over
the command line, the folder, the variables and the output of the process that asked. That process passes signals
on, waits, and exits with the copy's status; if it is killed, the copy ends too. Packages are only loaded before the
fork and never used, so a copy computes what a new process would.

Where nobody waits at the socket (on a cluster, in a pod, with conda, on macOS) a step starts by itself, and so does one
that is timed (`--alone`). Only the standard library is used.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

PLACE = "BYHAND_LOADED"
"""The variable that says where the socket is, from the working folder: the path of a socket must be short."""

PACKAGES = (
    "torch", "pandas", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "scipy.stats", "sklearn.linear_model", "sklearn.model_selection", "sklearn.preprocessing", "pydantic", "tqdm",
    "threadpoolctl", "flint",
)  # fmt: skip
"""What is loaded; where one is missing, the step that needs it says so."""

LOAD = "--load"
"""What begins the command line of the process that loads packages, before their names."""

WORTHWHILE = 5
"""The number of jobs from which loading everything once is faster than loading in each job what it needs."""

_held: list[subprocess.Popen[bytes]] = []


def load_once(workflow: Any, environment: str) -> None:
    """Start the process that loads the packages, if the steps run on this machine, with this Python, and are many.

    None is started where the variable already names one.
    """
    elsewhere = not workflow.local_exec or workflow.deployment_settings.deployment_method or sys.platform != "linux"
    if elsewhere or len(workflow.dag) < WORTHWHILE or os.environ.get(PLACE):
        return
    os.environ[PLACE] = os.path.join(".snakemake", "loaded")
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # as Snakemake sets them
    command = ["bash", "-c", f'{environment} exec python "$@"', "bash", __file__]
    with contextlib.suppress(OSError):  # a file system without sockets
        wait_at(os.environ[PLACE], command, PACKAGES, {**os.environ, **one})


def wait_at(path: str, command: Sequence[str], packages: Sequence[str], variables: Mapping[str, str]) -> None:
    """Start a process that loads packages and waits at a new socket; `command` starts this module as a script.

    It ends with the present process, which holds the other end of its standard input.

    Raises:
        OSError: there can be no such socket.
    """
    with contextlib.suppress(FileNotFoundError):  # of a run that was killed
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as listener:
        mask = os.umask(0o077)
        try:
            listener.bind(path)
        finally:
            os.umask(mask)
        listener.listen()
        _held.append(
            subprocess.Popen(
                [*command, LOAD, str(listener.fileno()), path, *packages],
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # or who reads Snakemake's would wait for the end of this process
                pass_fds=[listener.fileno()],
            )
        )


def load(handle: str, path: str, *packages: str) -> None:
    """Load the packages, then fork for everyone who asks, until the standard input ends."""
    for number in (signal.SIGINT, signal.SIGCHLD):  # who asked gets the one, and nobody waits for the copies
        signal.signal(number, signal.SIG_IGN)
    for name in packages:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what no copy changes stays common memory
    with socket.socket(fileno=int(handle)) as listener:
        while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                try:
                    listener.close()
                    _become(connection)
                finally:
                    os._exit(1)
            connection.close()
    os.unlink(path)


def _become(connection: socket.socket) -> None:
    """Run, in the copy, the step that is asked for, and end with its status."""
    os.setpgid(0, 0)  # signals come from who asked, once
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for place, handle in enumerate(socket.recv_fds(connection, 1, 3)[1]):
        os.dup2(handle, place)
        os.close(handle)
    asked = json.loads(connection.makefile("rb").readline())
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["variables"])
    sys.argv, sys.path = asked["argv"], asked["path"]
    connection.sendall(os.getpid().to_bytes(4))

    def end_with_who_asked() -> None:
        connection.recv(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_with_who_asked, daemon=True).start()
    status = _run(sys.argv[0])
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection.sendall(bytes([status & 0xFF]))


def _run(module: str) -> int:
    """Run a module as `python -m` does; the status that Python would exit with."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def copied(path: str, module: str, arguments: list[str]) -> int | None:
    """The status of a step that ran as a copy of the process that waits at the socket; None if nobody waits there."""
    variables = {name: value for name, value in os.environ.items() if name != PLACE}
    asked = {"argv": [module, *arguments], "folder": os.getcwd(), "variables": variables, "path": sys.path}
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
            socket.send_fds(connection, [b" "], [0, 1, 2])
            connection.sendall(json.dumps(asked).encode() + b"\n")
            copy = int.from_bytes(connection.recv(4))
        except OSError:
            return None
        if not copy:  # it ended before it had forked
            return None

        def pass_on(number: int, _: object) -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(copy, number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, pass_on)
        if status := connection.recv(1):
            return status[0]
    print(f"{module}: was killed", file=sys.stderr)
    return 137


def main(module: str, *arguments: str) -> None:
    """Start a step."""
    if os.environ.get(PLACE) and "--alone" not in arguments:
        status = copied(os.environ[PLACE], module, list(arguments))
        if status is not None:
            sys.exit(status)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    load(*sys.argv[2:]) if sys.argv[1] == LOAD else main(*sys.argv[1:])
