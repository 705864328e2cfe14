#!/bin/sh
# wine.sh PROGRAM.exe [ARGUMENT...]: runs a Windows program under wine, without a display. The prefix is
# made once, below ~/.cache/konseki; it can be deleted at any time. Exit: the program's own, 77 where
# there is no wine.
set -eu
wine=$(command -v wine64 || true)
[ -n "$wine" ] || wine=/usr/lib/wine/wine64
[ -x "$wine" ] || { echo "skipped: no wine64" >&2; exit 77; }
unset DISPLAY WAYLAND_DISPLAY
# Neither a web engine nor .NET is wanted in the prefix.
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
export WINEPREFIX="${KONSEKI_WINEPREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/konseki/wine}"
if [ ! -f "$WINEPREFIX/complete" ]; then
  mkdir -p "$(dirname "$WINEPREFIX")"
  (
    flock 9
    if [ ! -f "$WINEPREFIX/complete" ]; then
      rm -rf "$WINEPREFIX"
      # Windows 10 by its own word; what wine says on the way is no part of a test's output.
      "$wine" wineboot -i >/dev/null 2>&1 </dev/null
      "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null
      touch "$WINEPREFIX/complete"
    fi
  ) 9>"$WINEPREFIX.lock"
fi
exec "$wine" "$@"
