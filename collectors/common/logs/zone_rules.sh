#!/bin/sh
# Prints the zones of the build machine's tz database (tzdata) as C++: name and POSIX rule, which is
# the last line of each file, sorted by name. Usage: zone_rules.sh FOLDER
set -eu
export LC_ALL=C
cd "$1"
find -L . -type f ! -path './posix/*' ! -path './right/*' ! -name '*.*' | sed 's,^\./,,' | sort |
  while read -r zone; do
    case $(head -c 5 "$zone") in TZif[2-9]) ;; *) continue ;; esac
    rule=$(tail -n 1 "$zone")
    [ -z "$rule" ] || printf '{"%s", "%s"},\n' "$zone" "$rule"
  done
