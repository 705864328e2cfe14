#!/bin/sh
# Installs the packages of installer/packages.txt that are missing; does nothing, and needs no
# rights and no network, when none is.
set -eu
here=$(dirname "$0")
missing=""
for package in $(grep -v '^#' "$here/packages.txt"); do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # words on purpose
${SUDO:-} apt-get update -q
# shellcheck disable=SC2086
${SUDO:-} apt-get install -y -q --no-install-recommends $missing
