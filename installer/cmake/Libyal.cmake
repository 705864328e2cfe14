# The script of sed that turns `nm --format=posix` of an archive into the renames of lib<NAME>.
# References through .refptr.X (Windows) follow their X.
function(konseki_libyal_renames variable name)
  set(${variable}
      -n -E -e "/^([.]refptr[.])?lib${name}_/d"
      -e "s/^([.]refptr[.])?libbfio_([^ ]+) [A-Z].*/\\1libbfio_\\2 \\1lib${name}_bfio_\\2/p" -e "t"
      -e "s/^([.]refptr[.])?([A-Za-z_][A-Za-z0-9_]*) [A-Z].*/\\1\\2 \\1lib${name}__\\2/p" PARENT_SCOPE)
endfunction()

# konseki_libyal(NAME): imported target yal::NAME from the static lib<NAME>.a of Debian or of the
# release's own libraries (installer/third_party).
#
# Every libyal archive carries private copies of the same support libraries (libcerror, libcdata,
# libuna, ...) under the same global names but from different years; linked together, the first
# copy silently serves all of them. So all that is not the library's own is renamed lib<NAME>__*.
# Its libbfio is lib<NAME>_bfio_*, so that handles given to a library are made by the copy it reads
# them with; a library without one gets a copy of the common libbfio.
function(konseki_libyal name)
  if(TARGET yal::${name})
    return()
  endif()
  if(NOT name STREQUAL bfio)
    konseki_libyal(bfio)
  endif()
  find_library(KONSEKI_LIB${name} NAMES lib${name}.a REQUIRED)
  set(folder ${PROJECT_BINARY_DIR}/libyal)
  set(archive ${folder}/lib${name}.a)
  if(NOT EXISTS ${archive} OR ${KONSEKI_LIB${name}} IS_NEWER_THAN ${archive}
     OR ${CMAKE_CURRENT_FUNCTION_LIST_FILE} IS_NEWER_THAN ${archive})
    file(MAKE_DIRECTORY ${folder})
    file(REMOVE ${archive})
    execute_process(COMMAND ${CMAKE_NM} --defined-only --extern-only --format=posix ${KONSEKI_LIB${name}}
                    OUTPUT_VARIABLE symbols ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
    # ar's scripts take no names with spaces: all in one folder.
    file(CREATE_LINK ${KONSEKI_LIB${name}} ${folder}/own.a SYMBOLIC)
    set(join "CREATE whole.a\nADDLIB own.a\n")
    if(NOT symbols MATCHES "libbfio_handle_initialize")
      string(APPEND join "ADDLIB libbfio.a\n")
    endif()
    file(WRITE ${folder}/join.mri "${join}SAVE\nEND\n")
    execute_process(COMMAND ${CMAKE_AR} -M INPUT_FILE ${folder}/join.mri WORKING_DIRECTORY ${folder}
                    COMMAND_ERROR_IS_FATAL ANY)
    konseki_libyal_renames(script ${name})
    execute_process(
      COMMAND ${CMAKE_NM} --defined-only --extern-only --format=posix ${folder}/whole.a
      COMMAND sed ${script} COMMAND sort -u OUTPUT_FILE ${archive}.renames ERROR_QUIET
      COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_OBJCOPY} --redefine-syms=${archive}.renames ${folder}/whole.a
                            ${archive} COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${folder}/whole.a ${folder}/own.a)
  endif()
  add_library(yal::${name} STATIC IMPORTED GLOBAL)
  set_target_properties(yal::${name} PROPERTIES IMPORTED_LOCATION ${archive})
  if(NOT name STREQUAL bfio)
    target_link_libraries(yal::${name} INTERFACE yal::bfio ${ARGN})
  endif()
endfunction()
