# libsodium, for sealing. Its intrinsics are chosen at run time; its assembly files are left out.
konseki_unpack(sodium libsodium_1.0.18.orig.tar.gz)
file(GLOB_RECURSE sources ${sodium}/src/libsodium/*.c)
set(defines CONFIGURED=1 SODIUM_STATIC=1 NATIVE_LITTLE_ENDIAN=1 HAVE_TI_MODE=1 HAVE_CPUID=1
    HAVE_INLINE_ASM=1 HAVE_C_VARARRAYS=1 HAVE_ATOMIC_OPS=1 HAVE_PTHREAD=1 HAVE_MMINTRIN_H=1
    HAVE_EMMINTRIN_H=1 HAVE_PMMINTRIN_H=1 HAVE_TMMINTRIN_H=1 HAVE_SMMINTRIN_H=1 HAVE_WMMINTRIN_H=1
    HAVE_AVXINTRIN_H=1 HAVE_AVX2INTRIN_H=1 HAVE__XGETBV=1)
if(NOT KONSEKI_TARGET STREQUAL windows)
  list(APPEND defines _GNU_SOURCE=1 HAVE_SYS_MMAN_H=1 HAVE_SYS_RANDOM_H=1 HAVE_MMAP=1 HAVE_MLOCK=1
       HAVE_MADVISE=1 HAVE_MPROTECT=1 HAVE_PAGE_PROTECTION=1 HAVE_POSIX_MEMALIGN=1
       HAVE_EXPLICIT_BZERO=1 HAVE_NANOSLEEP=1 HAVE_GETPID=1 HAVE_WEAK_SYMBOLS=1
       HAVE_LINUX_COMPATIBLE_GETRANDOM=1)
endif()
# version.h is a template that only the authors' configure fills in; this is their filled-in copy.
file(COPY ${sodium}/builds/msvc/version.h DESTINATION ${sodium}/src/libsodium/include/sodium)
konseki_archive(sodium SOURCES ${sources} DEFINES ${defines}
                INCLUDES ${sodium}/src/libsodium/include/sodium ${sodium}/src/libsodium/include)
install(FILES ${sodium}/src/libsodium/include/sodium.h DESTINATION include)
install(DIRECTORY ${sodium}/src/libsodium/include/sodium DESTINATION include
        FILES_MATCHING PATTERN *.h)
# Code for newer processors lies in files of its own; it runs where the processor has what it needs.
foreach(instructions ssse3:-mssse3 sse41:-msse4.1 avx2:-mavx2 avx512f:-mavx512f
        "aesni:-mssse3;-maes;-mpclmul")
  string(REGEX MATCH "^([^:]*):(.*)" matched "${instructions}")
  set(files ${sources})
  list(FILTER files INCLUDE REGEX "${CMAKE_MATCH_1}[^/]*\\.c$")
  set_source_files_properties(${files} PROPERTIES COMPILE_OPTIONS "${CMAKE_MATCH_2}")
endforeach()
# It calls _xgetbv, only where the processor says that it has it, but includes no header that has it.
set_source_files_properties(${sodium}/src/libsodium/sodium/runtime.c PROPERTIES
                            COMPILE_OPTIONS "-mxsave;-include;immintrin.h")
