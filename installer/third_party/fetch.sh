#!/bin/sh
# Brings the tarballs of sources.txt into the cache and prints its path; each is checked by sha256.
# Looked for in the cache, then in $KONSEKI_SOURCES (default ../shared/sources beside the project),
# then asked of Debian by exact package version, with an apt configuration of its own: neither
# /etc/apt nor the lists of this machine change.
# Exit: 0 all there, 1 a checksum is wrong, 77 some cannot be had (named on stderr).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
store=${XDG_CACHE_HOME:-$HOME/.cache}/konseki/sources
given=${KONSEKI_SOURCES:-$here/../../../shared/sources}
mirror=${KONSEKI_DEBIAN_MIRROR:-http://deb.debian.org/debian}
security=${KONSEKI_DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
mkdir -p "$store"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

right() { [ -f "$2" ] && echo "$1  $2" | sha256sum --check --status; }

# Puts FILE into the cache whole or not at all, if its sum is right.
keep() {  # keep SUM FILE
  if ! right "$1" "$2"; then
    echo "$2: sha256 differs from installer/third_party/sources.txt" >&2
    exit 1
  fi
  cp "$2" "$store/.$$.part" && mv "$store/.$$.part" "$store/$(basename "$2")"
}

missing=""
while read -r sum file package; do
  case $sum in '#'* | '') continue ;; esac
  right "$sum" "$store/$file" && continue
  if [ -f "$given/$file" ]; then keep "$sum" "$given/$file"; else missing="$missing $package"; fi
done <"$here/sources.txt"

if [ -n "$missing" ]; then
  echo "Downloading the sources of$missing" >&2
  mkdir -p "$work/parts" "$work/lists/partial" "$work/archives/partial" "$work/got"
  signed=/usr/share/keyrings/debian-archive-keyring.gpg
  cat >"$work/parts/debian.list" <<LIST
deb-src [signed-by=$signed] $mirror bookworm main
deb-src [signed-by=$signed] $mirror trixie main
deb-src [signed-by=$signed] $mirror sid main
deb-src [signed-by=$signed] $security bookworm-security main
LIST
  apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/parts" \
      -o Dir::State::Lists="$work/lists" -o Dir::Cache::Archives="$work/archives" \
      -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User="$(id -un)" \
      -o Acquire::Retries=2 "$@"
  }
  apt update >"$work/log" 2>&1 || true
  for package in $missing; do
    # Parts that the mirror lacks (.dsc, debian.tar) do not matter: the tarball alone is used.
    (cd "$work/got" && apt source --download-only "$package") >>"$work/log" 2>&1 || true
  done
  absent=""
  while read -r sum file package; do
    case $sum in '#'* | '') continue ;; esac
    [ -f "$store/$file" ] && continue
    if [ -f "$work/got/$file" ]; then keep "$sum" "$work/got/$file"; else absent="$absent $file"; fi
  done <"$here/sources.txt"
  if [ -n "$absent" ]; then
    tail -n 5 "$work/log" >&2
    echo "Sources that cannot be had from $mirror nor from \$KONSEKI_SOURCES:$absent" >&2
    exit 77
  fi
fi
echo "$store"
