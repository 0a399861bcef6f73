# Shortcuts; each line is all that there is to it.
.PHONY: run test snapshots accept coverage budgets bench songs dist pgo-build pgo-pipeline pgo-daw pgo-clean

run:
	scripts/run.sh
test:
	scripts/test.sh
snapshots:
	scripts/test.sh snapshots
accept:
	scripts/test.sh snapshots --accept
coverage:
	scripts/test.sh --coverage
budgets:
	cargo run --release --locked -p midi-daw-benches --bin budgets
bench:
	cargo bench --locked -p midi-daw-benches
songs:
	cargo run --locked -p midi-daw-engine --features testkit --bin testkit -- songs assets
dist:
	scripts/dist.sh
pgo-build:
	scripts/pgo-build.sh all
pgo-pipeline:
	scripts/pgo-build.sh orchestrator
pgo-daw:
	scripts/pgo-build.sh midi-daw
pgo-clean:
	scripts/pgo-build.sh clean
