# The whole path, from documents to a prediction. Run it with `make demo`, as often as you like.
set -eu
PATH="$PWD/.venv/bin:$PATH"
export PATH

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
try() { printf '$ %s\n' "$*"; "$@"; }

say "1. Are the documents sound? Every reference and every edge between steps is checked."
try jeyn lint

say "2. Typed code from the documents: rows, columns, inputs and outputs of every step."
try jeyn generate

say "3. Train on real data: 1,797 handwritten digits. What did not change since the last run is reused."
try jeyn run train-digits

say "4. What is recorded now?"
try jeyn ls

say "5. Where does the model come from? Back to its source, with the commit at every edge."
try jeyn lineage digit-recognition#latest

say "6. Load that checkpoint again, its bytes checked, and let it read some digits."
try python tools/predict.py

say "Next"
cat <<'EOF'
- Change something: `jeyn run train-digits -p C=0.1` trains again, and reuses the images.
- Rename the feature `pixels` in catalogs/digits/digit-images-scaled.yaml, then `jeyn lint`: it names every edge that breaks.
- `jeyn show digit-recognition#latest`, `jeyn ls runs`, `jeyn verify`; the record itself is in .jeyn/ (see its README).
- The five-minute tour in README.md makes a dataset of a folder that grows.
EOF
