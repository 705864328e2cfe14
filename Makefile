# Two commands do all on a fresh Debian 12: `make collect` and `make test`.
# Each installs what is missing, builds what has changed, and runs.

PRESET ?= dev
BUILD := build/$(PRESET)
OUT ?= out
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help collect test build release test-release packages deps format tidy asan tsan fuzz bench clean

help:
	@echo "make collect   install, build, collect this host into ./$(OUT) (triage profile)"
	@echo "make test      install, build, run every test, those of both releases too"
	@echo "make release   one static program each for Linux and Windows: build/release-*/release/"
	@echo "make test-release  the releases' tests alone, each built once more from another folder too"
	@echo "make packages  the Debian package and the MSI of these programs: build/packages/"
	@echo "make asan|tsan build and run the tests under a sanitizer"
	@echo "make fuzz      build the fuzz targets and run each for a minute"
	@echo "make bench     print the table of speed and size"
	@echo "make format    apply clang-format;  make tidy  run clang-tidy"

# Output on the examined disk is refused by default; here the host examines itself for a trial.
collect: build
	@mkdir -p $(OUT)
	@$(BUILD)/konseki collect --profile triage -o $(OUT) --allow-output-on-source; \
	  code=$$?; [ $$code -le 1 ] || exit $$code

test: build
	@tests/lint/run.sh
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -j2
	@tests/release/run.sh --optional -LE again

build: deps
	@[ -f $(BUILD)/build.ninja ] || cmake --preset $(PRESET)
	@cmake --build $(BUILD)

deps:
	@SUDO="$(SUDO)" installer/install-packages.sh

# Libraries come from source, once, into ~/.cache/konseki (docs/building.md).
release: deps
	@for preset in release-linux release-windows; do \
	  installer/configure-release.sh $$preset && cmake --build build/$$preset --target release || exit; done
	@ls -l build/release-*/release/

packages: release
	@installer/packaging/build.sh

test-release: deps
	@tests/release/run.sh

asan tsan: deps
	@cmake --preset $@ && cmake --build build/$@ && \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp \
	  ctest --test-dir build/$@ --output-on-failure

fuzz: deps
	@cmake --preset fuzz && cmake --build build/fuzz && tests/fuzz/run.sh build/fuzz 60

bench: build
	@tests/bench/run.sh $(BUILD)/konseki

format:
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

tidy: build
	@git ls-files 'agent/*.cc' 'collectors/*.cc' | xargs -P2 -n8 clang-tidy --quiet -p $(BUILD)

clean:
	@rm -rf build
