"""The fingerprint of a step changes with the code that it uses, and with nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from byhand.workflow import fingerprint
from tests.conftest import ROOT

MODULES = {
    "byhand/__init__.py": '"""The package."""\n',
    "byhand/shared.py": '"""Shared."""\n\ndef helper(x):\n    """Help."""\n    return x + 1\n',
    "byhand/room/__init__.py": "",
    "byhand/room/inner.py": "from ..shared import helper\n",
    "byhand/room/step.py": "from byhand.room import inner\n\ndef main():\n    import byhand.late\n    inner.helper(1)",
    "byhand/late.py": "LATE = 1\n",
    "byhand/other.py": "OTHER = 1\n",
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(fingerprint, "SOURCE", tmp_path)
    return tmp_path


def of_step() -> str:
    for cached in (fingerprint._path, fingerprint._analysed):
        cached.cache_clear()
    return fingerprint.code("byhand.room.step")


def test_a_step_uses_what_it_imports_directly_or_not_and_inside_functions_too(source: Path) -> None:
    of_step()
    assert fingerprint.modules("byhand.room.step") == {
        "byhand",
        "byhand.shared",
        "byhand.late",
        "byhand.room",
        "byhand.room.inner",
        "byhand.room.step",
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "changes"),
    [
        ("byhand/shared.py", "x + 1", "x + 2", True),
        ("byhand/late.py", "LATE = 1", "LATE = 2", True),
        ("byhand/room/step.py", "helper(1)", "helper(2)", True),
        ("byhand/__init__.py", "", "VERSION = 1\n", True),
        ("byhand/shared.py", '    """Help."""\n', "", False),
        ("byhand/shared.py", "Help.", "Help more.", False),
        ("byhand/shared.py", "x + 1", "x  +  1  # one more", False),
        ("byhand/shared.py", '"""Shared."""', '"""Shared by all."""', False),
        ("byhand/other.py", "OTHER = 1", "OTHER = 2", False),
    ],
)
def test_only_code_counts(source: Path, name: str, old: str, new: str, changes: bool) -> None:
    before = of_step()
    text = (source / name).read_text(encoding="utf-8")
    (source / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (of_step() != before) == changes


def test_a_step_that_does_not_exist_is_named(source: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"byhand\.room\.nothing"):
        fingerprint.code("byhand.room.nothing")


def test_a_text_that_is_no_docstring_counts(source: Path) -> None:
    before = of_step()
    (source / "byhand/late.py").write_text('LATE = 1\n"not a docstring"\n', encoding="utf-8")
    assert of_step() != before


def test_the_snakefile_imports_nothing_heavy() -> None:
    """What the Snakefile imports costs milliseconds: no torch, no pandas, no matplotlib."""
    lines = [
        line for line in (ROOT / "Snakefile").read_text(encoding="utf-8").splitlines() if line.startswith("from byhand")
    ]
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        lines += [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("from byhand")]
    assert lines
    heavy = "torch", "pandas", "matplotlib", "sklearn", "numpy", "scipy"
    check = f"import sys\n{chr(10).join(lines)}\nprint([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert done.stdout.strip() == "[]"


def test_figures_never_import_torch() -> None:
    figures = sorted((ROOT / "src" / "byhand").glob("*/figures/[a-z]*.py"))
    assert figures
    for path in figures:
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        texts = [(ROOT / "src").joinpath(*module.split(".")).with_suffix(".py") for module in fingerprint.modules(name)]
        assert not any("import torch" in text.read_text(encoding="utf-8") for text in texts if text.exists()), name
