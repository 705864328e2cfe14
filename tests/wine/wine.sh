#!/bin/sh
# Runs a Windows program under wine, without a display:
#   wine.sh PROGRAM.exe [ARGUMENT...]   exit: the program's own, 77 where there is no wine
#   wine.sh --begin                     makes the prefix and keeps its server until --end
#   wine.sh --end                       ends the server and all that runs in the prefix
# The prefix is $KONSEKI_WINEPREFIX, made when it is missing; it can be deleted at any time.
set -eu
wine=/usr/lib/wine/wine64
server=/usr/lib/wine/wineserver64
[ -x "$wine" ] || { echo "skipped: no wine64" >&2; exit 77; }
unset DISPLAY WAYLAND_DISPLAY
# Neither a web engine nor .NET is wanted in the prefix.
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
export WINEPREFIX="${KONSEKI_WINEPREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/konseki/wine}"

if [ "${1:-}" = --end ]; then
  "$server" -k 2>/dev/null || true  # none runs
  "$server" -w
  exit 0
fi
if [ ! -f "$WINEPREFIX/complete" ]; then
  mkdir -p "$(dirname "$WINEPREFIX")"
  (
    flock 9
    if [ ! -f "$WINEPREFIX/complete" ]; then
      rm -rf "$WINEPREFIX"
      # Windows 10 by its own word; what wine says on the way is no part of a test's output. The
      # server writes its registry when it ends.
      "$wine" wineboot -i >/dev/null 2>&1 </dev/null
      "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null
      "$server" -w
      touch "$WINEPREFIX/complete"
    fi
  ) 9>"$WINEPREFIX.lock"
fi
if [ "${1:-}" = --begin ]; then
  "$server" -p 2>/dev/null || true  # it runs already
  # The first program brings up Windows' services, which hold what it writes to until they end. So that
  # no test's caller waits for that, the first writes to nothing, and one stays to the end: it reads a
  # pipe into which nobody writes.
  [ -p "$WINEPREFIX/nothing" ] || mkfifo "$WINEPREFIX/nothing"
  "$wine" cmd.exe /c exit </dev/null >/dev/null 2>&1  # the services are up when it ends
  "$wine" cmd.exe <>"$WINEPREFIX/nothing" >/dev/null 2>&1 &
  exit 0
fi
exec "$wine" "$@"
