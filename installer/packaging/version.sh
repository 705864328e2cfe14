# Sourced by the scripts beside it, which stand in the project's folder by then.
set -eu
version=$(sed -n 's/^project(konseki VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
# The same input gives the same Debian package: times are those of the last change, not of the build.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)
fi
export SOURCE_DATE_EPOCH
need() { # need TOOL PACKAGE
  command -v "$1" >/dev/null || { echo "error: $1 is not installed; try: apt-get install $2" >&2; exit 77; }
}
