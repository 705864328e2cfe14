# How every target of the project is made: one set of flags, one shape.
find_package(Threads REQUIRED)

add_library(konseki_flags INTERFACE)
target_include_directories(konseki_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR})
target_compile_options(konseki_flags INTERFACE -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(konseki_flags INTERFACE -Wshadow=local)
endif()
target_compile_definitions(konseki_flags INTERFACE KONSEKI_VERSION="${PROJECT_VERSION}")
target_link_libraries(konseki_flags INTERFACE Threads::Threads)
if(KONSEKI_TARGET)
  # A release holds no folder of the machine that built it, so that it is the same from any.
  # Sections let the linker drop what is not used.
  target_compile_options(konseki_flags INTERFACE -ffunction-sections -fdata-sections
    -ffile-prefix-map=${PROJECT_BINARY_DIR}=build
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${KONSEKI_PREFIX}=third_party)
endif()
if(KONSEKI_SANITIZE)
  target_compile_options(konseki_flags INTERFACE -fsanitize=${KONSEKI_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(konseki_flags INTERFACE -fsanitize=${KONSEKI_SANITIZE})
endif()
if(KONSEKI_FUZZ)
  target_compile_options(konseki_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The library headers that most files include, read by the compiler once for each set of flags. Only
# releases have them, and tests: all other builds find an #include that is missing. With them GCC
# forgets that these are system headers and warns about what it thinks of their inlined code.
function(konseki_precompiled_headers name)
  set(source ${PROJECT_BINARY_DIR}/precompiled/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE konseki_flags)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <charconv> <chrono> <cstddef> <cstdint> <cstring> <filesystem> <functional>
    <limits> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <tuple>
    <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>
    ${ARGN})
endfunction()

if(KONSEKI_TARGET)
  konseki_precompiled_headers(konseki_headers)
  konseki_precompiled_headers(konseki_hot_headers)
  target_compile_options(konseki_hot_headers PRIVATE -O2)
endif()

# konseki_precompile(TARGET [HEADERS]): TARGET reads HEADERS where there are any; its flags are theirs.
function(konseki_precompile target)
  set(headers konseki_headers ${ARGN})
  list(GET headers -1 headers)
  if(TARGET ${headers})
    set_target_properties(${target} PROPERTIES PRECOMPILE_HEADERS_REUSE_FROM ${headers})
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                                             -Wno-stringop-overread -Wno-maybe-uninitialized)
  endif()
endfunction()

# A release is optimised for size but for what works on every file, record or byte of evidence.
function(konseki_hot target)
  if(KONSEKI_TARGET)
    target_compile_options(${target} PRIVATE -O2)
    konseki_precompile(${target} konseki_hot_headers)
  endif()
endfunction()

# konseki_hot_sources(TARGET FOLDER SOURCES...): the same for some of a target's sources, below FOLDER of
# the project.
function(konseki_hot_sources target folder)
  if(KONSEKI_TARGET)
    set(sources ${ARGN})
    list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
    set_source_files_properties(${sources} TARGET_DIRECTORY ${target} PROPERTIES
      COMPILE_OPTIONS -O2 SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# konseki_room(NAME [HOT] SOURCES... [LINK libraries...]): one room of agent/ as a static library.
function(konseki_room name)
  cmake_parse_arguments(ARG "HOT" "" "SOURCES;LINK" ${ARGN})
  add_library(konseki_${name} STATIC ${ARG_SOURCES})
  konseki_precompile(konseki_${name})
  if(ARG_HOT)
    konseki_hot(konseki_${name})
  endif()
  target_link_libraries(konseki_${name} PUBLIC konseki_flags ${ARG_LINK})
endfunction()

# konseki_test_code(TARGET): the tests' own code is not optimised: quick to build.
function(konseki_test_code target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT TARGET konseki_test_headers)
    konseki_precompiled_headers(konseki_test_headers <gmock/gmock.h> <gtest/gtest.h>)
    target_link_libraries(konseki_test_headers PRIVATE GTest::gmock)
    target_compile_options(konseki_test_headers PRIVATE -O0)
  endif()
  target_compile_options(${target} PRIVATE -O0)
  konseki_precompile(${target} konseki_test_headers)
endfunction()

# konseki_test(NAME SOURCES... LINK libraries... [LABELS ...] [POSIX sources...]
# [WINDOWS sources...]): a GoogleTest executable, one ctest entry a test case. POSIX and WINDOWS:
# sources that test what only these systems have.
# In a release build all become one executable (konseki_joined_tests): each is linked statically and
# large.
function(konseki_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS;POSIX;WINDOWS" ${ARGN})
  if(WIN32)
    list(APPEND ARG_SOURCES ${ARG_WINDOWS})
  else()
    list(APPEND ARG_SOURCES ${ARG_POSIX})
  endif()
  if(KONSEKI_TARGET)
    list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    if(ARG_SOURCES)
      set_property(GLOBAL APPEND PROPERTY KONSEKI_JOINED_SOURCES ${ARG_SOURCES})
      set_property(GLOBAL APPEND PROPERTY KONSEKI_JOINED_LINK ${ARG_LINK})
    endif()
    return()
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE konseki_flags ${ARG_LINK} GTest::gmock GTest::gtest_main)
  konseki_test_code(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS "${ARG_LABELS}"
                       ENVIRONMENT "KONSEKI_PROJECT=${PROJECT_SOURCE_DIR};KONSEKI_BUILD=${PROJECT_BINARY_DIR}")
endfunction()

# konseki_joined_tests(NAME): all sources of konseki_test() so far as one executable, one ctest entry.
function(konseki_joined_tests name)
  get_property(sources GLOBAL PROPERTY KONSEKI_JOINED_SOURCES)
  get_property(link GLOBAL PROPERTY KONSEKI_JOINED_LINK)
  list(REMOVE_DUPLICATES sources)
  list(REMOVE_DUPLICATES link)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE konseki_flags ${link} GTest::gmock GTest::gtest_main)
  konseki_test_code(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS release TIMEOUT 900
    ENVIRONMENT "KONSEKI_PROJECT=${PROJECT_SOURCE_DIR};KONSEKI_BUILD=${PROJECT_BINARY_DIR}")
endfunction()
