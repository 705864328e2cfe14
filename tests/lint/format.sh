#!/bin/sh
# Every C++ file is as clang-format leaves it.
set -eu
cd "$(dirname "$0")/../.."
find agent collectors include tests -name '*.cc' -o -name '*.h' | sort |
  xargs clang-format --dry-run --Werror
