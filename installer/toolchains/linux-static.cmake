# One static ELF for any Linux x86-64 from kernel 3.2: the C library too, no position independence
# (a static PIE needs start-up code that old loaders and kernels disagree about).
set(KONSEKI_TARGET linux-static)
set(CMAKE_C_COMPILER gcc)
set(CMAKE_CXX_COMPILER g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -no-pie -Wl,--gc-sections")
set(CMAKE_C_FLAGS_INIT "")
set(CMAKE_CXX_FLAGS_INIT "")
include(${CMAKE_CURRENT_LIST_DIR}/prefix.cmake)
