#!/usr/bin/env bash
# Limits: what is left out is listed with its reason; nothing is cut silently.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && head -c 300K /dev/urandom >tree/large && echo small >tree/small && head -c 90K /dev/urandom >tree/middle
collect 0 tree --files collect --max-file-size 100K
lines "$bundle" files >rows
grep '"path":"/large"' rows >row
expect row '"status":"skipped","reason":"max_file_size"'
grep '"path":"/small"' rows >row
expect row '"status":"collected"'
expect stdout "1"

collect 0 tree --files collect --max-total-size 120K
lines "$bundle" files >rows
same "$(grep -c '"reason":"max_total_size"' rows)" 1

collect 1 tree --files collect --max-time 0s
run 0 "$konseki" verify "$bundle"
tar --zstd -xOf "$bundle" konseki/manifest.json >manifest
expect manifest '"out_of_time":true'

# Only what is named.
collect 0 tree --profile none --include '/small'
lines "$bundle" files >rows
same "$(wc -l <rows)" 1
