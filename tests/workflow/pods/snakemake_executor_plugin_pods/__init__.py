"""Jobs as pods have them, on this machine: each starts in an empty folder, with an empty environment but for PATH.

Like the executor for Kubernetes, it shares no file system with the run that started it: the job gets the workflow and
its inputs from the object store, and leaves its outputs there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.jobs import JobExecutorInterface
from snakemake_interface_executor_plugins.settings import CommonSettings

KERNELS = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
"""Which processor's kernels are used on this machine, on which the last digits depend."""

common_settings = CommonSettings(
    non_local_exec=True,
    implies_no_shared_fs=True,
    job_deploy_sources=True,
    auto_deploy_default_storage_provider=False,  # the image holds it
)


class Executor(RemoteExecutor):  # type: ignore[misc]
    """Starts a process for each job."""

    def get_python_executable(self) -> str:
        return "python"

    def run_job(self, job: JobExecutorInterface) -> None:
        folder = tempfile.mkdtemp(prefix="pod-")
        with Path(folder).with_suffix(".log").open("w") as log:
            process = subprocess.Popen(
                ["bash", "-c", self.format_job_exec(job)],
                cwd=folder,
                env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **KERNELS},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        aux = {"process": process, "folder": folder}
        self.report_job_submission(SubmittedJobInfo(job, external_jobid=str(process.pid), aux=aux))

    async def check_active_jobs(self, active_jobs: list[SubmittedJobInfo]) -> AsyncGenerator[SubmittedJobInfo, None]:
        for job in active_jobs:
            status = job.aux["process"].poll()
            if status is None:
                yield job
                continue
            shutil.rmtree(job.aux["folder"])
            log = Path(job.aux["folder"]).with_suffix(".log")
            if status:
                self.report_job_error(job, msg=log.read_text(encoding="utf-8"))
            else:
                self.report_job_success(job)
            log.unlink()

    def cancel_jobs(self, active_jobs: list[SubmittedJobInfo]) -> None:
        for job in active_jobs:
            job.aux["process"].kill()
