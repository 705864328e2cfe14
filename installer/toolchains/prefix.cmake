# Where the static libraries of KONSEKI_TARGET lie (installer/third_party), and nothing else.
# KONSEKI_PREFIX is empty while they themselves are built.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KONSEKI_PREFIX)
if(NOT DEFINED KONSEKI_PREFIX)
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../third_party/build.sh --where ${KONSEKI_TARGET}
                  OUTPUT_VARIABLE KONSEKI_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  if(NOT EXISTS ${KONSEKI_PREFIX}/complete)
    message(FATAL_ERROR "The libraries of ${KONSEKI_TARGET} are not built: "
                        "run installer/third_party/build.sh ${KONSEKI_TARGET}")
  endif()
  set(KONSEKI_PREFIX ${KONSEKI_PREFIX} CACHE PATH "Static libraries of the release")
endif()
# Libraries that are headers only are the same for all targets. A cross compiler must not see the
# whole of /usr/include, so each gets a link of its own.
if(CMAKE_SYSTEM_NAME STREQUAL Windows)
  foreach(library boost fmt nlohmann tl)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/headers)
    file(CREATE_LINK /usr/include/${library} ${CMAKE_BINARY_DIR}/headers/${library} SYMBOLIC)
  endforeach()
  string(APPEND CMAKE_C_FLAGS_INIT " -isystem \"${CMAKE_BINARY_DIR}/headers\"")
  string(APPEND CMAKE_CXX_FLAGS_INIT " -isystem \"${CMAKE_BINARY_DIR}/headers\"")
endif()
if(KONSEKI_PREFIX)
  string(APPEND CMAKE_C_FLAGS_INIT " -isystem \"${KONSEKI_PREFIX}/include\"")
  string(APPEND CMAKE_CXX_FLAGS_INIT " -isystem \"${KONSEKI_PREFIX}/include\"")
  set(CMAKE_FIND_ROOT_PATH ${KONSEKI_PREFIX})
  set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
  set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
endif()
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
