# libarchive, to read archives only, and what it unpacks with. Debian's corrections are applied:
# archives come from evidence.
konseki_unpack(bzip2 bzip2_1.0.8.orig.tar.gz)
set(sources blocksort bzlib compress crctable decompress huffman randtable)
list(TRANSFORM sources REPLACE "(.+)" "${bzip2}/\\1.c")
konseki_archive(bz2 SOURCES ${sources})
install(FILES ${bzip2}/bzlib.h DESTINATION include)

konseki_unpack(xz xz-utils_5.4.1.orig.tar.xz)
konseki_patch(${xz} xz-utils_5.4.1-1+deb12u2.debian.tar.xz "^liblzma-")
set(sources "")
set(includes ${xz}/src/common ${xz}/src/liblzma/api)
foreach(part check common delta lz lzma rangecoder simple)
  file(GLOB files ${xz}/src/liblzma/${part}/*.c)
  list(APPEND sources ${files})
  list(APPEND includes ${xz}/src/liblzma/${part})
endforeach()
# Without threads: one decoder a worker is enough.
list(FILTER sources EXCLUDE REGEX "(tablegen|_small|_mt|outqueue|hardware_cputhreads)\\.c$")
set(defines HAVE_STDBOOL_H=1 HAVE_STDINT_H=1 HAVE_INTTYPES_H=1 HAVE_CHECK_CRC32=1 HAVE_CHECK_CRC64=1
    HAVE_CHECK_SHA256=1 HAVE_MF_HC3=1 HAVE_MF_HC4=1 HAVE_MF_BT2=1 HAVE_MF_BT3=1 HAVE_MF_BT4=1
    HAVE_LZIP_DECODER=1 ASSUME_RAM=128 SIZEOF_SIZE_T=8 TUKLIB_SYMBOL_PREFIX=lzma_
    TUKLIB_FAST_UNALIGNED_ACCESS=1 HAVE___BUILTIN_BSWAPXX=1 LZMA_API_STATIC)
foreach(filter ARM ARM64 ARMTHUMB DELTA IA64 LZMA1 LZMA2 POWERPC SPARC X86)
  list(APPEND defines HAVE_ENCODER_${filter}=1 HAVE_DECODER_${filter}=1)
endforeach()
konseki_archive(lzma SOURCES ${sources} ${xz}/src/common/tuklib_physmem.c INCLUDES ${includes}
                DEFINES ${defines})
install(FILES ${xz}/src/liblzma/api/lzma.h DESTINATION include)
install(DIRECTORY ${xz}/src/liblzma/api/lzma DESTINATION include FILES_MATCHING PATTERN *.h)

konseki_unpack(libarchive libarchive_3.6.2.orig.tar.xz)
konseki_patch(${libarchive} libarchive_3.6.2-1+deb12u5.debian.tar.xz ".")
file(GLOB sources ${libarchive}/libarchive/archive_*.c ${libarchive}/libarchive/xxhash.c)
list(FILTER sources EXCLUDE REGEX "/archive_(disk|read_disk|read_extract|write|getdate|match)[a-z0-9_]*\\.c$")
list(FILTER sources EXCLUDE REGEX "/archive_(read_append_filter|entry_copy_bhfi)\\.c$")
if(KONSEKI_TARGET STREQUAL windows)
  list(APPEND sources ${libarchive}/libarchive/archive_entry_copy_bhfi.c)
endif()
konseki_archive(archive SOURCES ${sources}
                INCLUDES ${config}/libarchive ${libarchive}/libarchive ${zlib} ${zstd}/lib ${bzip2}
                         ${xz}/src/liblzma/api
                DEFINES HAVE_CONFIG_H LIBARCHIVE_STATIC LZMA_API_STATIC)
install(FILES ${libarchive}/libarchive/archive.h ${libarchive}/libarchive/archive_entry.h
        DESTINATION include)
