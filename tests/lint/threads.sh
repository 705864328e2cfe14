#!/bin/sh
# Nothing sleeps on a stop token: what such a wait leaves behind is waited for in libstdc++'s semaphore,
# and on Windows that sleeps for ever now and then. A flag under the condition's own mutex does.
set -eu
cd "$(dirname "$0")/../.."
if grep -rnE 'condition_variable_any|stop_callback' agent collectors include; then
  echo "a wait for a stop token (see tests/lint/threads.sh)"
  exit 1
fi
