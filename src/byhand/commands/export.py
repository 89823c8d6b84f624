"""Write all results into one archive, with a description of what made them: an RO-Crate (https://w3id.org/ro/crate).

The description follows the profile Process Run Crate. It comes from the provenance beside the results: each file with
its size and checksum, and for each job of a step its inputs, outputs, times and software. Unpacked into a clone of the
same commit, the results are up to date there. Exporting the same results twice gives the same bytes.
"""

import argparse
import hashlib
import json
import mimetypes
import stat
import struct
import time
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from byhand import step
from byhand.commands.verify import differences
from byhand.errors import BadInput
from byhand.report import history
from byhand.step import files, provenance
from byhand.workflow.fingerprint import SOURCE

ARCHIVE = Path("byhand-results.zip")
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
RECORDS = "results/.snakemake/"
TYPES = mimetypes.MimeTypes()  # those that Python knows on every machine, and:
TYPES.add_type("application/x-ipynb+json", ".ipynb")
TYPES.add_type("application/yaml", ".yaml")
TYPES.add_type("application/zip", ".npz")
TYPES.add_type("text/plain", ".log")


def describe(contents: Mapping[str, bytes], records: Iterable[history.Record], citation: Mapping[str, Any]) -> bytes:
    """What `ro-crate-metadata.json` says about an archive with these contents and the jobs that made them."""
    crate = ROCrate(version="1.1")  # what the profile builds on
    crate.metadata.extra_terms["sha256"] = "http://schema.org/sha256"  # RO-Crate has it from version 1.2 on

    def entity(kind: str, identifier: str, **properties: Any) -> Any:
        return crate.get(identifier) or crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))

    def software(record: history.Record) -> Any:
        packages = [
            entity("SoftwareApplication", f"pkg:{place}/{name}@{version}", name=name, softwareVersion=version)
            for name, version in record.versions
            for place in ["generic" if name == "python" else "pypi"]
            if version != "not installed"
        ]
        own = {"name": "byhand", "softwareVersion": record.project, "softwareRequirements": packages}
        identifier = hashlib.sha256(repr((record.project, record.versions)).encode()).hexdigest()[:8]
        return entity("SoftwareApplication", f"#byhand-{identifier}", **own)

    root, licence = crate.root_dataset, citation["license"]
    root["name"], root["description"] = f"Results of {citation['title']}", citation["abstract"].strip()
    root["conformsTo"] = entity("CreativeWork", PROFILE, name="Process Run Crate", version="0.5")
    root["license"] = entity("CreativeWork", f"https://spdx.org/licenses/{licence}", name=licence)
    for author in citation["authors"]:  # people have a given name and a family name
        name = author.get("name") or f"{author['given-names']} {author['family-names']}"
        kind = "Organization" if "name" in author else "Person"
        root.append_to("author", entity(kind, f"#{quote(name)}", name=name), compact=True)
    crate.add_dataset(dest_path=RECORDS, properties={"name": "Snakemake's records of what made each result"})
    described = {}
    for name, content in contents.items():
        if not name.startswith(RECORDS):
            facts = {"name": name, "encodingFormat": TYPES.guess_type(name)[0] or "application/octet-stream"}
            facts |= {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
            described[name] = crate.add_file(dest_path=name, properties=facts)
    for number, record in enumerate(records, 1):
        ended = datetime.fromisoformat(record.finished)
        job = entity(
            "CreateAction",
            f"#job-{number}",
            name=record.step,
            description=f"A job of the step {record.step} on {record.machine}",
            instrument=software(record),
            startTime=(ended - timedelta(seconds=record.seconds)).isoformat(timespec="milliseconds"),
            endTime=record.finished,
        )
        for path in sorted(record.inputs):
            read = described.get(path) or entity("CreativeWork", f"#{quote(path)}", name=path)
            job.append_to("object", read, compact=True)
        for path in sorted(record.outputs | {str(Path(path).with_suffix(".json")) for path in record.outputs}):
            job.append_to("result", described[path], compact=True)
        root.append_to("mentions", job)
        root["datePublished"] = record.finished  # the last one stays
    return json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False).encode()


def pack(archive: zipfile.ZipFile, name: str, content: bytes, modified: float) -> None:
    """Add a file with its time to the second, in UTC, so that no time zone takes it for newer than it is."""
    entry = zipfile.ZipInfo(name, max(time.gmtime(modified)[:6], (1980, 1, 1, 0, 0, 0)))
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.extra = struct.pack("<HHBL", 0x5455, 5, 1, int(modified))  # the "extended timestamp" of Info-ZIP
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def main(arguments: argparse.Namespace) -> None:
    """Write the archive.

    Raises:
        BadInput: there is no finished run, a result is not as it was made, or the archive cannot be written.
    """
    results: Path = arguments.results
    page = results / "report.json"
    if not page.is_file():
        raise BadInput(f"{results}: holds no finished run to export; `make` makes one")
    for name, what in differences(results):
        raise BadInput(f"{name}: {what}; expected every result as it was made (`make verify` names all that differ)")
    found = [path for folder in (results, results.parent / "logs") for path in folder.rglob("*") if path.is_file()]
    paths = {path.relative_to(results.parent).as_posix(): path for path in found}
    paths.pop("results/README.md", None)  # every clone has it
    contents = {name: paths[name].read_bytes() for name in sorted(paths)}
    configuration = json.loads(provenance.read(page)["settings"]["configuration"])
    contents["configuration.yaml"] = yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True).encode()
    records = sorted(history.read(results), key=lambda job: (job.finished, job.step, sorted(job.outputs)))
    citation = yaml.safe_load((SOURCE.parent / "CITATION.cff").read_text(encoding="utf-8"))
    contents["ro-crate-metadata.json"] = describe(contents, records, citation)
    last = datetime.fromisoformat(records[-1].finished).timestamp()
    with files.atomic_write(arguments.archive) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, content in contents.items():
            pack(archive, name, content, paths[name].stat().st_mtime if name in paths else last)
    print(f"{arguments.archive}: {len(contents)} files, {arguments.archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    folder = Path("results")
    parser.add_argument("--results", type=Path, default=folder, help=f"the folder of results (default: {folder})")
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help=f"the archive to write (default: {ARCHIVE})")
    step.command(main, parser)
