# Careledger · 照护台账
# make run builds what is missing and serves on http://127.0.0.1:8080; make test runs all tests.

SHELL := /bin/bash
GO ?= go
NPM ?= npm
export CGO_ENABLED = 0

ENGINE := infra/warehouse/embedded/engine
FONT := infra/report/font
WEB := infra/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/*.html $(WEB)/*.ts $(WEB)/public -type f 2>/dev/null)

.PHONY: run build test test-go test-web lint bench bench-projections bench-store chaos engine font web clean help

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## build what is missing and serve on http://127.0.0.1:8080
	bin/careledger serve

build: engine font web bin/careledger ## build bin/careledger

.PHONY: bin/careledger
bin/careledger:
	$(GO) build -trimpath -o bin/careledger ./cmd/careledger

engine: ## fetch the ClickHouse engine once (178 MB, into the user's cache)
	@$(ENGINE)/install.sh

font: ## fetch the font of printed reports once (57 MB, 10 MB of them into the user's cache)
	@$(FONT)/install.sh

web: $(WEB)/dist/index.html ## build the page

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && $(NPM) ci --no-audit --no-fund
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && $(NPM) run build
	@touch $@

test: build test-go test-web ## run all tests

test-go:
	$(GO) vet ./...
	$(GO) test -timeout 20m ./...

test-web:
	cd $(WEB) && $(NPM) run typecheck && $(NPM) test && $(NPM) run size

lint: ## golangci-lint, as configured in .golangci.yml
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run

chaos: build ## kill and delete parts under load for 15 minutes, and hold every number against a second count
	CAREL_CHAOS=15m $(GO) test ./cmd/careledger -run TestChaos -timeout 40m -count 1 -v

bench: build ## print the figures of README's performance table
	bin/careledger bench

bench-projections: build ## measure rebuilding from the log and questions over many records
	bin/careledger bench projections

MESSAGEDB := infra/eventstore/embedded/bench/messagedb

bench-store: bin/careledger $(MESSAGEDB)/node_modules/.package-lock.json ## measure the event store beside PostgreSQL 15
	$(GO) run ./infra/eventstore/embedded/bench

$(MESSAGEDB)/node_modules/.package-lock.json: $(MESSAGEDB)/package-lock.json
	cd $(MESSAGEDB) && $(NPM) ci --no-audit --no-fund
	@touch $@

clean: ## remove what was built; engine and font stay in the cache
	rm -rf bin $(WEB)/dist/* $(WEB)/node_modules $(MESSAGEDB)/node_modules
	@touch $(WEB)/dist/.gitkeep
