# `make demo` and `make test` are all that a fresh machine needs; CONTRIBUTING.md says what each check is for.
SWIFT  ?= swift
PYTHON ?= python3
PREFIX ?= /usr/local
# Captures of other projects' test suites, used where they are there.
ROADBLOCK_CAPTURES ?= ../shared/captures

# Exclusive access is checked in debug builds, which the unit tests are; in a release build the checks take three
# times as long as the rest of `packets`.
release  := -c release -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked \
	--explicit-target-dependency-import-check error
ifeq ($(shell uname -s),Linux)
# The installed program needs no Swift; lld does not warn of the Swift libraries' own use of mktemp.
release += --static-swift-stdlib -Xswiftc -use-ld=lld
endif
binary   := .build/release/roadblock
work     := .build/checks
captures := $(wildcard samples/captures/*)
foreign  := $(wildcard $(ROADBLOCK_CAPTURES))
# Starting tshark takes a fifth of a second: make test asks it about each twelfth of the other captures.
every    := 12

.NOTPARALLEL:
.PHONY: demo build test test-packages lint tidy unit tools lab probe samples flowlogs conformance duckdb bounds schema \
	evidence tags queries screens tshark written conversations tshark-all robustness readme refresh-readme manual refresh-manual bench \
	install clean

demo: build
	@$(binary) demo

build:
	@Tools/setup/packages.sh build
	@$(SWIFT) build $(release) --product roadblock

test: test-packages lint tidy unit tools build lab probe samples flowlogs conformance duckdb bounds schema evidence \
	tags queries screens tshark written conversations robustness readme manual
	@echo 'passed: all checks'

test-packages:
	@Tools/setup/packages.sh test

lint:
	@$(SWIFT) format lint --strict -r Sources Tests Package.swift
	@echo 'passed: lint'

tidy:
	@$(SWIFT) test --disable-xctest --filter TidyTests
	@echo 'passed: tidy'

unit:
	@$(SWIFT) test --disable-xctest
	@echo 'passed: unit'

tools:
	@$(PYTHON) -m unittest discover -s Tools/checks
	@$(PYTHON) -m unittest discover -s Tools/flowlogs
	@echo 'passed: tools'

lab: build
	@rm -rf $(work)/lab $(work)/lab-translated
	@$(PYTHON) Tools/lab/lab.py run $(work)/lab; code=$$?; \
	if [ $$code = 77 ]; then echo 'skipped: lab'; exit 0; fi; \
	[ $$code = 0 ] && $(PYTHON) Tools/lab/lab.py run $(work)/lab-translated --translate \
	&& for run in lab lab-translated; do \
		$(PYTHON) Tools/lab/check.py $(binary) $(work)/$$run --both --details \
		&& $(PYTHON) Tools/checks/evidence.py $(binary) $(work)/$$run/client.pcap $(work)/$$run/server.pcap || exit 1; \
	done && echo 'passed: lab'

probe: build
	@$(PYTHON) Tools/lab/probe_check.py $(binary); code=$$?; \
	if [ $$code = 77 ]; then echo 'skipped: probe between namespaces'; exit 0; fi; \
	[ $$code = 0 ] && echo 'passed: probe'

samples: build
	@mkdir -p $(work)/samples
	@cp samples/captures/client.pcap $(work)/samples
	@gzip -dc samples/captures/server.pcap.gz > $(work)/samples/server.pcap
	@cp Tools/lab/samples-truth.json $(work)/samples/truth.json
	@$(PYTHON) Tools/lab/check.py $(binary) $(work)/samples --both
	@echo 'passed: samples'

# Every group of the cases: with names of groups behind the file, the tool runs those alone.
conformance: build
	@$(PYTHON) Tools/checks/conformance.py $(binary) Tests/Data/queries/logs-insights-conformance.jsonl
	@$(PYTHON) Tools/checks/conformance.py $(binary) Tests/Data/queries/language-cases.jsonl
	@echo 'passed: conformance'

duckdb: build
	@$(PYTHON) Tools/oracles/duckdb_diff.py $(binary) 60; code=$$?; \
	if [ $$code = 77 ]; then exit 0; fi; \
	[ $$code = 0 ] && echo 'passed: duckdb'

# Every command of queries in bounded memory; with ten million rows it is Benchmarks/query_commands.py.
bounds: build
	@$(PYTHON) Benchmarks/query_commands.py $(binary) --rows 200000 --megabytes 300 --work $(work)/bounds
	@echo 'passed: bounds'

schema: build
	@for capture in $(captures); do \
		$(binary) diagnose "$$capture" --all -o json \
		| $(PYTHON) Tools/checks/validate_diagnosis.py docs/schema/diagnosis.schema.json || exit 1; \
	done
	@$(binary) diagnose $(captures) -o json \
	| $(PYTHON) Tools/checks/validate_diagnosis.py docs/schema/diagnosis.schema.json
	@echo 'passed: schema'

evidence: build
	@$(PYTHON) Tools/checks/evidence.py $(binary) $(captures)
	@echo 'passed: evidence'

tags: build
	@$(PYTHON) Tools/checks/tags.py $(binary) Tests/Data/cloud
	@echo 'passed: tags'

queries: build
	@$(PYTHON) Tools/checks/queries.py $(binary) $(firstword $(captures))
	@echo 'passed: queries'

screens: build
	@rm -rf $(work)/cases
	@$(PYTHON) Tools/cases/make_cases.py $(work)/cases > /dev/null
	@$(PYTHON) Tools/checks/screens.py --every $(every) $(binary) $(captures) $(work)/cases/*.pcap $(foreign)
	@echo 'passed: screens'

tshark: build
	@rm -rf $(work)/cases
	@$(PYTHON) Tools/cases/make_cases.py $(work)/cases > /dev/null
	@$(PYTHON) Tools/oracles/tshark_diff.py --known Tools/oracles/known-differences.tsv \
		$(binary) $(captures) $(work)/cases
	@if [ -n '$(foreign)' ]; then $(PYTHON) Tools/oracles/tshark_diff.py --quick --every $(every) $(binary) $(foreign); \
	else echo 'skipped: tshark on other captures ($(ROADBLOCK_CAPTURES) is not there)'; fi
	@$(PYTHON) Tools/oracles/applications_diff.py --known Tools/oracles/known-application-differences.tsv \
		--every $(every) $(binary) $(captures) $(foreign)
	@$(PYTHON) Tools/oracles/cut_diff.py --known Tools/oracles/known-cut-differences.tsv --every $(every) \
		$(binary) $(work)/cut; code=$$?; [ $$code = 0 ] || [ $$code = 77 ]
	@echo 'passed: tshark'

# What packets -w writes against what tshark -w does: each copy takes tshark a second.
written: build
	@rm -rf $(work)/cases
	@$(PYTHON) Tools/cases/make_cases.py $(work)/cases > /dev/null
	@$(PYTHON) Tools/oracles/written_diff.py --every $(every) $(binary) $(captures) $(work)/cases; code=$$?; \
	if [ $$code = 77 ]; then exit 0; fi; \
	[ $$code = 0 ] || exit 1; \
	if [ -n '$(foreign)' ]; then \
		$(PYTHON) Tools/oracles/written_diff.py --every $$(($(every) * 10)) $(binary) $(foreign) || exit 1; \
	else echo 'skipped: written captures of others ($(ROADBLOCK_CAPTURES) is not there)'; fi; \
	echo 'passed: written'

# Conversations against tshark's streams, and against an oracle of Zeek's states.
conversations: build
	@rm -rf $(work)/cases
	@$(PYTHON) Tools/cases/make_cases.py $(work)/cases > /dev/null
	@$(PYTHON) Tools/oracles/conversations_diff.py --every $(every) --known Tools/oracles/known-conversations.tsv \
		$(binary) $(captures) $(work)/cases $(foreign); code=$$?; \
	if [ $$code = 77 ]; then exit 0; fi; \
	[ $$code = 0 ] && echo 'passed: conversations'

# Every one of the other captures: some minutes.
tshark-all: every := 1
tshark-all: tshark written conversations

robustness: build
	@$(PYTHON) Tools/checks/robustness.py $(binary) $(firstword $(captures)) $(foreign)
	@[ -n '$(foreign)' ] || echo 'skipped: robustness on other captures ($(ROADBLOCK_CAPTURES) is not there)'
	@echo 'passed: robustness'

flowlogs: build
	@rm -rf $(work)/flowlogs
	@for seed in 1 2; do \
		$(PYTHON) Tools/flowlogs/make_flow_logs.py $(work)/flowlogs/$$seed --seed $$seed > /dev/null || exit 1; \
	done
	@$(PYTHON) Tools/flowlogs/check.py $(binary) $(work)/flowlogs
	@$(PYTHON) Tools/flowlogs/check.py $(binary) Tools/flowlogs/samples-truth.json --logs samples/flow-logs
	@$(PYTHON) Tools/flowlogs/hostile.py $(binary)
	@for seed in 1 2 3; do $(PYTHON) Tools/flowlogs/firewalls.py $(binary) --seed $$seed || exit 1; done
	@for seed in 1 2 3; do $(PYTHON) Tools/flowlogs/devices.py $(binary) --seed $$seed || exit 1; done
	@echo 'passed: flowlogs'

readme: build
	@$(PYTHON) Tools/docs/refresh_readme.py --check $(binary)
	@echo 'passed: readme'

refresh-readme: build
	@$(PYTHON) Tools/docs/refresh_readme.py $(binary)

# The manual's page is what the program prints of its own language.
manual: build
	@$(binary) query --help-language -o markdown | diff -u docs/query-language.md - \
	|| { echo 'docs/query-language.md is out of date: make refresh-manual'; exit 1; }
	@echo 'passed: manual'

refresh-manual: build
	@$(binary) query --help-language -o markdown --output-file docs/query-language.md

bench: build
	@$(PYTHON) Benchmarks/run.py $(binary)
	@$(PYTHON) Benchmarks/flow_logs.py $(binary)

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/roadblock/samples/captures \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -s -m 755 $(binary) $(DESTDIR)$(PREFIX)/bin/roadblock
	install -m 644 samples/README.md $(DESTDIR)$(PREFIX)/share/roadblock/samples
	install -m 644 $(captures) $(DESTDIR)$(PREFIX)/share/roadblock/samples/captures
	cp -R samples/flow-logs $(DESTDIR)$(PREFIX)/share/roadblock/samples
	$(binary) --generate-completion-script bash \
		> $(DESTDIR)$(PREFIX)/share/bash-completion/completions/roadblock
	$(binary) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_roadblock
	$(binary) --generate-completion-script fish \
		> $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/roadblock.fish

clean:
	rm -rf .build
