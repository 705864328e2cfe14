# Libraries whose build is a list of files. Those that are headers only (fmt, nlohmann-json, tl, most
# of Boost) come from this machine's Debian packages: toolchains/prefix.cmake.

konseki_unpack(zlib zlib_1.2.13.dfsg.orig.tar.bz2)
file(GLOB sources ${zlib}/*.c)
set(unistd HAVE_UNISTD_H)
konseki_archive(z SOURCES ${sources} DEFINES ${unistd} _LARGEFILE64_SOURCE=1)
install(FILES ${zlib}/zlib.h ${zlib}/zconf.h DESTINATION include)

konseki_unpack(zstd libzstd_1.5.4+dfsg2.orig.tar.xz)
enable_language(ASM)
file(GLOB sources ${zstd}/lib/common/*.c ${zstd}/lib/compress/*.c ${zstd}/lib/decompress/*.c
     ${zstd}/lib/decompress/*.S ${zstd}/lib/dictBuilder/*.c)
konseki_archive(zstd SOURCES ${sources} DEFINES ZSTD_MULTITHREAD XXH_NAMESPACE=ZSTD_ OPTIONS -O3)
install(FILES ${zstd}/lib/zstd.h ${zstd}/lib/zstd_errors.h ${zstd}/lib/zdict.h DESTINATION include)

konseki_unpack(pugixml pugixml_1.13.orig.tar.gz)
konseki_archive(pugixml SOURCES ${pugixml}/src/pugixml.cpp)
install(FILES ${pugixml}/src/pugixml.hpp ${pugixml}/src/pugiconfig.hpp DESTINATION include)

konseki_unpack(yaml_cpp yaml-cpp_0.7.0+dfsg.orig.tar.xz)
file(GLOB sources ${yaml_cpp}/src/*.cpp)
konseki_archive(yaml-cpp SOURCES ${sources} INCLUDES ${yaml_cpp}/include DEFINES YAML_CPP_STATIC_DEFINE)
install(DIRECTORY ${yaml_cpp}/include/yaml-cpp DESTINATION include)

konseki_unpack(re2 re2_20220601+dfsg.orig.tar.xz)
# Its tables are made by its own scripts, from Debian's unicode-data as Debian's package does.
file(READ ${re2}/re2/unicode.py script)
string(REPLACE "from six.moves import urllib\n" "" script "${script}")
string(REGEX REPLACE "https://[^\"\n]*/ucd" "/usr/share/unicode" script "${script}")
file(WRITE ${re2}/re2/unicode.py "${script}")
foreach(table perl_groups unicode_casefold unicode_groups)
  if(table STREQUAL perl_groups)
    set(command perl make_${table}.pl)
  else()
    set(command python3 -B make_${table}.py)
  endif()
  execute_process(COMMAND ${command} WORKING_DIRECTORY ${re2}/re2
                  OUTPUT_FILE ${re2}/re2/${table}.cc COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(GLOB sources ${re2}/re2/*.cc)
konseki_archive(re2 SOURCES ${sources} ${re2}/util/rune.cc ${re2}/util/strutil.cc INCLUDES ${re2})
install(FILES ${re2}/re2/filtered_re2.h ${re2}/re2/re2.h ${re2}/re2/set.h ${re2}/re2/stringpiece.h
        DESTINATION include/re2)

konseki_unpack(pcre2 pcre2_10.42.orig.tar.gz)
file(GLOB sources ${pcre2}/src/pcre2_*.c)
list(FILTER sources EXCLUDE REGEX
     "/pcre2_(dftables|fuzzsupport|jit_test|jit_match|jit_misc|printint|ucptables)\\.c$")
configure_file(${pcre2}/src/pcre2.h.generic ${pcre2}/src/pcre2.h COPYONLY)
configure_file(${pcre2}/src/pcre2_chartables.c.dist ${pcre2}/src/pcre2_chartables.c COPYONLY)
configure_file(${pcre2}/src/config.h.generic ${pcre2}/src/config.h COPYONLY)
konseki_archive(pcre2-8 SOURCES ${sources} ${pcre2}/src/pcre2_chartables.c INCLUDES ${pcre2}/src
                DEFINES HAVE_CONFIG_H SUPPORT_UNICODE SUPPORT_PCRE2_8 PCRE2_CODE_UNIT_WIDTH=8 PCRE2_STATIC)
install(FILES ${pcre2}/src/pcre2.h DESTINATION include)

konseki_unpack(utf8proc utf8proc_2.8.0.orig.tar.gz)
konseki_archive(utf8proc SOURCES ${utf8proc}/utf8proc.c DEFINES UTF8PROC_STATIC)
install(FILES ${utf8proc}/utf8proc.h DESTINATION include)

# Of Boost's 60 MB a dozen files; its headers are Debian's of the same version.
konseki_unpack(boost boost1.74_1.74.0+ds1.orig.tar.xz */libs/program_options/src/*)
file(GLOB sources ${boost}/libs/program_options/src/*.cpp)
list(FILTER sources EXCLUDE REGEX winmain)
konseki_archive(boost_program_options SOURCES ${sources})

install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/config/nlohmann_jsonConfig.cmake
        DESTINATION lib/cmake/nlohmann_json)
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/config/pugixmlConfig.cmake DESTINATION lib/cmake/pugixml)
