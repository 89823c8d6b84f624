# Every claim of the assignment against the tables of this run, and the page that shows the result.

import json
import re

from byhand.report import assignment, derivations
from byhand.report.claims import evidence
from byhand.step.files import sha256
from byhand.workflow import registry


include: "figures.smk"


ASSIGNMENT = ROOT / "assignment/assignment.yaml"
CLAIMS, FINDINGS = ROOT / "assignment/claims.yaml", ROOT / "assignment/findings.yaml"
LECTURE = ROOT / "notebooks/lecture.ipynb"
TAUGHT = sorted({f"results/{name}" for name in re.findall(r'table\(\\"([\w/]+\.csv)', LECTURE.read_text("utf-8"))})
OWN = [local(path) for path in [config["report"]["claims"]] if path]
DIFFERENCES = configuration.differences(config, ROOT / "assignment/configuration.yaml")
MADE = [path for room in ROOMS for path in [*RESULTS[room], *written_by(workflow.rules, room)]]  # of earlier rooms
DERIVATIONS = sorted((ROOT / "assignment/derivations").glob("*.yaml"))
CODE = {
    *configuration.or_exit(assignment.code_files, ASSIGNMENT),
    *configuration.or_exit(derivations.code_files, DERIVATIONS),
}
WRITTEN = list(map(own, [*registry.texts(), *sorted(CODE)]))
# Without a name, since it takes Snakemake seconds to compare a thousand files that share one.
made = lambda wildcards, input, output: [*files_and_results(wildcards, input, output), "--made", *input]
# A plain run leaves benchmarks out. What `make bench` has left is shown, and updated when it changes.
MEASURED = [path for room in ROOMS for path in written_by(workflow.rules, room, benchmarks=True)]
FOUND = {path: sha256(Path(path)) for path in MEASURED if path.endswith((".csv", ".svg")) and Path(path).is_file()}


localrules:
    report_derive,
    report_figure_steps,
    report_judge,
    report_lecture,
    report_page,
    strict,


use rule step as report_judge with:
    """Judge every claim by the tables of this run."""
    input:
        configuration.or_exit(evidence, CLAIMS, FINDINGS, *map(Path, OWN)),
        OWN,
        claims=own(CLAIMS),
        findings=own(FINDINGS),
    output:
        **recorded(verdicts="results/report/claims.csv", numbers="results/report/findings.csv"),
    log:
        "logs/report/judge.log",
    params:
        **step("report.steps.judge", {"differences": DIFFERENCES, "own": OWN}),
        files=files_and_results,


use rule step as report_derive with:
    """Check every line of the derivations."""
    input:
        derivations=list(map(own, DERIVATIONS)),
    output:
        **recorded(table="results/report/derivations.csv"),
    log:
        "logs/report/derive.log",
    params:
        **step("report.steps.derive"),


use rule step as report_figure_steps with:
    """Draw which step feeds which."""
    input:
        MADE,
        rules.report_judge.output.verdicts,
    output:
        **figure("report", "steps"),
    log:
        "logs/report/figure_steps.log",
    params:
        **step("report.figures.steps", also=map(registry.module, ROOMS)),
        files=made,


use rule step as report_page with:
    """Write the page: every claim with its verdict, number and evidence."""
    input:
        [*MADE, rules.report_figure_steps.output.figure[0], *rules.report_judge.output],
        rules.report_derive.output.table,
        WRITTEN,
        assignment=own(ASSIGNMENT),
    output:
        **recorded(page="results/report.html"),
    log:
        "logs/report/page.log",
    params:
        **step(
            "report.steps.page",
            {"benchmarks": list(FOUND), "configuration": json.dumps(config)},
            also=[*map(registry.module, ROOMS), *registry.chapters()],
        ),
        files=made,
        checksums=list(FOUND.values()),


use rule step as report_lecture with:
    """Run the lecture notebook."""
    input:
        tables=TAUGHT,
        notebook=own(LECTURE),
    output:
        **recorded(executed="results/report/lecture.ipynb"),
    log:
        "logs/report/lecture.log",
    resources:
        **at_most(mem_mb=2000),
    params:
        **step("report.steps.lecture"),
        files=files_and_results,
        taught=fingerprint.of_notebook(LECTURE),


use rule visible_step as strict with:
    """Only on request, for CI: fail if a verdict is not the expected one."""
    input:
        table=rules.report_judge.output.verdicts,
    log:
        "logs/report/strict.log",
    params:
        **step("report.steps.strict"),
