#!/bin/bash
# Loads the sample report in headless Chromium: no console message, the language switch works by
# fragment, tables and chart come alive, and no hostile name gets to run.
# Usage: report_in_chromium.sh REPORT_SAMPLE; exit code 77 where there is no Chromium.
set -euo pipefail

sample=$1
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "no Chromium here"
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

load() {  # URL-SUFFIX: the page's DOM to $work/dom, what it said to $work/said
  "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$work/profile" \
    --enable-logging=stderr --timeout=20000 --dump-dom "file://$work/report.html$1" \
    >"$work/dom" 2>"$work/said"
}
fail() {
  echo "FAIL: $1"
  exit 1
}
has() { grep -qF -- "$1" "$work/dom" || fail "page lacks: $1"; }
lacks() { if grep -qE -- "$1" "$work/dom"; then fail "page has: $1"; fi; }

"$sample" >"$work/report.html"
"$sample" >"$work/again.html"
cmp "$work/report.html" "$work/again.html" || fail "same bundle, other bytes"
if grep -oE '(src|href)="[^#"][^"]*"' "$work/report.html"; then fail "page refers to something"; fi

for language in en ja; do
  load "#$language"
  if grep -E 'CONSOLE|Refused|Uncaught' "$work/said"; then fail "console is not silent (#$language)"; fi
  has "data-ready=\"yes\""
  has "<html lang=\"$language\""
  lacks '<html[^>]* data-broken-out'
  lacks '<img'
  has 'class="bin" d="M'
  has '<div class="filter">'
  has 'U+202E'
done
has '行ごとに別の縮尺'

echo "report in Chromium: passed"
