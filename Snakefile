# byhand: a table of contents. Each problem of the assignment has one name: its section in config.yaml, its rules in
# workflow/rules, its code in src/byhand, its results and its tests.

import shlex
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

ROOT = Path(workflow.current_basedir)
SOURCE = ROOT / "src"
sys.path.insert(0, str(SOURCE))

from byhand.commands.summary import told
from byhand.workflow import configuration, fingerprint
from byhand.workflow.fingerprint import code
from byhand.workflow.records import keep_with_results
from byhand.workflow.rooms import TITLES
from byhand.workflow.rules import at_most, files, flags, recorded, step

configuration.or_exit(configuration.check_name, ROOT)

# Steps run this folder's code, installed or not, with this Snakemake's own Python, activated or not (unless Snakemake
# itself is asked to deploy the software: snakemake --sdm conda). The prefix replaces Snakemake's own, bash's strict
# mode, without which a step that fails before `| tee` would count as done.
exports = f"export PYTHONPATH={shlex.quote(str(SOURCE))}"
if not workflow.deployment_settings.deployment_method:
    exports += f" PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH"
shell.prefix(f"set -euo pipefail; {exports}; ")
keep_with_results(Path.cwd())

configuration.or_exit(configuration.check_file, ROOT / "config.yaml")


configfile: "config.yaml"


config = configuration.or_exit(configuration.validated, config)


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/step.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/gradients.smk"
include: "workflow/rules/housing.smk"
include: "workflow/rules/jacobian.smk"
include: "workflow/rules/relu.smk"
include: "workflow/rules/initialization.smk"
include: "workflow/rules/least_squares.smk"
include: "workflow/rules/report.smk"


rule all:
    """Everything but the benchmarks."""
    default_target: True
    input:
        rules.data.input,
        rules.gradients.input,
        rules.housing.input,
        rules.jacobian.input,
        rules.relu.input,
        rules.initialization.input,
        rules.least_squares.input,
        rules.report.input,
    message:
        "everything but the benchmarks"


rule benchmarks:
    """Times, which differ from run to run and so stay out of `all`."""
    input:
        rules.housing_benchmark.output,
        rules.jacobian_benchmarks.input,
        rules.initialization_benchmark.output,
        rules.least_squares_benchmark.output,


fingerprint.save()


onsuccess:
    print(told(Path("results")))
