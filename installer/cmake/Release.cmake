# konseki_release_program(TARGET): what makes an executable a release, on top of the toolchain file.
# The program stays as it is linked; `release` makes the stripped copy that is given away.
function(konseki_release_program target)
  # A static program that calls into the host's C library by other ways crashes on some hosts: the
  # linker's warnings about that are checked against a list.
  set_target_properties(${target} PROPERTIES CXX_LINKER_LAUNCHER
                        ${PROJECT_SOURCE_DIR}/installer/checks/link_without_host_calls.sh)
  set(output ${PROJECT_BINARY_DIR}/release/${target}${CMAKE_EXECUTABLE_SUFFIX})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/release
    COMMAND ${CMAKE_STRIP} -o ${output} $<TARGET_FILE:${target}>
    DEPENDS ${target} VERBATIM)
  add_custom_target(release DEPENDS ${output})
endfunction()
