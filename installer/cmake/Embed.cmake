# konseki_embed(TARGET FUNCTION [PREFIX text] [RELATIVE folder] [HIDDEN] FILES files...): compiles
# files into TARGET.
# The generated source defines
#   std::span<const EmbeddedFile> konseki::FUNCTION();      (agent/base/embedded_file.h)
# a table sorted by name; a name is PREFIX and the file's own name, or with RELATIVE its path below
# that folder. Any bytes may be embedded. HIDDEN writes each half byte as another one
# (agent/base/hidden_text.h turns it back), so that a scanner does not take rules for what they
# describe; then no files at all is an empty table.
# The same file, run as a script, writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(table "")
  set(index 0)
  set(out "#include \"agent/base/embedded_file.h\"\n\nnamespace konseki {\n")
  string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}();\nnamespace {\n")
  foreach(file IN LISTS FILES)
    file(READ "${file}" hex HEX)
    file(SIZE "${file}" size)
    if(RELATIVE)
      cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${RELATIVE}" OUTPUT_VARIABLE name)
    else()
      cmake_path(GET file FILENAME name)
    endif()
    if(HIDDEN)
      set(digits 0 1 2 3 4 5 6 7 8 9 a b c d e f)
      set(between g h i j k l m n o p q r s t u v)
      set(hidden b 7 d 0 f 5 2 c 8 a 1 4 e 3 9 6)  # kHidden of agent/base/hidden_text.cc
      foreach(from to IN ZIP_LISTS digits between)
        string(REPLACE ${from} ${to} hex "${hex}")
      endforeach()
      foreach(from to IN ZIP_LISTS between hidden)
        string(REPLACE ${from} ${to} hex "${hex}")
      endforeach()
    endif()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
    # Sixty-four bytes a line; every byte is escaped, so that no escape runs into the next.
    string(REPEAT "\\\\x[0-9a-f][0-9a-f]" 64 line)
    string(REGEX REPLACE "(${line})" "\\1\"\n\"" bytes "${bytes}")
    string(APPEND out "constexpr char kBytes${index}[] =\n\"${bytes}\";\n")
    string(APPEND table "    {\"${PREFIX}${name}\", {kBytes${index}, ${size}}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  if(table)
    string(APPEND out "constexpr EmbeddedFile kFiles[] = {\n${table}};\n}  // namespace\n\n")
    string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }\n")
  else()
    string(APPEND out "}  // namespace\n\n")
    string(APPEND out "std::span<const EmbeddedFile> ${FUNCTION}() { return {}; }\n")
  endif()
  string(APPEND out "}  // namespace konseki\n")
  file(WRITE "${OUTPUT}" "${out}")
  return()
endif()

set(KONSEKI_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(konseki_embed target function)
  cmake_parse_arguments(ARG "HIDDEN" "PREFIX;RELATIVE" "FILES" ${ARGN})
  if(NOT ARG_FILES AND NOT ARG_HIDDEN)
    message(FATAL_ERROR "konseki_embed(${function}): no files")
  endif()
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
            "-DRELATIVE=${ARG_RELATIVE}" -DHIDDEN=${ARG_HIDDEN} -DOUTPUT=${output} -P ${KONSEKI_EMBED_SCRIPT}
    DEPENDS ${ARG_FILES} ${KONSEKI_EMBED_SCRIPT}
    COMMENT "Embedding ${function}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
