# make          set up, run the workflow, print where the results are (TORCH=cpu: torch without GPU libraries)
# make quick    the whole pipeline in under a minute, on bundled data with tiny networks, in the folder quick
# make test     set up, run the tests
# make status   show what is done, running, failed and stale
# make lint     run ruff, mypy, snakefmt, snakemake --lint
# make bench    time the notebook's methods against ours, and add a line to the history of the benchmark of problem 2
# make gallery  copy the figures of a run to docs/gallery, and its numbers and verdicts into the findings and the README
# make verify   compare every result with the checksum in its provenance
# make export   write all results into one archive, byhand-results.zip, described as an RO-Crate
# make error-rates  measure how often the exact tests reject what is true, and write docs/error_rates.md (15 minutes)
# make soak     try every fault in docs/reliability.md, killing a run a hundred times (40 minutes)
# make planted  plant a fault for each of those checks, and confirm that the check fails
# make planted-changes  change the tables, code or print of a run on the real data, and confirm which verdicts flip (15 minutes)
# make reproduce  run everything twice, on one core and on two, and compare the results byte for byte
# make older-processor  run everything twice, once without AVX-512, and show how much the tables differ
# make mutants  alter the mathematics everywhere, and check that the tests fail
# make jax      install JAX, a rival in the benchmark of problem 2 (JAX=cuda13: its build for NVIDIA's GPUs)
# make slurm    install the plugin that submits jobs to a Slurm cluster: snakemake --profile profiles/slurm
# make storage  install the plugins that keep the results on an object store (docs/cluster.md)
# make test-storage  test the whole pipeline on object stores, in pods without a shared disk, and as a module (15 minutes)
# make test-slurm  test the pipeline and its failures on a Slurm that the tests start (Debian: slurm-wlm, munge)
# make schema   write config.schema.json from the models of the settings
# make lock     write requirements.lock and its companions (dev, export, jax, slurm, storage) from pyproject.toml
# make clean    remove results, logs and Snakemake's records (not the data, not .venv)

PYTHON ?= python3
BIN := .venv/bin
# Run through Python, since a script in .venv/bin contains the path of the folder that it was made in.
# No file of the working folder is imported in place of a package.
SNAKEMAKE = PYTHONSAFEPATH=1 $(BIN)/python -m snakemake
BYHAND = PYTHONSAFEPATH=1 PYTHONPATH=src $(BIN)/python -m byhand.commands
PIP_MIRROR = $${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}
UV = mirror="$(PIP_MIRROR)"; test -z "$$mirror" || export UV_DEFAULT_INDEX="$$mirror"; \
	export VIRTUAL_ENV=.venv SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; test -n "$$SSL_CERT_FILE" || unset SSL_CERT_FILE; \
	$(BIN)/uv pip --quiet --system-certs
