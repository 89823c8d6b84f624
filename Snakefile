# byhand: a table of contents. Each problem of the assignment has one name: its section in config.yaml, its rules in
# workflow/rules, its code in src/byhand, its results and its tests.

import io
import os
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

ROOT = workflow.current_basedir
if hasattr(ROOT, "ref"):  # in a Git repository, as with `github(…)`: its files are unpacked, since steps import them
    git = ["git", "-C", getattr(ROOT, "repo_path", None) or ROOT.hosted_repo.repo_clone]
    commit = subprocess.check_output([*git, "rev-parse", f"{ROOT.ref}^{{commit}}"], text=True).strip()
    unpacked, folder = Path(".snakemake", "byhand", commit).absolute(), ROOT.path
    if workflow.is_main_process:
        archive = subprocess.check_output([*git, "archive", commit])
        tarfile.open(fileobj=io.BytesIO(archive)).extractall(unpacked, filter="data")
    ROOT = unpacked / folder
ROOT = Path(ROOT)
sys.path.insert(0, str(ROOT / "src"))

from byhand.commands.summary import summary_text
from byhand.workflow import configuration, fingerprint
from byhand.workflow.records import keep_with_results
from byhand.workflow.registry import ROOMS
from byhand.workflow.rules import *
from byhand.workflow.start import load_once

configuration.or_exit(prepare, workflow, ROOT)


configfile: ROOT / "config.yaml"


config = configuration.or_exit(configuration.complete, config, ROOT / "config.yaml")


own = partial(seen_from_here, ROOT)

# What the rooms add to: what their rules with wildcards write, since only the room knows for which values; and the
# tables of their figures, with settings where a figure has some.
RESULTS = {room: [] for room in ROOMS}
FIGURES, SETTINGS = {}, {}


include: ROOT / "workflow/rules/step.smk"


for room in ROOMS:  # in the order of the assignment; the last one is `report`

    include: ROOT / f"workflow/rules/{room}.smk"


for room in ROOMS:

    rule:
        """All results of one problem except its benchmarks."""
        name:
            room
        input:
            RESULTS[room],
            written_by(workflow.rules, room),


rule all:
    """Everything but the benchmarks."""
    default_target: True
    input:
        [path for room in ROOMS for path in getattr(rules, room).input],
    message:
        "everything but the benchmarks"


rule benchmarks:
    """Times, which differ from run to run and so stay out of `all`."""
    input:
        [written_by(workflow.rules, room, benchmarks=True) for room in ROOMS],


configuration.or_exit(configuration.check_clock, [*ROOT.glob("assignment/**/*.*"), *Path("results").rglob("*.*")])
fingerprint.save()


onstart:
    for change in configuration.changes(config, Path("results")):
        print(f"{change}: what depends on it is replaced; `--directory FOLDER` keeps both", file=sys.stderr)
    keep_with_results(Path.cwd())
    load_once(workflow, ENVIRONMENT)


onsuccess:
    if "MAKELEVEL" not in os.environ:  # make prints it too, even if there was nothing to do
        print(summary_text(Path("results")))
