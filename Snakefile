# byhand: a table of contents. Each problem of the assignment has one name: its section in config.yaml, its rules in
# workflow/rules, its code in src/byhand, its results and its tests.

import os
import sys
from functools import partial
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

ROOT = Path(workflow.current_basedir)
sys.path.insert(0, str(ROOT / "src"))

from byhand.commands.summary import summary_text
from byhand.workflow import configuration, fingerprint
from byhand.workflow.records import keep_with_results
from byhand.workflow.titles import TITLES
from byhand.workflow.rules import at_most, download_flags, environment, figure, files, prepare, recorded
from byhand.workflow.rules import seen_from_here, step, written_by

configuration.or_exit(prepare, workflow, ROOT)


configfile: ROOT / "config.yaml"


config = configuration.or_exit(configuration.complete, config, ROOT / "config.yaml")


report: "workflow/report/workflow.rst"


own = partial(seen_from_here, ROOT)

# What the rules with wildcards write, by room: only the room knows for which values.
RESULTS = {room: [] for room in TITLES}


include: "workflow/rules/step.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/gradients.smk"
include: "workflow/rules/housing.smk"
include: "workflow/rules/jacobian.smk"
include: "workflow/rules/relu.smk"
include: "workflow/rules/initialization.smk"
include: "workflow/rules/least_squares.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


for room in TITLES:

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
        [path for room in TITLES for path in getattr(rules, room).input],
    message:
        "everything but the benchmarks"


rule benchmarks:
    """Times, which differ from run to run and so stay out of `all`."""
    input:
        [written_by(workflow.rules, room, benchmarks=True) for room in TITLES],


configuration.or_exit(configuration.check_clock, [*ROOT.glob("assignment/**/*.*"), *Path("results").rglob("*.*")])
fingerprint.save()


onstart:
    keep_with_results(Path.cwd())


onsuccess:
    if "MAKELEVEL" not in os.environ:  # make prints it too, even if there was nothing to do
        print(summary_text(Path("results")))
