"""The vocabulary of the rooms' settings: a section is a model, and a type says which values are allowed, also in words.

The words (`title` in the JSON schema) follow "expected" in an error message. The `description` of a field is the help
of the step's flag, and what an editor that reads the schema shows.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema


class Section(BaseModel):
    """A section of the configuration: unknown keys are refused, and no value is converted from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, regex_engine="python-re")


def whole(least: int, most: int, note: str = "") -> Any:
    """A whole number from `least` to `most`; `note` is added to the words."""
    return Field(ge=least, le=most, title=f"a whole number from {least} to {most}{note}")


def number(words: str, **bounds: Any) -> Any:
    """A finite number within `bounds`, by pydantic's names (gt, ge, lt, le); `words` say the same."""
    return Field(allow_inf_nan=False, title=f"a number {words}", **bounds)


def text(words: str, pattern: str) -> Any:
    """One line of text that matches `pattern`."""
    return Field(pattern=rf"^(?!.*\n)(?:{pattern})$", title=words)


@dataclass(frozen=True)
class Different:
    """Annotation of a tuple: a list without repetition, of `least` or more."""

    words: str
    least: int = 1

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner: Any = handler(source)
        inner |= {"strict": False, "min_length": self.least}  # YAML has lists, not tuples
        return core_schema.no_info_after_validator_function(_without_repetition, inner)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "title": self.words, "uniqueItems": True}


def _without_repetition(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("repeated")
    return values


def first_error(error: ValidationError, model: type[Section]) -> str:
    """The first error, in one line: key, found, expected. Unknown keys are reported before missing ones."""
    first = min(error.errors(include_url=False), key=lambda first: first["type"] != "extra_forbidden")
    key, value = _key(first["loc"]), first["input"]
    if "[key]" in first["loc"]:  # of a mapping: the name itself is wrong
        return f"{_key(first['loc'][:-2])}: found the name {short(value)}, expected text"
    match first["type"]:
        case "extra_forbidden":
            *above, unknown = first["loc"]
            known = list(_node(model, above)["properties"])
            close = difflib.get_close_matches(str(unknown), known, n=1)
            guess = f" (did you mean {close[0]}?)" if close else ""
            return f"{key}: unknown key{guess}; known here: {', '.join(known)}"
        case "missing":
            return f"{key}: missing, expected {_expected(model, first['loc'])}"
        case "finite_number":
            return f"{key}: found {value}, expected a finite number"
        case _:
            return f"{key}: found {short(value)}, expected {_expected(model, first['loc'])}"


def _expected(model: type[Section], path: Sequence[int | str]) -> str:
    node = _node(model, path)
    return f"a mapping with {', '.join(node['properties'])}" if "properties" in node else str(node["title"])


def _node(model: type[Section], path: Sequence[int | str]) -> dict[str, Any]:
    """The JSON schema of the node at `path`."""
    schema = model.model_json_schema()
    node: dict[str, Any] = schema
    for part in path:
        node = node.get("contentSchema", node)  # of JSON in a text
        known = node.get("properties", {})
        inner = node["items"] if "items" in node else known.get(part) or node["additionalProperties"]
        node = schema["$defs"][inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner
    return node


def _key(path: Sequence[Any]) -> str:
    """The path of a value in the form a.b[2].c; `(top level)` for the file itself."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "(top level)"


def short(value: Any) -> str:
    """A value as an error message quotes it, without the user and password of a URL."""
    text = re.sub(r"(?<=//)[^/]*@", "…@", repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


Size = Annotated[int, whole(1, 1000)]
Sizes = Annotated[tuple[Size, ...], Different("a list of one or more different whole numbers from 1 to 1000")]
Seeds = Annotated[int, whole(1, 1000)]
SeveralSeeds = Annotated[int, whole(2, 1000, " (one seed has no spread)")]
Samples = Annotated[int, whole(2, 1_000_000)]
GridPoints = Annotated[int, whole(2, 1_000_000)]
Images = Annotated[int, whole(1, 10_000)]
Epochs = Annotated[int, whole(1, 10_000)]
BatchSize = Annotated[int, whole(1, 100_000)]
LEAST_REPETITIONS = 9
Repetitions = Annotated[int, whole(LEAST_REPETITIONS, 1000, " (quartiles of fewer say little)")]
Seconds = Annotated[float, number("of seconds above 0, at most 86400", gt=0, le=86_400)]
LearningRate = Annotated[float, number("above 0, at most 1000000", gt=0, le=1e6)]
PositiveFraction = Annotated[float, number("above 0, at most 1", gt=0, le=1)]
OpenFraction = Annotated[float, number("above 0 and below 1", gt=0, lt=1)]
