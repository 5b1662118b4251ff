# Autograph: `make run` starts it, `make test` tests everything, `make bench` measures it, `make fuzz` attacks it.
#
# Every target checks first what it needs and says how to get it. What was built is used again.

SHELL := /bin/bash
TARGET := $(if $(CARGO_TARGET_DIR),$(abspath $(CARGO_TARGET_DIR)),$(CURDIR)/target)
# Beside the binary's folder, where the binary looks for it.
TOOLCHAIN := $(TARGET)/toolchain
BINARY := $(TARGET)/release/autograph
STUDIO := crates/studio/web
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
export CARGO_TARGET_DIR := $(TARGET)

TOOLCHAIN_FILES := $(shell find crates/toolchain/worker crates/toolchain/kit -name node_modules -prune -o -type f -print 2>/dev/null)
STUDIO_FILES := $(shell find $(STUDIO) \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)

.PHONY: run build test judge eval many bench fuzz check toolchain studio needs lint

run: build
	@$(BINARY) up

build: needs toolchain studio
	@echo "building the program (the first time takes some minutes)"
	@cargo build --release --locked --package autograph

# One sentence for each thing that is missing.
needs:
	@scripts/needs

toolchain: $(TOOLCHAIN)/.stamp
$(TOOLCHAIN)/.stamp: $(TOOLCHAIN_FILES)
	@echo "installing the toolchain for apps (Motoko, esbuild, Tailwind)"
	@mkdir -p $(TOOLCHAIN)/worker
	@tar -C crates/toolchain --exclude=node_modules --exclude=test -cf - worker kit | tar -C $(TOOLCHAIN) -xf -
	@cd $(TOOLCHAIN)/worker && $(NPM_CI) --omit=dev
	@touch $@

studio: $(STUDIO)/dist/.stamp
$(STUDIO)/dist/.stamp: $(STUDIO_FILES)
	@echo "building the studio's pages"
	@cd $(STUDIO) && $(NPM_CI) && npm run --silent build
	@touch $@

test: needs toolchain studio
	@scripts/test

# The gate before some two hundred versions of twenty sample apps, some honest, some not; `ONLY=wedding` for a part.
judge: build
	@cd tests && $(NPM_CI) && AUTOGRAPH_BINARY=$(BINARY) node --test judge/judge.test.mjs

# What becomes of the requests in a file, written offline and tried in a browser: `make eval PROMPTS=file`.
eval: build
	@cd tests && $(NPM_CI) && AUTOGRAPH_BINARY=$(BINARY) node eval/eval.mjs

# COUNT different apps on one node: seconds, memory, disk.
many: build
	@cd tests && $(NPM_CI) && AUTOGRAPH_BINARY=$(BINARY) node eval/many.mjs

bench: build
	@scripts/bench

# Each fuzzer for MINUTES; what is built for it is built once.
fuzz:
	@scripts/fuzz $(MINUTES)

# Formatting and lints, as the tests ask for them.
lint:
	@cargo fmt --check
	@cargo clippy --workspace --all-targets --locked -- -D warnings
