# The demo with its ledger behind a real Dapr sidecar. Run it with `make demo-dapr`.
set -eu
printf '\n\033[1mdaprd, from its Go module: once, and then from .tools/\033[0m\n'
JEYN_DAPRD=$(.venv/bin/python tools/servers/build.py daprd)
JEYN_ENVIRONMENT=local
export JEYN_DAPRD JEYN_ENVIRONMENT
sh tools/demo.sh
printf '\n\033[1mThe same digests as the embedded record?\033[0m\n'
.venv/bin/python tools/same_digests.py "" local
