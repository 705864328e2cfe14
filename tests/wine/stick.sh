# Sourced after tests/cli/lib.sh: a Windows host of the test's own, and the program on a stick.
exe=$(sed -n 's/^exec [^ ]* \([^ ]*\.exe\).*/\1/p' "$konseki")

# make_host: a prefix of its own, since its drives are other than those of tests beside it; its server is
# ended with the test. $devices is then where its drives are told.
make_host() {
  export KONSEKI_WINEPREFIX="$work/prefix"
  wine="$project/tests/wine/wine.sh"
  trap 'end_wine; rm -rf "$work"' EXIT
  run 0 "$konseki" --version
  end_wine
  devices="$KONSEKI_WINEPREFIX/dosdevices"
}
end_wine() { "$wine" --end; }

# run_from_stick: collects the host itself, with the program and its output on a stick and no drive that
# leads to this machine's root; what the bundle holds of konseki/ is then in live/.
run_from_stick() {
  local code=0
  rm -f "$devices/z:" "$devices/z::"
  mkdir -p stick/out && cp "$exe" stick/konseki.exe
  ln -sfn "$work/stick" "$devices/e:"
  "$wine" 'e:\konseki.exe' collect -q -o 'e:\out' --lang en >stdout 2>stderr || code=$?
  [ "$code" -le 1 ] || die "live: exit code $code"
  mkdir live && tar --zstd -xf stick/out/*.tar.zst -C live konseki
}
