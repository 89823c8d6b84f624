# make          set up, run the workflow, print where the results are
# make quick    the whole pipeline in under a minute, on bundled data with tiny networks, in the folder quick
# make test     set up, run the tests
# make status   show what is done, running, failed and stale
# make lint     run ruff, mypy, snakefmt, snakemake --lint
# make bench    time the notebook's methods against ours
# make gallery  copy the figures of a run to docs/gallery and its verdicts into the README
# make verify   compare every result with the checksum in its provenance
# make soak     try every fault of docs/reliability.md, killing a run a hundred times (40 minutes)
# make planted  plant a fault for each of those checks, and see the check fail
# make reproduce  run everything twice, on one core and on two, and compare the results byte for byte
# make older-processor  run everything twice, once without AVX-512, and show how much the tables differ
# make mutants  alter the mathematics in every place, and check that the tests fail
# make jax      install JAX, a rival in the benchmark of problem 2
# make slurm    install the plugin that submits jobs to a Slurm cluster: snakemake --profile profiles/slurm
# make test-slurm  run the pipeline, and what can go wrong, on a Slurm that the tests start (Debian: slurm-wlm, munge)
# make schema   write config.schema.json from the models of the settings
# make lock     write requirements.lock, requirements-jax.lock and requirements-slurm.lock from pyproject.toml
# make clean    remove results, logs and Snakemake's records (not the data, not .venv)

PYTHON ?= python3
BIN := .venv/bin
SNAKEFILES := Snakefile workflow/Snakefile $(wildcard workflow/rules/*.smk)

SHELL := bash
# A dry run on one screen: Snakemake's table of jobs, once, two jobs on a line.
TABLE_OF_JOBS := sed -n '1,/^total/p' | awk '/^(job |---|Assuming)/ { next } \
	/^[a-z_]+ +[0-9]+$$/ { printf "%-46s%s", $$0, ++n % 2 ? "" : "\n"; next } { print } END { if (n % 2) print "" }'

.PHONY: all setup quick schema test status lint bench gallery verify soak planted reproduce older-processor mutants jax slurm test-slurm lock clean

all: setup
ifneq ($(filter -n --dry-run --dryrun,$(ARGS)),)
	@set -o pipefail; $(BIN)/snakemake --no-hooks $(ARGS) --quiet rules host reason | $(TABLE_OF_JOBS)
else
	@$(BIN)/snakemake --no-hooks $(ARGS)
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.summary results
endif

setup: .venv/installed

# pip installs uv from the same hashed lock file as everything else.
.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "byhand needs Python 3.11 or newer; this is %s. Name another: make PYTHON=python3.12" % sys.version.split()[0])'
	@echo "Setting up .venv (about 3 GB, once) …"
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/^ *# via/p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip sync --system-certs --quiet --require-hashes --compile-bytecode requirements.lock
	@touch $@

# The project's files are linked, so that this run's results and records stay apart.
quick: setup
	@mkdir -p quick
	@ln -sf $(addprefix ../,Snakefile workflow src assignment notebooks profiles environment.yml config.yaml) quick/
	@cd quick && ../$(BIN)/snakemake --no-hooks --configfile ../config.quick.yaml $(ARGS)
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.summary quick/results

schema: setup
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.schema

test: setup
	@$(BIN)/python -m pytest -n auto $(ARGS)

status: setup
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.status $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/snakefmt --check $(SNAKEFILES)
	@$(BIN)/snakemake --lint

bench: setup
	@$(BIN)/snakemake --no-hooks --cores all --forcerun benchmarks -- benchmarks

gallery: all
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.gallery --results results --captions workflow/report \
		--gallery docs/gallery --readme README.md

verify: setup
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.verify

soak: setup
	@$(BIN)/python -m pytest -n auto -m "soak and not slurm" $(ARGS)

planted: setup
	@$(BIN)/python -m pytest -n 2 -m planted $(ARGS)

reproduce: setup
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.reproduce -- $(ARGS)

older-processor: setup
	@PYTHONPATH=src $(BIN)/python -m byhand.commands.reproduce --older-processor -- $(ARGS)

mutants: setup
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --system-certs --quiet mutmut==3.8.1
	@OMP_NUM_THREADS=1 $(BIN)/mutmut run --max-children 2
	@cut -d, -f1 tests/reliability/equivalent_mutants.csv > mutants/equivalent
	@! $(BIN)/mutmut results | grep -vFwf mutants/equivalent
	@echo "Every mutant is killed, but for those in tests/reliability/equivalent_mutants.csv, which change no result."

jax: setup
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --system-certs --quiet --require-hashes -r requirements-jax.lock

slurm: setup
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --system-certs --quiet --require-hashes -r requirements-slurm.lock

# Most of the time is spent waiting for Slurm, so more tests run at once than there are cores.
test-slurm: slurm
	@$(BIN)/python -m pytest -n 4 -m slurm $(ARGS)

lock: setup
	@$(BIN)/uv pip compile --system-certs --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev \
		pyproject.toml --output-file requirements.lock
	@for group in jax slurm; do \
		$(BIN)/uv pip compile --system-certs --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--group $$group --constraint requirements.lock --output-file requirements-$$group.lock || exit; \
	done

clean:
	@rm -rf logs .snakemake results/.snakemake
	@find results -mindepth 1 ! -name README.md -delete
