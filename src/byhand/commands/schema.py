"""Write the JSON schema of config.yaml from the models of its sections, for editors that check and complete it."""

import json
from pathlib import Path

from byhand import step
from byhand.step import files
from byhand.workflow.configuration import Configuration

PATH = Path("config.schema.json")


def schema() -> str:
    """The schema as text. No key is required, because what a file leaves out keeps its default."""

    def relaxed(node: object) -> object:
        if isinstance(node, dict):
            return {key: relaxed(value) for key, value in node.items() if key != "required"}
        return [relaxed(value) for value in node] if isinstance(node, list) else node

    return json.dumps(relaxed(Configuration.model_json_schema()), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    step.command(lambda _: files.write_text(PATH, schema()), step.parser(__doc__))
