"""A real Slurm on loopback: munge, the controller and two nodes, without systemd, in a temporary folder.

The two nodes are two daemons on this machine that claim four cores and 8 GB each. A finished job's line goes to a text
file, which is the record of what ran.
"""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.workflow.conftest import Project

SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
DAEMONS = ("munged", "slurmctld", "slurmd")
NODES = ("node1", "node2")
PATIENCE = 120.0
"""Seconds until something that must happen counts as not happening."""

# The profile as it is, but for waiting times, which suit a cluster and not a test, and for accounts, which this lacks.
SNAKEMAKE = (
    "--profile", "profiles/slurm", "--latency-wait", "5", "--seconds-between-status-checks", "1",
    "--slurm-init-seconds-before-status-checks", "1", "--slurm-status-command", "squeue", "--slurm-no-account",
)  # fmt: skip

CONFIGURATION = """
ClusterName=byhand
SlurmctldHost=localhost
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=10
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/accounting.txt
GresTypes=gpu
ReturnToService=1
KillWait=2
MpiDefault=none
NodeName=node1 NodeHostname=localhost Port={ports[1]} CPUs=4 RealMemory=8000 Gres=gpu:1
NodeName=node2 NodeHostname=localhost Port={ports[2]} CPUs=4 RealMemory=8000 Gres=gpu:1
PartitionName=all Nodes=ALL Default=YES
"""


def missing() -> str:
    """What of Slurm is not installed; empty if all is."""
    return ", ".join(name for name in DAEMONS if shutil.which(name, path=SEARCHED) is None)


def wait_until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s in vain: {what}"
        time.sleep(0.1)


def kill_all_that_name(path: Path) -> None:
    """Kill every process that has `path` in its command line."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended by itself
            if str(path).encode() in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@dataclass
class Slurm:
    """The running daemons, and what a person would ask them."""

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": f"{self.folder}/bin:{SEARCHED}"}

    def start(self, name: str, *command: object) -> None:
        with (self.folder / f"{name}.out").open("ab") as output:
            self.daemons[name] = subprocess.Popen(
                [str(word) for word in command],
                env={**os.environ, **self.environment},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )

    def start_controller(self, *arguments: str) -> None:
        self.start("slurmctld", "slurmctld", "-D", "-f", self.folder / "slurm.conf", *arguments)
        wait_until(lambda: self.ask("scontrol", "ping").count("UP"), "the controller answers")

    def stop(self, name: str) -> None:
        daemon = self.daemons.pop(name)
        daemon.terminate()
        try:
            daemon.wait(30)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def ask(self, *command: str) -> str:
        """Output of squeue, scontrol and the like; empty if it fails."""
        return subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        ).stdout

    def jobs(self) -> list[str]:
        """The numbers of the jobs that run."""
        return self.ask("squeue", "--noheader", "--states=RUNNING", "--format=%i").split()

    def idle(self) -> bool:
        return not self.ask("squeue", "--noheader", "--format=%i").split()

    def accounting(self, project: Project) -> list[dict[str, str]]:
        """What ended of the jobs of this project: JobState, TimeLimit, NodeList, Tres, …"""
        path = self.folder / "accounting.txt"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        found = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]
        return [job for job in found if job["WorkDir"] == str(project.path)]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Slurm]:
    """Start everything in `folder`, which must not be open to others, and end everything."""
    slurm = Slurm(folder)
    (folder / "state").mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    with contextlib.ExitStack() as reserved:
        ports = [_free_port(reserved) for _ in range(3)]
    (folder / "gpu").touch()
    (folder / "gres.conf").write_text(f"Name=gpu File={folder}/gpu\n", encoding="utf-8")
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(folder=folder, user=getpass.getuser(), ports=ports), encoding="utf-8"
    )
    # Snakemake's plugin starts srun in an environment without SLURM_CONF, which elsewhere lies where srun looks first.
    srun = folder / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n', encoding="utf-8")
    srun.chmod(0o755)
    try:
        slurm.start(
            "munged", "munged", "--force", "--foreground", f"--key-file={key}", f"--socket={folder}/munge.socket",
            f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log", f"--seed-file={folder}/munge.seed",
        )  # fmt: skip
        wait_until((folder / "munge.socket").exists, "munge listens")
        slurm.start_controller("-c")
        for node in NODES:
            (folder / f"spool-{node}").mkdir()
            slurm.start(node, "slurmd", "-D", "-N", node, "-f", folder / "slurm.conf")
        wait_until(
            lambda: slurm.ask("sinfo", "--noheader", "--Node", "--format=%T").split() == ["idle"] * 2, "two nodes"
        )
        yield slurm
    finally:
        slurm.ask("scancel", "--full", "--user", getpass.getuser())
        with contextlib.suppress(AssertionError):
            wait_until(slurm.idle, "jobs end")
        for name in reversed(list(slurm.daemons)):
            slurm.stop(name)


def _free_port(reserved: contextlib.ExitStack) -> int:
    listener = reserved.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    return port
