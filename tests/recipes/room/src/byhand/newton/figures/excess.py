"""Draw how far the square of each iterate is above 2."""

from byhand import step
from byhand.step import style, tables


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, ["iteration", "excess"])
    with style.figure(files.figure) as (_, axes):
        axes.semilogy(table["iteration"], table["excess"], "o-", color=style.COLOURS["sky"])
        axes.set_xlabel("iteration")
        axes.set_ylabel("x² − 2")


if __name__ == "__main__":
    step.run(main, inputs={"table": "the iterates (.csv)"}, outputs={"figure": step.PICTURES})
