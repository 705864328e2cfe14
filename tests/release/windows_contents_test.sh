# One file for every Windows: only its own DLLs, protections on, no time of its making, its manifest
# and version, below 20 MB.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

"$here/../../installer/checks/windows_imports.sh" "$program" || die "imports"
headers=$(x86_64-w64-mingw32-objdump -p "$program")
for flag in HIGH_ENTROPY_VA DYNAMIC_BASE NX_COMPAT; do
  grep -q "$flag" <<<"$headers" || die "no $flag"
done
x86_64-w64-mingw32-objdump -h "$program" | grep -q ' \.reloc ' || die "cannot be moved: no relocations"
grep -Eq 'Time/Date.*(1970|not set)' <<<"$headers" || die "the time it was linked: $(grep Time/Date <<<"$headers")"
grep -q 'Subsystem.*(Windows CUI)' <<<"$headers" || die "no console program"
for text in '>true</longPathAware>' '>UTF-8</activeCodePage>' 'level="asInvoker"'; do
  grep -qaF -- "$text" "$program" || die "its manifest lacks $text"
done
# Resources are UTF-16.
for text in ProductVersion 'Konseki 痕跡'; do
  python3 -c 'import sys; sys.exit(sys.argv[1].encode("utf-16-le") not in open(sys.argv[2], "rb").read())' \
    "$text" "$program" ||
    die "its version resource lacks $text"
done
# Run from swap space, from a stick as from a share: 0x400 and 0x800 of the header's characteristics.
python3 - "$program" <<'END' || die "runs from the stick itself"
import struct, sys
data = open(sys.argv[1], "rb").read(4096)
characteristics, = struct.unpack_from("<H", data, struct.unpack_from("<I", data, 60)[0] + 22)
sys.exit(characteristics & 0xC00 != 0xC00)
END
size=$(stat -c %s "$program")
[ "$size" -lt 20000000 ] || die "$size bytes"
# No folder of the machine that built it.
strings -n 6 "$program" | grep -E '/(home|root|work|build|tmp)/[^ ]*\.(c|cc|cpp|h|hpp)$' &&
  die "it names source files of the machine that built it"
echo "$(grep -c 'DLL Name' <<<"$headers") DLLs, $size bytes"
