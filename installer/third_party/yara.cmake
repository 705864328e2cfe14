# libyara with the modules that need no other library, hash and Authenticode by libcrypto. Without
# magic (its data lies in a file that other hosts lack) and cuckoo. It scans what it is given: its
# access to running processes is not built.
konseki_unpack(yara yara_4.5.8.orig.tar.gz)
file(GLOB sources ${yara}/libyara/*.c ${yara}/libyara/tlshc/*.c
     ${yara}/libyara/modules/pe/authenticode-parser/*.c)
foreach(module console dex dotnet elf hash macho math pe string tests time)
  file(GLOB part ${yara}/libyara/modules/${module}/*.c)
  list(APPEND sources ${part})
endforeach()
konseki_archive(yara SOURCES ${sources} ${yara}/libyara/proc/none.c
                INCLUDES ${yara}/libyara/include ${yara}/libyara ${openssl_includes}
                DEFINES _GNU_SOURCE HASH_MODULE DOTNET_MODULE MACHO_MODULE DEX_MODULE BUCKETS_128=1
                        CHECKSUM_1B=1 HAVE_LIBCRYPTO=1 HAVE_SCAN_PROC_IMPL=0 USE_NO_PROC HAVE_STDBOOL_H=1
                OPTIONS -O3)
add_dependencies(yara openssl)
install(FILES ${yara}/libyara/include/yara.h DESTINATION include)
install(DIRECTORY ${yara}/libyara/include/yara DESTINATION include FILES_MATCHING PATTERN *.h)
