#!/bin/sh
# Builds the static libraries of a release once and keeps them outside the checkout:
#   build.sh linux-static|windows    prints the prefix; does nothing when it is complete
#   build.sh --where TARGET          prints the prefix only, complete or not
# The prefix's name is a digest of the tarballs, these recipes and the compiler, so that a change
# of any makes another one; nothing relies on an old one being there.
# Exit: 0, 77 where sources cannot be had, other on failure.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
where=no
if [ "$1" = --where ]; then where=yes; shift; fi
target=$1
case $target in
  linux-static) compiler=gcc ;;
  windows) compiler=x86_64-w64-mingw32-gcc-posix ;;
  *) echo "unknown target: $target" >&2; exit 2 ;;
esac
cache=${XDG_CACHE_HOME:-$HOME/.cache}/konseki
digest=$({
  (cd "$here" && find . -type f | LC_ALL=C sort | xargs sha256sum)
  (cd "$here/../toolchains" && sha256sum "$target.cmake" prefix.cmake)
  $compiler --version | head -n 1
  dpkg-query -W -f='${Package} ${Version}\n' libboost-dev libexpected-dev libfmt-dev \
    nlohmann-json3-dev 2>/dev/null || true
} | sha256sum | cut -c1-16)
prefix=$cache/third-party/$digest/$target
if [ $where = yes ] || [ -f "$prefix/complete" ]; then echo "$prefix"; exit 0; fi

sources=$("$here/fetch.sh")
mkdir -p "$cache/third-party/$digest"
# One builder at a time; who waited finds the work done.
exec 9>"$cache/third-party/$target.lock"
flock 9
if [ ! -f "$prefix/complete" ]; then
  echo "Building the libraries of $target (once, a few minutes)" >&2
  # Always the same name, for the compiler cache; the lock guards it.
  work=$cache/third-party/build/$target
  rm -rf "$work"
  mkdir -p "$work"
  trap 'rm -rf "$work"' EXIT
  launcher=$(command -v ccache || true)
  {
    cmake -S "$here" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=None -DKONSEKI_PREFIX= \
      -DKONSEKI_TARBALLS="$sources" -DCMAKE_INSTALL_PREFIX="$prefix" \
      -DCMAKE_TOOLCHAIN_FILE="$here/../toolchains/$target.cmake" \
      ${launcher:+-DCMAKE_C_COMPILER_LAUNCHER=$launcher -DCMAKE_CXX_COMPILER_LAUNCHER=$launcher} &&
      cmake --build "$work" && cmake --install "$work"
  } >"$prefix.log" 2>&1 || {
    tail -n 40 "$prefix.log" >&2
    echo "The libraries of $target did not build; all of it: $prefix.log" >&2
    exit 1
  }
  touch "$prefix/complete"
fi
echo "$prefix"
