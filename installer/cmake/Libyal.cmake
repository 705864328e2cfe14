function(konseki_libyal_symbols variable object)
  execute_process(COMMAND ${CMAKE_NM} --defined-only --extern-only --format=posix ${object}
                  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  set(${variable} "${symbols}" PARENT_SCOPE)
endfunction()

# konseki_libyal(NAME): imported target yal::NAME from the static lib<NAME>.a of Debian or of the
# release's own libraries (installer/third_party).
#
# Every libyal archive carries private copies of the same support libraries (libcerror, libcdata,
# libuna, ...) under the same global names but from different years; linked together, the first
# copy silently serves all of them. So each archive is first joined into one object whose only
# global symbols are the library's own. Its libbfio stays reachable as lib<NAME>_bfio_*, so that
# handles given to a library are made by the copy it reads them with; a library without one gets
# a copy of the common libbfio.
function(konseki_libyal name)
  if(TARGET yal::${name})
    return()
  endif()
  if(NOT name STREQUAL bfio)
    konseki_libyal(bfio)
  endif()
  find_library(KONSEKI_LIB${name} NAMES lib${name}.a REQUIRED)
  set(object ${PROJECT_BINARY_DIR}/libyal/lib${name}.o)
  set(archive ${PROJECT_BINARY_DIR}/libyal/lib${name}.a)
  if(NOT EXISTS ${archive} OR ${KONSEKI_LIB${name}} IS_NEWER_THAN ${archive}
     OR ${CMAKE_CURRENT_FUNCTION_LIST_FILE} IS_NEWER_THAN ${archive})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/libyal)
    file(REMOVE ${archive})
    execute_process(COMMAND ${CMAKE_LINKER} -r --whole-archive ${KONSEKI_LIB${name}} -o ${object}
                    COMMAND_ERROR_IS_FATAL ANY)
    set(renames "")
    if(NOT name STREQUAL bfio)
      konseki_libyal_symbols(symbols ${object})
      if(NOT symbols MATCHES "libbfio_handle_initialize")
        file(RENAME ${object} ${object}.alone)
        execute_process(COMMAND ${CMAKE_LINKER} -r --whole-archive ${object}.alone
                                ${PROJECT_BINARY_DIR}/libyal/libbfio.a -o ${object}
                        COMMAND_ERROR_IS_FATAL ANY)
        konseki_libyal_symbols(symbols ${object})
      endif()
      string(REGEX MATCHALL "libbfio_[A-Za-z0-9_]+ T" symbols "${symbols}")
      foreach(symbol IN LISTS symbols)
        string(REGEX REPLACE "libbfio_([A-Za-z0-9_]+) T" "libbfio_\\1 lib${name}_bfio_\\1\n" symbol
                             "${symbol}")
        string(APPEND renames "${symbol}")
      endforeach()
    endif()
    file(WRITE ${object}.renames "${renames}")
    execute_process(COMMAND ${CMAKE_OBJCOPY} --redefine-syms=${object}.renames ${object}
                    COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=lib${name}_* ${object}
                    COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_AR} rcs ${archive} ${object} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  add_library(yal::${name} STATIC IMPORTED GLOBAL)
  set_target_properties(yal::${name} PROPERTIES IMPORTED_LOCATION ${archive})
  if(NOT name STREQUAL bfio)
    target_link_libraries(yal::${name} INTERFACE yal::bfio ${ARGN})
  endif()
endfunction()
