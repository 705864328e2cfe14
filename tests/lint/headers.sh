#!/bin/sh
# Every public header compiles alone, with nothing before it.
set -eu
cd "$(dirname "$0")/../.."
for header in include/konseki/*.h; do
  printf '#include "konseki/%s"\n' "$(basename "$header")" |
    ${CXX:-g++} -std=c++20 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ - ||
    { echo "$header does not compile alone"; exit 1; }
done
