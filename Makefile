# Everything that a fresh machine needs is Python ≥ 3.11, make and git. For GNU make 3.81 and later, and any /bin/sh.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo install test check bench faults format clean chromium FORCE

PYTHONS = $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
IN = .venv/bin
DEBIAN = [ -r /etc/os-release ] && . /etc/os-release && [ "$$ID" = debian ] && [ "$$(id -u)" = 0 ]
APT = DEBIAN_FRONTEND=noninteractive apt-get -qq

help: ## list the targets (this)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: .venv/.for-run ## run Plumbline beside a sandbox Jira and Confluence, until Ctrl-C; ISSUES=file loads real issues
	@exec $(IN)/plumbline demo $(if $(ISSUES),--issues "$(ISSUES)")

install: .venv/.for-run ## make the environment and install Plumbline into it

test: .venv/.for-test chromium ## run every test
	@$(IN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m "not bench and not long"

check: .venv/.for-check ## linter, format, types, arrows between rooms, dependency audit (PLUMBLINE_AUDIT=optional: may be offline)
	$(IN)/ruff check
	$(IN)/ruff format --check
	$(IN)/mypy
	$(IN)/lint-imports
	@$(audit)

bench: .venv/.for-bench ## run the benchmarks, beside their peers
	@$(IN)/python -m pytest -s -m bench

faults: .venv/.for-test ## run the long fault tests; PLUMBLINE_CHANGES, PLUMBLINE_SEED: how many changes, and which
	@$(IN)/python -m pytest -m long

format: .venv/.for-check ## format the code
	$(IN)/ruff check --fix
	$(IN)/ruff format

clean: ## remove the environment and every cache; the data folder .plumbline stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find config plugin tests webhooks -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that was moved, or whose Python is gone, is made anew.
ifneq ($(shell grep -qF '$(CURDIR)/.venv' .venv/bin/activate 2>/dev/null && $(IN)/python -m pip --version >/dev/null 2>&1 && echo usable),usable)
.venv/.made: FORCE
endif
.venv/.made:
	@$(find_python); $(ensure_venv); \
	if [ -e .venv/bin/activate ] && grep -qF '$(CURDIR)/.venv' .venv/bin/activate && $(IN)/python -m pip --version >/dev/null 2>&1; \
	then :; else echo "Making the environment .venv with $$($$python --version)"; rm -rf .venv; $$python -m venv .venv || exit 1; fi; \
	touch $@

.venv/.for-run: pyproject.toml .venv/.made
	@extras= ; $(install) && touch $@

.venv/.for-test: pyproject.toml .venv/.made
	@extras='[test]'; $(install) && touch $@ .venv/.for-run

.venv/.for-bench: pyproject.toml .venv/.made
	@extras='[test,bench]'; $(install) && touch $@ .venv/.for-run .venv/.for-test

.venv/.for-check: pyproject.toml .venv/.made
	@extras='[test,check]'; $(install) && touch $@ .venv/.for-run .venv/.for-test

define find_python
python=; \
for one in $(PYTHONS); do \
	if "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$one; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "No Python 3.11 or newer was found. Install one (Debian: apt-get install python3), or name it: make PYTHON=/path/to/python3 …" >&2; exit 1; \
fi
endef

# Debian ships venv without ensurepip, in a package of its own.
define ensure_venv
if ! $$python -c 'import ensurepip' >/dev/null 2>&1; then \
	if $(DEBIAN); then echo "Installing Debian's python3-venv"; { $(APT) update && $(APT) install -y python3-venv; } >/dev/null; fi; \
	if ! $$python -c 'import ensurepip' >/dev/null 2>&1; then \
		echo "$$python cannot make an environment: its ensurepip is missing. Install it (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; \
	fi; \
fi
endef

# pip's hundreds of lines become a few; all of them stay in .venv/pip.log.
define install
echo "Installing plumbline$$extras and what it stands on"; began=$$(date +%s); \
{ $(IN)/python -m pip install --disable-pip-version-check --no-input --root-user-action=ignore -e ".$$extras" 2>&1; echo "pip ended: $$?"; } \
| tee .venv/pip.log | { found=0; code=1; while IFS= read -r line; do case $$line in \
	Collecting*) found=$$((found + 1)); [ $$((found % 15)) -ne 0 ] || echo "  $$found packages found, $$(($$(date +%s) - began)) s";; \
	"Installing collected"*) echo "  installing $$found packages, $$(($$(date +%s) - began)) s";; \
	"pip ended: "*) code=$${line#pip ended: };; \
esac; done; \
if [ "$$code" = 0 ]; then echo "Installed in $$(($$(date +%s) - began)) s"; \
else tail -n 8 .venv/pip.log >&2; echo "pip could not install; all that it said is in .venv/pip.log" >&2; fi; exit "$$code"; }
endef

# The browser tests use a Chromium that is on the machine. Where there is none they are skipped, and say so.
chromium:
	@for one in chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$one >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if $(DEBIAN); then \
		echo "Installing Debian's Chromium for the browser tests"; began=$$(date +%s); \
		if { $(APT) update && $(APT) install -y --no-install-recommends chromium fonts-dejavu-core; } >.venv/apt.log 2>&1; \
		then echo "Installed in $$(($$(date +%s) - began)) s"; \
		else tail -n 3 .venv/apt.log; echo "Chromium could not be installed; the browser tests will be skipped"; fi; \
	fi

# pip-audit writes its report only where the vulnerability service answered. Not audited is not "no vulnerability".
define audit
rm -f .venv/audit.json; \
if $(IN)/pip-audit --local --skip-editable --progress-spinner off --timeout 20 -f json -o .venv/audit.json >.venv/audit.log 2>&1; \
then echo "audited: no known vulnerability in any dependency"; \
elif [ -s .venv/audit.json ]; then cat .venv/audit.log; $(IN)/pip-audit --local --skip-editable --progress-spinner off; exit 1; \
else \
	tail -n 1 .venv/audit.log; echo "not audited: the vulnerability service could not be reached; all that was said is in .venv/audit.log"; \
	if [ "$$PLUMBLINE_AUDIT" != optional ]; then echo "Set PLUMBLINE_AUDIT=optional where that is known and accepted."; exit 1; fi; \
fi
endef
