"""Run the notebook for teaching and keep it with its output."""

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from byhand import step
from byhand.errors import BadInput
from byhand.step.files import write_text

SECONDS = 300
"""A cell may take so long."""


def main(files: step.Files) -> None:
    """Write the executed notebook."""
    notebook = nbformat.read(files.notebook, as_version=4)
    try:
        NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", record_timing=False).execute()
    except CellExecutionError as error:
        raise BadInput(f"{files.notebook}: a cell failed ({error.ename}: {error.evalue})") from error
    except TimeoutError as error:
        raise BadInput(f"{files.notebook}: a cell took more than {SECONDS} seconds") from error
    write_text(files.executed, nbformat.writes(notebook))


if __name__ == "__main__":
    step.run(
        main,
        inputs={"notebook": "the notebook (.ipynb)"},
        outputs={"executed": "the executed notebook to write (.ipynb)"},
    )