# Snakemake writes into HOME and asks for the user's name, which a container may lack.
ifeq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),)
export HOME := $(shell mkdir -p /tmp/byhand-$$(id -u) && echo /tmp/byhand-$$(id -u))
endif
ifeq ($(shell id -un > /dev/null 2>&1 && echo yes),)
export LOGNAME := user
endif
# The rules that `make bench` times again.
TIMED := housing_benchmark initialization_benchmark jacobian_benchmark_cpu jacobian_benchmark_gpu least_squares_benchmark
SNAKEFILES := Snakefile workflow/Snakefile $(wildcard workflow/rules/*.smk)

SHELL := bash
COMPILE = $(UV) compile --universal --python-version 3.11 --generate-hashes --no-header
# A line for each job; of a dry run the table of jobs alone.
DRY := $(filter -n --dry-run --dryrun,$(ARGS))
TERSE := 2>&1 | $(BYHAND).terse $(if $(DRY),--dry-run)
SUMMARY = $(if $(DRY),:,$(BYHAND).summary)

.PHONY: all setup again tools quick schema test status lint bench gallery verify export error-rates soak planted planted-changes reproduce older-processor mutants jax slurm test-slurm storage test-storage lock clean

all: setup
	@$(if $(findstring --configfile,$(ARGS)),$(BYHAND).check_files $(ARGS))
	@set -o pipefail; $(SNAKEMAKE) $(ARGS) $(TERSE)
	@$(SUMMARY) results

# So that notebooks can `import byhand`, wherever the folder is moved to: byhand.pth points to it by a relative path.
# An environment whose Python is gone is set up again.
setup: $(if $(shell $(BIN)/python -c '' 2>/dev/null && echo works),,again) .venv/installed

again:
	@rm -f .venv/installed .venv/tools

# pip installs uv from the same hashed lock file as everything else; uv is given pip's mirror, if there is one.
.venv/installed: requirements.lock
	@$(PYTHON) src/byhand/commands/supported.py
	@echo "Setting up .venv ($(if $(filter cpu,$(TORCH)),without GPU libraries,5.5 GB), once) …"
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/^ *# via/p' requirements-dev.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
ifeq ($(TORCH),cpu)
	@$(UV) install --torch-backend cpu --no-verify-hashes --compile-bytecode --constraint requirements.lock -r pyproject.toml
else
	@$(UV) install --require-hashes --compile-bytecode -r requirements.lock
endif
	@$(BIN)/python -c 'import site; print("../../../../src", file=open(site.getsitepackages()[0] + "/byhand.pth", "w"))'
	@touch $@

# What tests and lint need in addition.
tools: setup .venv/tools

.venv/tools: requirements-dev.lock .venv/installed
	@$(UV) install $(if $(filter cpu,$(TORCH)),--no-verify-hashes --no-deps,--require-hashes) -r requirements-dev.lock
	@touch $@

quick: setup
	@set -o pipefail; $(SNAKEMAKE) --directory quick --configfile config.quick.yaml $(ARGS) $(TERSE)
	@$(SUMMARY) quick/results

schema: setup
	@$(BYHAND).schema

test: tools
	@$(BIN)/python -m pytest -n auto $(ARGS)

status: setup
	@$(BYHAND).status $(ARGS)

lint: tools
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m snakefmt --check $(SNAKEFILES)
	@$(SNAKEMAKE) --lint

bench: setup
	@$(SNAKEMAKE) --cores all --forcerun $(TIMED) -- benchmarks

gallery: all
	@$(BYHAND).gallery --results results --assignment assignment/assignment.yaml \
		--findings assignment/findings.yaml --docs docs --readme README.md

verify: setup
	@$(BYHAND).verify

export: setup
	@$(UV) install --require-hashes -r requirements-export.lock
	@$(BYHAND).export $(ARGS)

error-rates: setup
	@$(SNAKEMAKE) --directory error-rates --config 'housing={exact_test: {reruns: 299}}' \
		'initialization={exact_test: {reruns: 119}}' -- results/housing/training/published.csv \
		results/initialization/training/{uniform_0.01,uniform_0.1,uniform_2.0,xavier_uniform}/tanh_sgd_0.01/depth8_width50_file.csv
	@for way in 'halved 0.005' 'doubled 0.02'; do \
		$(SNAKEMAKE) --directory error-rates/$${way%% *} --config \
		"initialization={exact_test: {reruns: 20}, training: {learning_rate: $${way#* }}}" -- \
		results/initialization/training/{uniform_0.01,uniform_0.1,uniform_2.0,xavier_uniform}/tanh_sgd_$${way#* }/depth8_width50_file.csv \
		|| exit; done
	@$(SNAKEMAKE) --directory error-rates/wider \
		--config 'initialization={grids: {tanh: {initializations: [uniform_0.0173205, uniform_0.173205, uniform_3.4641]}}}' -- \
		results/initialization/training/uniform_{0.0173205,0.173205,3.4641}/tanh_sgd_0.01/depth8_width50_file.csv
	@$(BYHAND).error_rates --results error-rates/results --config config.yaml --page docs/error_rates.md

soak: tools
	@$(BIN)/python -m pytest -n auto -m "soak and not slurm" $(ARGS)

planted: tools
	@$(BIN)/python -m pytest -n 2 -m planted tests/reliability $(ARGS)

planted-changes: all tools
	@$(BIN)/python -m pytest -n auto -m planted tests/report $(ARGS)

reproduce: setup
	@$(BYHAND).reproduce -- $(ARGS)

older-processor: setup
	@$(BYHAND).reproduce --older-processor -- $(ARGS)

mutants: tools
	@$(UV) install mutmut==3.8.1
	@OMP_NUM_THREADS=1 $(BIN)/python -m mutmut run --max-children 2
	@cut -d, -f1 tests/reliability/equivalent_mutants.csv > mutants/equivalent
	@! $(BIN)/python -m mutmut results | grep -vFwf mutants/equivalent
	@echo "Every mutant is killed, except for those in tests/reliability/equivalent_mutants.csv, which change no result."

# The builds for a GPU are not in the lock file: their version is, and their hashes are not verified.
jax: setup
ifdef JAX
	@$(UV) install --no-verify-hashes --constraint requirements.lock --constraint requirements-jax.lock "jax[$(JAX)]"
else
	@$(UV) install --require-hashes -r requirements-jax.lock
endif

slurm: tools
	@$(UV) install --require-hashes -r requirements-slurm.lock

# Most of the time is spent waiting for Slurm, so more tests run at once than there are cores.
test-slurm: slurm
	@$(BIN)/python -m pytest -n 4 -m slurm $(ARGS)

storage: setup
	@$(UV) install --require-hashes -r requirements-storage.lock

test-storage: tools
	@$(BIN)/python -m pytest -n 1 -m storage $(ARGS)

lock: tools
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@for group in dev export jax slurm storage; do \
		$(COMPILE) --group $$group --constraint requirements.lock --output-file requirements-$$group.lock || exit; \
	done

clean:
	@rm -rf logs .snakemake results/.snakemake
	@find results -mindepth 1 ! -name README.md -delete
