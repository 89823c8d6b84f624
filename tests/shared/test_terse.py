"""What make shows of Snakemake's output: one line per job, and all that is not routine."""

from byhand.commands.terse import terse

RUN = """Using workflow specific profile profiles/default for setting default command line arguments.
Building DAG of jobs...
Job stats:
job                  count
-----------------  -------
relu_curves              1
relu_figure_depth        1
total                    2

Select jobs to execute...
Execute 1 jobs...

[Thu Nov 26 17:00:35 2026]
Job 1: relu_curves depth=8
[Thu Nov  6 17:00:36 2026]
Finished jobid: 1 (Rule: relu_curves)
1 of 2 steps (50%) done
[Thu Nov 26 17:00:36 2026]
Job 0: relu_figure_depth
Error in rule relu_figure_depth:
    message: boom
Complete log(s): x
"""


def test_a_job_is_one_line_with_what_is_done_so_far_and_an_error_passes() -> None:
    assert list(terse(RUN.splitlines(), dry=False)) == [
        "[0/2] relu_curves depth=8",
        "[1/2] relu_figure_depth",
        "Error in rule relu_figure_depth:",
        "    message: boom",
    ]


def test_a_dry_run_is_its_table_of_jobs_two_on_a_line() -> None:
    words = [" ".join(line.split()) for line in terse([*RUN.splitlines(), "Reasons:"], dry=True)]
    assert words == ["relu_curves 1 relu_figure_depth 1", "total 2"]


def test_that_there_is_nothing_to_do_is_said() -> None:
    line = "Nothing to be done (all requested files are present and up to date)."
    for dry in (True, False):
        assert list(terse(["Building DAG of jobs...", line], dry)) == [line]
