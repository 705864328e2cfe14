#!/usr/bin/env bash
# Without rights: what can be read is collected, what cannot is named as a gap.
source "$(dirname "$0")/lib.sh" "$1"
[ "$(id -u)" = 0 ] || skip "needs root to become another user"

mkdir -p tree/open tree/closed && echo a >tree/open/a && echo b >tree/open/b && echo c >tree/closed/c
chmod 600 tree/open/b && chmod 700 tree/closed
chmod 755 . && mkdir out && chmod 777 out
cp "$konseki" ./konseki
run 1 setpriv --reuid=65534 --regid=65534 --clear-groups ./konseki collect -q -o out \
  --allow-output-on-source --files collect tree
bundle=$(ls out/*.tar.zst)
lines "$bundle" files >rows
grep '"path":"/open/b"' rows >row
expect row '"status":"failed","reason":"permission_denied"'
grep '"path":"/closed"' rows >row
expect row '"reason":"permission_denied"'
grep '"path":"/open/a"' rows >row
expect row '"status":"collected"'
run 0 "$konseki" verify "$bundle"

# The live host without rights: sealed, with gaps, and it says so.
run 1 setpriv --reuid=65534 --regid=65534 --clear-groups ./konseki collect -q -o out \
  --allow-output-on-source --profile sweep
expect stderr "Run as root"
