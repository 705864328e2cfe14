# konseki_embed(TARGET FUNCTION [PREFIX text] FILES files...): compiles files into TARGET.
# The generated source defines
#   std::span<const EmbeddedFile> konseki::FUNCTION();      (agent/base/embedded_file.h)
# a table sorted by name; a name is PREFIX and the file's own name. Any bytes may be embedded.
# The same file, run as a script, writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(table "")
  set(index 0)
  set(out "#include \"agent/base/embedded_file.h\"\n\nnamespace konseki {\n")
  string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}();\nnamespace {\n")
  foreach(file IN LISTS FILES)
    file(READ "${file}" hex HEX)
    file(SIZE "${file}" size)
    cmake_path(GET file FILENAME name)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
    # Sixty-four bytes a line; every byte is escaped, so that no escape runs into the next.
    string(REPEAT "\\\\x[0-9a-f][0-9a-f]" 64 line)
    string(REGEX REPLACE "(${line})" "\\1\"\n\"" bytes "${bytes}")
    string(APPEND out "constexpr char kBytes${index}[] =\n\"${bytes}\";\n")
    string(APPEND table "    {\"${PREFIX}${name}\", {kBytes${index}, ${size}}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND out "constexpr EmbeddedFile kFiles[] = {\n${table}};\n}  // namespace\n\n")
  string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }\n}  // namespace konseki\n")
  file(WRITE "${OUTPUT}" "${out}")
  return()
endif()

set(KONSEKI_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(konseki_embed target function)
  cmake_parse_arguments(ARG "" "PREFIX" "FILES" ${ARGN})
  if(NOT ARG_FILES)
    message(FATAL_ERROR "konseki_embed(${function}): no files")
  endif()
  list(TRANSFORM ARG_FILES REPLACE "^([^/])" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
  list(SORT ARG_FILES COMPARE FILE_BASENAME)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${ARG_FILES}" -DFUNCTION=${function} "-DPREFIX=${ARG_PREFIX}"
            -DOUTPUT=${output} -P ${KONSEKI_EMBED_SCRIPT}
    DEPENDS ${ARG_FILES} ${KONSEKI_EMBED_SCRIPT}
    COMMENT "Embedding ${function}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
