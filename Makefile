# Everything a contributor types. Each target is idempotent and does its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
REPORTS := build/conformance
# A private real daemon for `make conformance` to replay on in place of the reference runtime; any name of
# `Conformance/peers/peer list` will do.
PEER ?=
# Endpoints of `make bench` beside the floor and the reference runtime.
BENCH_PEERS ?= docker-28.5 podman-5.8
# Products of the side-by-side table.
PRODUCTS ?= docker-28.5 docker-26.1 docker-20.10 podman-5.8 podman-5.4 podman-4.3

.PHONY: help setup build test lint fmt conformance bench results mutations docs clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build and the peers need (apt packages; root), check the rest
	@scripts/setup

build: setup ## Build .build/release/drydock, the shim beside it, and the probe of the fixture images
	$(SWIFT) build -c release --product probe
	$(SWIFT) build -c release --product drydock-shim
	$(SWIFT) build -c release --product drydock --static-swift-stdlib

test: setup ## Run the unit tests and, as root, the suite on the reference runtime, docker-20.10 and podman-4.3
	@scripts/test

lint: setup ## Check formatting, warnings and shell scripts
	@scripts/lint

fmt: ## Format the Swift sources in place
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

conformance: build ## Replay every scenario on the reference runtime (or PEER=docker-28.5); reports in build/conformance
	@scripts/conformance $(REPORTS) $(PEER)

bench: build ## Measure container startup beside the floor and real daemons; results in benchmarks/results
	@scripts/bench $(BENCH_PEERS)

results: build ## Replay on every product and regenerate Conformance/RESULTS.md
	@scripts/results $(PRODUCTS)

mutations: build ## Play every mutation before docker-28.5 and regenerate Conformance/MUTATIONS.md (about an hour)
	@scripts/mutations docker-28.5

docs: build ## Write the scenario catalogue and the API documentation to build/docs
	@scripts/docs

clean: ## Remove what was built
	rm -rf .build build
