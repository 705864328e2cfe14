# konseki_embed(TARGET FUNCTION [PREFIX text] [RELATIVE folder] FILES files...): compiles files into
# TARGET. The generated source defines
#   std::span<const EmbeddedFile> konseki::FUNCTION();      (agent/base/embedded_files.h)
# a table sorted by name; a name is PREFIX and the file's own name, or with RELATIVE its path below
# that folder. Any bytes may be embedded; no files at all is an empty table. They are packed, and each
# half byte is written as another one.
# The same file, run as a script, writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(names "")
  foreach(file IN LISTS FILES)
    file(SIZE "${file}" size)
    if(RELATIVE)
      cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${RELATIVE}" OUTPUT_VARIABLE name)
    else()
      cmake_path(GET file FILENAME name)
    endif()
    string(APPEND names "    {\"${PREFIX}${name}\", ${size}},\n")
  endforeach()
  set(out "#include \"agent/base/embedded_files.h\"\n\nnamespace konseki {\n")
  string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}();\n")
  if(NOT FILES)
    string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}() { return {}; }\n}  // namespace konseki\n")
    file(WRITE "${OUTPUT}" "${out}")
    return()
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${FILES} OUTPUT_FILE "${OUTPUT}.content"
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND zstd -19 -q -f "${OUTPUT}.content" -o "${OUTPUT}.packed"
                  COMMAND_ERROR_IS_FATAL ANY)
  file(READ "${OUTPUT}.packed" hex HEX)
  file(SIZE "${OUTPUT}.packed" size)
  set(digits 0 1 2 3 4 5 6 7 8 9 a b c d e f)
  set(between g h i j k l m n o p q r s t u v)
  set(hidden b 7 d 0 f 5 2 c 8 a 1 4 e 3 9 6)  # kHidden of agent/base/embedded_files.cc
  foreach(from to IN ZIP_LISTS digits between)
    string(REPLACE ${from} ${to} hex "${hex}")
  endforeach()
  foreach(from to IN ZIP_LISTS between hidden)
    string(REPLACE ${from} ${to} hex "${hex}")
  endforeach()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  # Sixty-four bytes a line; every byte is escaped, so that no escape runs into the next.
  string(REPEAT "\\\\x[0-9a-f][0-9a-f]" 64 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n\"" bytes "${bytes}")
  string(APPEND out "namespace {\nconstexpr char kPacked[] =\n\"${bytes}\";\n")
  string(APPEND out "constexpr EmbeddedFiles::Name kNames[] = {\n${names}};\n}  // namespace\n\n")
  string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}() {\n")
  string(APPEND out "  static const EmbeddedFiles kFiles({kPacked, ${size}}, kNames);\n")
  string(APPEND out "  return kFiles.view();\n}\n}  // namespace konseki\n")
  file(WRITE "${OUTPUT}" "${out}")
  return()
endif()

set(KONSEKI_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(konseki_embed target function)
  cmake_parse_arguments(ARG "" "PREFIX;RELATIVE" "FILES" ${ARGN})
  list(TRANSFORM ARG_FILES REPLACE "^([^/])" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
  if(ARG_RELATIVE)
    list(SORT ARG_FILES)
  else()
    list(SORT ARG_FILES COMPARE FILE_BASENAME)
  endif()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${ARG_FILES}" -DFUNCTION=${function} "-DPREFIX=${ARG_PREFIX}"
            "-DRELATIVE=${ARG_RELATIVE}" -DOUTPUT=${output} -P ${KONSEKI_EMBED_SCRIPT}
    DEPENDS ${ARG_FILES} ${KONSEKI_EMBED_SCRIPT}
    COMMENT "Embedding ${function}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
