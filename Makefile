# The two commands to know are "make demo" and "make check"; "make help" lists the rest.
SHELL := /bin/bash
PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 15
SEEDS ?= 1000

.PHONY: help all demo check fast bench fuzz coverage install deb clean

all: build/release/build.ninja
	@cmake --build build/release -j $(JOBS) --target programs

help:
	@echo "make            build the programs into build/release"
	@echo "make demo       two gateways, a router, two hosts: a tunnel comes up and is shown (root)"
	@echo "make check      every test there is; make fast: the quick ones only"
	@echo "make bench      the benchmarks, each with a figure and a ratio"
	@echo "make fuzz       every fuzz target for FUZZ_SECONDS ($(FUZZ_SECONDS))"
	@echo "make coverage   line coverage of the core"
	@echo "make install    into DESTDIR/PREFIX ($(DESTDIR)$(PREFIX)), with unit and man pages"
	@echo "make deb        a Debian package under build/deb"

build/%/build.ninja: CMakeLists.txt CMakePresets.json
	@scripts/install-packages build test $(if $(filter check tsan,$*),clang)
	@scripts/configure $*

demo:
	@scripts/demo

check:
	@scripts/check

fast:
	@scripts/check fast

bench: build/release/build.ninja
	@scripts/bench

fuzz:
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

coverage:
	@scripts/coverage

install: all
	@cmake -DIKE_CONFDIR="$(SYSCONFDIR)/iked" build/release >/dev/null
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)" --component programs

deb:
	@scripts/deb

clean:
	rm -rf build
