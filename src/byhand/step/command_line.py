"""What every step shares: a command line made from its settings, one-line errors, and results with provenance.

A step declares its settings as a frozen dataclass whose fields bear the names of the keys in `config.yaml`. The same
names are its flags (`batch_size` is `--batch-size`), so the Snakefile hands over exactly the values that the step
uses, and a change in any other value leaves the step alone.
"""

import argparse
import dataclasses
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from byhand.errors import BadInput
from byhand.step import provenance

Settings = TypeVar("Settings")


def parser(description: str | None, settings: type | None = None) -> argparse.ArgumentParser:
    """A parser with a flag for each field of the dataclass `settings`, and `--threads`.

    A field `x: int = 3` becomes an optional flag, one without a default a required one; `tuple[int, ...]` takes
    several values, `Mapping[str, int]` takes `name=value` pairs. The field's comment for people is
    `field(metadata={"help": ...})`.
    """
    made = argparse.ArgumentParser(
        prog=_name(), description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for field, kind in _fields(settings):
        repeated = get_origin(kind) in (tuple, Mapping)
        made.add_argument(
            "--" + field.name.replace("_", "-"),
            type=_pair if get_origin(kind) is Mapping else get_args(kind)[0] if repeated else kind,
            nargs="+" if repeated else None,
            required=field.default is dataclasses.MISSING,
            default=None if field.default is dataclasses.MISSING else field.default,
            help=field.metadata.get("help"),
            metavar="NAME=VALUE" if get_origin(kind) is Mapping else field.name.upper(),
        )
    made.add_argument("--threads", type=int, default=1, help="CPU threads to compute with (default: 1)")
    return made


def settings(arguments: argparse.Namespace, kind: type[Settings]) -> Settings:
    """The dataclass `kind` filled from parsed arguments."""
    values = {}
    for field, hint in _fields(kind):
        value = getattr(arguments, field.name)
        values[field.name] = (
            dict(value) if get_origin(hint) is Mapping else tuple(value) if get_origin(hint) is tuple else value
        )
    return kind(**values)


def run(main: Callable[[argparse.Namespace], None], arguments: argparse.ArgumentParser) -> None:
    """Parse the command line and run `main`; bad input ends with one line on standard error and exit status 1.

    Asked to end (SIGTERM, Ctrl-C), a step leaves nothing half-written behind.
    """
    parsed = arguments.parse_args()
    parsed.started = time.perf_counter()
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


def use_threads(threads: int) -> None:
    """Compute with this many threads: in the libraries under NumPy and, if the step has imported it, in torch."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  the Snakefile does without

    threadpool_limits(threads)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(threads)


def finish(
    arguments: argparse.Namespace,
    outputs: Sequence[Path],
    *,
    inputs: Sequence[Path] = (),
    **facts: Any,
) -> None:
    """Write the provenance of `outputs` beside the first of them, under the same name with the ending `.json`.

    `facts` are what only the step knows: seeds, the data that it stands on.
    """
    provenance.write(
        outputs,
        step=_name(),
        settings={name: _plain(value) for name, value in vars(arguments).items() if name != "started"},
        inputs=inputs,
        threads=arguments.threads,
        wall_seconds=time.perf_counter() - arguments.started,
        facts=facts,
    )


def _fields(settings: type | None) -> list[tuple[dataclasses.Field[Any], Any]]:
    if settings is None:
        return []
    hints = get_type_hints(settings)
    return [(field, hints[field.name]) for field in dataclasses.fields(settings)]


def _name() -> str:
    """The module that is run, as `python -m` names it."""
    spec = sys.modules["__main__"].__spec__
    return spec.name if spec else Path(sys.argv[0]).stem


def _plain(value: Any) -> Any:
    """A parsed value as JSON can hold it: pairs as a mapping."""
    return dict(value) if isinstance(value, list) and value and isinstance(value[0], tuple) else value


def _pair(text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    return name, int(value)
