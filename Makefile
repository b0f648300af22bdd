# What one can ask of the project. Each target first installs what it misses, and only that.

SHELL := bash
ENV := . .ci/env &&
DIST := dist/focushive
TARGET := $(or $(CARGO_TARGET_DIR),target)
SOURCES := Cargo.toml Cargo.lock .cargo/config.toml $(wildcard $(shell git ls-files -co --exclude-standard -- src app frontend server style public migrations .sqlx | grep -v '^server/tests/'))
# Named after the list of sources, so that a removed file is noticed like a changed one.
LIST := target/sources-$(firstword $(shell echo $(SOURCES) | cksum))

.DEFAULT_GOAL := help
.PHONY: help setup run watch test chaos fuzz bench fmt release queries

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing
	@.ci/setup test

run: release ## build it and serve it on http://127.0.0.1:3000
	@exec $(DIST)/focushive

watch: ## serve it and rebuild it at every change
	@.ci/setup
	@$(ENV) FOCUSHIVE_UI_PAGE=$${FOCUSHIVE_UI_PAGE:-true} exec cargo leptos watch --split

test: ## try everything that must hold
	@.ci/setup test
	@.ci/test

chaos: ## break links, servers and databases a thousand times
	@.ci/setup
	@$(ENV) FOCUSHIVE_RIG_ROUNDS=$${FOCUSHIVE_RIG_ROUNDS:-1000} cargo test -p server --test it rig:: -- --nocapture
	@$(ENV) FOCUSHIVE_CHAOS_FULL=1 cargo test -p server --test it clock_chaos -- --nocapture

fuzz: ## send the doors by chance what anybody may send
	@.ci/setup fuzz
	@server/fuzz/run
	@end2end/rest/fuzz

bench: ## measure what is claimed to be fast
	@.ci/setup bench
	@$(MAKE) --no-print-directory $(DIST)/focushive
	@.ci/bench $(BENCH)

fmt: ## format the code
	@.ci/setup
	@$(ENV) cargo fmt --all

release: ## make one folder that runs anywhere on this platform
	@.ci/setup
	@$(MAKE) --no-print-directory $(DIST)/focushive

queries: ## check the SQL against the migrations and write .sqlx
	@.ci/setup
	@.ci/queries write

$(LIST):
	@mkdir -p target && rm -f target/sources-* && touch $@

$(DIST)/focushive: $(SOURCES) $(LIST)
	@echo "building FocusHive (some minutes the first time)"
	@$(ENV) cargo leptos build --release --split --precompress
	@rm -rf $(DIST) && mkdir -p $(DIST)
	@cp -r target/site $(DIST)/site
	@cp $(TARGET)/release/hash.txt LICENSE README.md $(DIST)/
	@cp $(TARGET)/release/focushive $(DIST)/focushive
