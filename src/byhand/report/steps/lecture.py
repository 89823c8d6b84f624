"""Run the notebook for teaching and keep it with its output."""

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from byhand import step
from byhand.errors import BadInput
from byhand.step import files


def main(arguments: argparse.Namespace) -> None:
    """Write the executed notebook."""
    notebook = nbformat.read(arguments.notebook, as_version=4)
    try:
        NotebookClient(notebook, timeout=arguments.seconds, kernel_name="python3", record_timing=False).execute()
    except CellExecutionError as error:
        raise BadInput(f"{arguments.notebook}: a cell failed ({error.ename}: {error.evalue})") from error
    except TimeoutError as error:
        raise BadInput(f"{arguments.notebook}: a cell took more than {arguments.seconds} seconds") from error
    files.write_text(arguments.output, nbformat.writes(notebook))
    step.finish(arguments, [arguments.output], inputs=[arguments.notebook])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--notebook", type=Path, required=True, help="the notebook (.ipynb)")
    parser.add_argument("--seconds", type=int, default=300, help="a cell may take so long (default: 300)")
    parser.add_argument("--output", type=Path, required=True, help="the executed notebook to write (.ipynb)")
    step.run(main, parser)
