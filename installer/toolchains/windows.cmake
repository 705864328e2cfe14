# One static .exe for Windows x86-64 from 7 on (mingw-w64, its compiler with POSIX threads): imports
# only what Windows itself brings. No time of the build in it.
set(KONSEKI_TARGET windows)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
# lld drops unused functions together with their unwinding data, which GNU ld keeps and the functions
# with it. The stack is as large as on Linux; memory is taken as it grows.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -fno-use-linker-plugin -wrapper \"${CMAKE_CURRENT_LIST_DIR}/lld.sh\" \
-Wl,--gc-sections -Wl,--icf=all -Wl,--no-insert-timestamp -Wl,--stack,8388608")
# GNU objcopy forgets which sections may be dropped.
set(CMAKE_OBJCOPY llvm-objcopy CACHE FILEPATH "")
# Windows 7; no macros named min and max; the C library's printf as C99 has it. UNICODE stays undefined:
# functions are called by their wide names.
set(flags "-DWIN32_LEAN_AND_MEAN -DNOMINMAX -D_WIN32_WINNT=0x0601")
set(CMAKE_C_FLAGS_INIT "${flags} -D__USE_MINGW_ANSI_STDIO=1")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
# Tests run under wine.
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../../tests/wine/wine.sh)
include(${CMAKE_CURRENT_LIST_DIR}/prefix.cmake)
