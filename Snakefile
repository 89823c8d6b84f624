# byhand: a table of contents. Each problem of the document has one name: its section in config.yaml, its rules in
# workflow/rules, its code in src/byhand, its results and its tests.

import shlex
import sys
from pathlib import Path

SOURCE = Path(workflow.basedir, "src")
sys.path.insert(0, str(SOURCE))

from byhand.workflow import configuration
from byhand.workflow.demand import growing
from byhand.workflow.fingerprint import code
from byhand.workflow.records import keep_with_results
from byhand.workflow.flags import flags
from byhand.commands.summary import told

configuration.or_exit(configuration.check_name, Path(workflow.basedir))

# Steps run this folder's code, installed or not, with this Snakemake's own Python, activated or not (unless Snakemake
# itself is asked to deploy the software: snakemake --sdm conda). A prefix takes the place of Snakemake's own, bash's
# strict mode, without which a step that fails before `| tee` would count as done.
exports = f"export PYTHONPATH={shlex.quote(str(SOURCE))}"
if not workflow.deployment_settings.deployment_method:
    exports += f" PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH"
shell.prefix(f"set -euo pipefail; {exports}; ")
keep_with_results(Path.cwd())

configuration.or_exit(configuration.check_file, Path(workflow.basedir, "config.yaml"))


configfile: "config.yaml"


config = configuration.or_exit(
    configuration.validated,
    config,
    Path(workflow.basedir, "workflow/schemas/config.schema.yaml"),
)


include: "workflow/rules/data.smk"
include: "workflow/rules/gradients.smk"
include: "workflow/rules/housing.smk"
include: "workflow/rules/jacobian.smk"
include: "workflow/rules/relu.smk"
include: "workflow/rules/initialization.smk"
include: "workflow/rules/least_squares.smk"
include: "workflow/rules/report.smk"


localrules:
    all,
    benchmarks,


rule all:
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


# Times differ from run to run, so they stay out of `all`.
rule benchmarks:
    input:
        rules.housing_benchmark.output,
        rules.jacobian_benchmarks.input,
        rules.initialization_benchmark.output,
        rules.least_squares_benchmark.output,


onsuccess:
    print(told(Path("results")))
