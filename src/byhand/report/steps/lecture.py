"""Run the lecture notebook and save it with its output. It finds this run's tables under ../results."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from byhand import step
from byhand.errors import BadInput
from byhand.step.files import write_text

SECONDS = 300
"""How long a cell may take."""


@contextmanager
def sealed() -> Iterator[str]:
    """An empty folder to work in, and in which Jupyter, IPython and matplotlib look for their settings."""
    with tempfile.TemporaryDirectory(prefix="byhand-") as folder:
        os.environ |= {
            "IPYTHONDIR": folder,
            "JUPYTER_CONFIG_DIR": folder,
            "JUPYTER_DATA_DIR": folder,
            "JUPYTER_PATH": folder,
            "MPLCONFIGDIR": folder,
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        yield folder


def main(files: step.Files) -> None:
    """Write the executed notebook."""
    notebook = nbformat.read(files.notebook, as_version=4)
    try:
        with sealed() as folder:
            Path(folder, "results").symlink_to(files.results.absolute())
            beside = Path(folder, "notebooks")
            beside.mkdir()
            resources = {"metadata": {"path": str(beside)}}
            NotebookClient(
                notebook, timeout=SECONDS, kernel_name="python3", record_timing=False, resources=resources
            ).execute()
    except CellExecutionError as error:
        raise BadInput(f"{files.notebook}: a cell failed ({error.ename}: {error.evalue})") from error
    except TimeoutError as error:
        raise BadInput(f"{files.notebook}: a cell took more than {SECONDS} seconds") from error
    write_text(files.executed, nbformat.writes(notebook))


if __name__ == "__main__":
    step.run(
        main,
        inputs={"tables": ("the tables that it reads",), "notebook": "the notebook (.ipynb)"},
        unrecorded={"results": "the folder of all tables"},
        outputs={"executed": "the executed notebook to write (.ipynb)"},
    )
