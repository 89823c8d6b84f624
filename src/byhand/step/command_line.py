"""What every step shares: a command line made from its files and settings, one-line errors, and provenance.

A step names its input and output files once. The names are its flags (`--data`), the keys of its rule, and what its
code uses. Its settings are a model from `settings.py` of its room. The fields have the names of the keys in
`config.yaml`, and so have the flags (`batch_size` is `--batch-size`). A rule passes exactly the values that the step
uses, so a change in any other value does not rerun the step.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import ValidationError

from byhand.errors import BadInput
from byhand.step import files, provenance
from byhand.workflow.setting_types import Section, first_error

Settings = TypeVar("Settings", bound=Section)
Files = argparse.Namespace
"""What `main` of a step is called with: the paths, by their names."""
Facts = Mapping[str, Any] | None
"""What `main` of a step returns."""
PICTURES = ("the picture to write, as .svg and as .png",)
"""The help of a figure's output."""


def run(
    main: Callable[..., Facts],
    *,
    inputs: Mapping[str, str | Sequence[str]] = {},
    outputs: Mapping[str, str | Sequence[str]],
    unrecorded: Mapping[str, str | Sequence[str]] = {},
    extra: Callable[[argparse.ArgumentParser], None] = lambda _: None,
) -> None:
    """Parse the command line, run `main` and write the provenance of its outputs.

    The help is the docstring of the module of `main`. The settings are the model that its parameter `settings` is
    annotated with, if it has one. `inputs` and `outputs` map names of files to their help; a text in a tuple stands for
    several files. `unrecorded` are paths that are not recorded as inputs. `extra` adds flags of any other kind. `main`
    returns what is added to the provenance: seeds, the data set, and `inputs` and `gpu` where only the step knows them.

    Bad input ends with one line on standard error and exit status 1. A step that is asked to end (SIGTERM, Ctrl-C)
    leaves no unfinished file behind.
    """
    settings = main.__annotations__.get("settings")
    arguments = parser(main.__globals__["__doc__"], settings)
    for name, text in {**inputs, **unrecorded, **outputs}.items():
        several = not isinstance(text, str)
        help_text = str(text[0] if several else text)
        arguments.add_argument(
            _flag(name), type=Path, nargs="*" if several else None, required=True, help=help_text, metavar=name.upper()
        )
    extra(arguments)
    arguments.add_argument("--alone", action="store_true", help="wait until no other step of this run is computing")

    def step(parsed: argparse.Namespace) -> None:
        values = given(parsed, settings) if settings else None
        with files.turn(parsed.alone):
            started = time.perf_counter()
            facts = dict((main(parsed, values) if settings else main(parsed)) or {})
        provenance.write(
            _paths(parsed, outputs),
            step=_name(),
            settings={**vars(parsed), **(values.model_dump() if values else {})},
            inputs=facts.pop("inputs", _paths(parsed, inputs)),
            threads=parsed.threads,
            wall_seconds=time.perf_counter() - started,
            gpu=facts.pop("gpu", None),
            facts=facts,
        )

    command(step, arguments)


def command(main: Callable[[argparse.Namespace], None], arguments: argparse.ArgumentParser) -> None:
    """Parse the command line and run `main`, without provenance: for commands that write no results."""
    parsed = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{arguments.prog}: ended by SIGTERM"))
    use_threads(parsed.threads)
    try:
        main(parsed)
    except KeyboardInterrupt:
        sys.exit(f"{arguments.prog}: interrupted")
    except BadInput as error:
        sys.exit(f"{arguments.prog}: error: {error}")
    except FileNotFoundError as error:
        sys.exit(f"{arguments.prog}: error: {error.filename}: no such file")


def parser(description: str | None, settings: type[Section] | None = None) -> argparse.ArgumentParser:
    """A parser with a flag for each field of `settings`, and `--threads`.

    A tuple takes several values, a section inside the section takes `name=value` pairs.
    """
    arguments = argparse.ArgumentParser(
        prog=_name(), description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, field in (settings.model_fields if settings else {}).items():
        kind = field.annotation
        several = get_origin(kind) is tuple
        arguments.add_argument(
            _flag(name),
            type=_pair if _is_section(kind) else _plain_type(get_args(kind)[0] if several else kind),
            nargs="*" if several or _is_section(kind) else None,
            required=True,
            help=(field.description or field.title or "").replace("%", "%%"),
            metavar="NAME=VALUE" if _is_section(kind) else name.upper(),
        )
    arguments.add_argument("--threads", type=int, default=1, help="CPU threads to compute with (default: 1)")
    return arguments


def given(arguments: argparse.Namespace, settings: type[Settings]) -> Settings:
    """The settings that were given as flags.

    Raises:
        BadInput: a value that the model does not allow.
    """
    values = {
        name: dict(getattr(arguments, name)) if _is_section(field.annotation) else getattr(arguments, name)
        for name, field in settings.model_fields.items()
    }
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        raise BadInput(f"settings: {first_error(error, settings)}") from error


def use_threads(threads: int) -> None:
    """Compute with this many threads: in the libraries under NumPy and, if the step has imported it, in torch."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  the Snakefile does without

    threadpool_limits(threads)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(threads)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _paths(parsed: argparse.Namespace, names: Iterable[str]) -> list[Path]:
    values = [getattr(parsed, name) for name in names]
    return [path for value in values for path in (value if isinstance(value, list) else [value])]


def _plain_type(kind: Any) -> Any:
    """The type that reads a value from the command line: what is under an annotation; text for a choice."""
    plain = getattr(kind, "__origin__", kind)
    return plain if plain in (int, float) else str


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _name() -> str:
    """The module that is run, as `python -m` names it."""
    spec = sys.modules["__main__"].__spec__
    return spec.name if spec else Path(sys.argv[0]).stem


def _pair(text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    return name, int(value)
