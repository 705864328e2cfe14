#!/bin/sh
# windows_imports.sh PROGRAM.exe: fails when it imports a DLL that is not on the list. All of these
# are in Windows 7 and later, whatever the edition; none of them is for networks.
set -eu
allowed="
  advapi32  rights, registry, services
  bcrypt    random numbers
  kernel32
  msvcrt    the C library
  ntdll
  shell32   the command line as words
  user32    OpenSSL's look at the kind of session
"
code=0
for name in $(x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/.*DLL Name: //p' | tr '[:upper:]' '[:lower:]'); do
  echo "$allowed" | grep -q "^  ${name%.dll}\( \|$\)" || {
    echo "error: $1 imports $name, which installer/checks/windows_imports.sh does not allow" >&2
    code=1
  }
done
exit $code
