#!/bin/sh
# All checks that read the source as text.
set -eu
cd "$(dirname "$0")"
./includes.sh
./includes_test.sh
./headers.sh
./threads.sh
./format.sh
