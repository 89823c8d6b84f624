"""Snakemake's output in few words, as a filter: one line per job with the jobs done so far; a dry run on one screen.

Whatever it does not know, such as an error, passes unchanged.
"""

import re
import signal
import sys
from collections.abc import Iterable, Iterator

NOISE = re.compile(
    r"$|\[\w{3} \w{3} [ \d]\d [\d:]+ \d{4}\]$|Select jobs to execute|Execute \d+ jobs|Using shell|Building DAG|"
    r"Using workflow specific profile|Assuming unrestricted|Provided cores|Rules claiming more|Finished jobid|"
    r"Conda environments: ignored|Config file .* is extended|Complete log|Elapsed time|Job stats:|job +count$|-+ +-+$"
)
JOB = re.compile(r"Job \d+: (.*?) *$")
DONE = re.compile(r"(\d+) of (\d+) steps \(\d+%\) done")
COUNT = re.compile(r"(\w+) +(\d+)$")


def terse(lines: Iterable[str], dry: bool) -> Iterator[str]:
    """The lines that a person wants to see; of a dry run the table of jobs, two on a line, and nothing after it."""
    done, total, rows = 0, 0, list[str]()
    for line in map(str.rstrip, lines):
        if match := DONE.match(line):
            done, total = map(int, match.groups())
        elif match := JOB.match(line):
            yield f"[{done}/{total}] {match[1]}"
        elif match := COUNT.match(line):
            if dry:
                rows.append(f"{match[1]:<40}{match[2]:>4}")
            if match[1] == "total":
                total = int(match[2])
                yield from ("    ".join(rows[place : place + 2]) for place in range(0, len(rows), 2))
                if dry:
                    break
        elif not NOISE.match(line):
            yield line


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Snakemake ends first, and what it says is shown
    for words in terse(sys.stdin, "--dry-run" in sys.argv):
        print(words, flush=True)
    sys.stdin.read()  # what is not shown is taken, or Snakemake could not write it
