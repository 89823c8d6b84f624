"""Count each rule's files that are done, running, failed, stale or still to do (`make status`).

All of this comes from Snakemake: its summary says what exists and what is out of date, and the markers under
`.snakemake/incomplete` show what has been started but has not finished.
"""

import base64
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

STATES = {
    "done": "there and up to date",
    "running": "started and not finished (or its run was killed)",
    "failed": "made before, and not there now: it failed, or somebody deleted it",
    "stale": "there, but out of date: the next run makes it again",
    "to do": "never made",
}


def handed_out(incomplete: Path) -> set[str]:
    """The files that Snakemake's markers in this folder stand for: encoded names, split into folders if long."""
    marks = (path.relative_to(incomplete).parts for path in incomplete.rglob("*") if path.is_file())
    return {
        base64.urlsafe_b64decode("".join(part.removeprefix("@") for part in parts)).decode()
        for parts in marks
        if parts != ("migration_underway",)
    }


def counts(summary: str, running: set[str]) -> dict[str, Counter[str]]:
    """For each rule, how many of its files are in each of `STATES`, from the table that `--summary` prints."""
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    header, *rows = [line.split("\t") for line in summary.splitlines() if line.count("\t") == 5]
    for row in rows:
        file, date, rule, log, _, plan = row
        there = date != "-"
        by_rule[rule]["running" if file in running
                    else "done" if there and plan == "no update"
                    else "stale" if there
                    else "failed" if log != "-"
                    else "to do"] += 1  # fmt: skip
    assert header[0] == "output_file", header
    return by_rule


def status_table(by_rule: dict[str, Counter[str]]) -> str:
    """The table for the terminal: each rule that is not fully done, and the totals."""
    width = max(map(len, [*by_rule, "everything"]))
    lines = [f"{'files':<{width}}" + "".join(f"{state:>10}" for state in STATES)]
    rows = [(rule, count) for rule, count in sorted(by_rule.items()) if count.keys() != {"done"}]
    for name, count in [*rows, ("everything", sum(by_rule.values(), Counter()))]:
        lines.append(f"{name:<{width}}" + "".join(f"{count[state] or '-':>10}" for state in STATES))
    return "\n".join([*lines, "", *(f"{state:<8} {meaning}" for state, meaning in STATES.items())])


def leftovers(untracked: str) -> list[str]:
    """The results that no rule makes under this configuration, from what `--list-untracked` prints."""
    return sorted(
        line
        for line in untracked.splitlines()
        if line.startswith("results/") and not line.startswith("results/.") and line != "results/README.md"
    )


def snakemake(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Snakemake, or exit with its error message."""
    command = [sys.executable, "-m", "snakemake", *arguments, *sys.argv[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done


if __name__ == "__main__":
    print(status_table(counts(snakemake("--summary").stdout, handed_out(Path(".snakemake/incomplete")))))
    untracked = snakemake("--list-untracked")
    if names := leftovers(untracked.stdout + untracked.stderr):
        print(f"\n{len(names)} results are of another configuration, and no rule makes them now:")
        print("\n".join(names[:10] + ["…"] * (len(names) > 10)))
