#!/bin/sh
# Runs the link command given and fails when the program would need the host's own C library at run
# time ("Using 'X' in statically linked applications"), but for the names allowed here, each with
# its reason.
set -eu
# (none)
allowed=""

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
LC_ALL=C "$@" 2>"$log" || code=$?
cat "$log" >&2
[ $code -eq 0 ] || exit $code
for name in $(sed -n "s/.*Using '\([^']*\)' in statically linked applications.*/\1/p" "$log" | sort -u); do
  case " $allowed " in
    *" $name "*) ;;
    *)
      echo "error: $name needs the host's C library; see docs/building.md" >&2
      code=1
      ;;
  esac
done
exit $code
