#!/bin/sh
# For -wrapper of mingw-w64's GCC, whose own linker is fixed: links by lld.
case $1 in
  *collect2) shift; exec ld.lld "$@" ;;
  *) exec "$@" ;;
esac
