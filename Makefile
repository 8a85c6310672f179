# Each target is one script or one command; the scripts say what they need and install it where they may.
.PHONY: build test race lint gen ui shots demo bench ci

build: ## bin/parley
	go build -trimpath -o bin/parley ./cmd/parley

test: ## everything: Go, web, browser; sets itself up
	tools/test.sh

race: ## the Go tests alone
	go test -race -shuffle=on ./...

lint: ## gofmt, vet, staticcheck
	tools/lint.sh

gen: ## Go and TypeScript made from .proto files and the command table
	tools/gen.sh

ui: ## web/dist from web/
	tools/ui.sh

shots: ## pictures of every page and state into shots/
	node web/e2e/shots.mjs

demo: ## a contact centre on loopback
	go run ./cmd/parley demo

bench: ## 500 conversations, 20 s
	go run ./cmd/parley bench chats --conversations 500 --duration 20s

ci: ## what a bare machine runs
	.ci/run
