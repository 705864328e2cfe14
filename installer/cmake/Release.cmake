# konseki_release_program(TARGET): what makes an executable a release, on top of the toolchain file.
# The program stays as it is linked; `release` makes the stripped copy that is given away.
function(konseki_release_program target)
  if(WIN32)
    konseki_windows_resources(${target})
    # Stripped by the linker: strip would write the time into it. Windows copies a program from a stick
    # to its swap space at the start, so that it can say its last word when the stick is pulled out.
    target_link_options(${target} PRIVATE -s -Wl,-Xlink=-swaprun:cd -Wl,-Xlink=-swaprun:net)
  else()
    # A static program that calls into the host's C library by other ways crashes on some hosts: the
    # linker's warnings about that are checked against a list.
    set_target_properties(${target} PROPERTIES CXX_LINKER_LAUNCHER
                          ${PROJECT_SOURCE_DIR}/installer/checks/link_without_host_calls.sh)
  endif()
  set(output ${PROJECT_BINARY_DIR}/release/${target}${CMAKE_EXECUTABLE_SUFFIX})
  if(WIN32)
    set(given_away ${CMAKE_COMMAND} -E copy $<TARGET_FILE:${target}> ${output})
  else()
    set(given_away ${CMAKE_STRIP} -o ${output} $<TARGET_FILE:${target}>)
  endif()
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/release
    COMMAND ${given_away}
    DEPENDS ${target} VERBATIM)
  add_custom_target(release DEPENDS ${output})
endfunction()

# Icon, manifest and version of a Windows program (installer/windows).
function(konseki_windows_resources target)
  set(from ${PROJECT_SOURCE_DIR}/installer/windows)
  set(to ${CMAKE_CURRENT_BINARY_DIR}/resources)
  set(KONSEKI_ICON ${to}/konseki.ico)
  set(KONSEKI_MANIFEST ${to}/konseki.manifest)
  configure_file(${from}/konseki.manifest ${KONSEKI_MANIFEST} @ONLY)
  configure_file(${from}/konseki.rc.in ${to}/konseki.rc @ONLY)
  add_custom_command(OUTPUT ${KONSEKI_ICON} COMMAND python3 -B ${from}/icon.py ${KONSEKI_ICON}
                     DEPENDS ${from}/icon.py VERBATIM)
  set_source_files_properties(${to}/konseki.rc PROPERTIES
                              OBJECT_DEPENDS "${KONSEKI_ICON};${KONSEKI_MANIFEST}")
  target_sources(${target} PRIVATE ${to}/konseki.rc)
endfunction()
