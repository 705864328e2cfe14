# konseki_collector(os/name [LINK libraries...]): registers collectors/os/name.
# The folder holds the parser, the collector with its factory
#   std::unique_ptr<Collector> make_<os>_<name>();
# its schema and a README. Golden cases lie in tests/golden/<os>.<name>/ and are found by the test
# `golden`; `fuzz_smoke` mutates them. With KONSEKI_FUZZ a libFuzzer target fuzz_<os>_<name> comes
# by itself; it offers its input under the paths of the folder's fuzz_paths.txt, or where there is
# none under those of the golden cases.
set_property(GLOBAL PROPERTY KONSEKI_COLLECTORS "")

function(konseki_collector path)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  string(REPLACE "/" "_" id ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${path}/*.cc)
  add_library(konseki_collector_${id} STATIC ${sources})
  target_link_libraries(konseki_collector_${id} PUBLIC konseki_artifact konseki_base ${ARG_LINK})
  konseki_precompile(konseki_collector_${id})
  set_property(GLOBAL APPEND PROPERTY KONSEKI_COLLECTORS ${id})
  if(KONSEKI_TESTS AND KONSEKI_FUZZ)
    konseki_collector_fuzz_target(${path} ${id})
  endif()
endfunction()

function(konseki_collector_fuzz_target path id)
  add_executable(fuzz_${id} ${PROJECT_SOURCE_DIR}/tests/fuzz/collector_fuzz.cc)
  target_link_libraries(fuzz_${id} PRIVATE konseki_collector_${id} konseki_test_support)
  target_compile_definitions(fuzz_${id} PRIVATE
    KONSEKI_FUZZ_FACTORY=make_${id}
    KONSEKI_FUZZ_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}/${path}"
    KONSEKI_GOLDEN="${PROJECT_SOURCE_DIR}/tests/golden")
  target_link_options(fuzz_${id} PRIVATE -fsanitize=fuzzer)
endfunction()

# Generates make_all_collectors() from the list above, in its order.
function(konseki_generate_collector_list)
  get_property(ids GLOBAL PROPERTY KONSEKI_COLLECTORS)
  set(declarations "")
  set(calls "")
  set(libraries "")
  foreach(id IN LISTS ids)
    string(APPEND declarations "std::unique_ptr<Collector> make_${id}();\n")
    string(APPEND calls "  collectors.push_back(make_${id}());\n")
    list(APPEND libraries konseki_collector_${id})
  endforeach()
  configure_file(${PROJECT_SOURCE_DIR}/installer/cmake/collector_list.cc.in
                 ${CMAKE_CURRENT_BINARY_DIR}/collector_list.cc @ONLY)
  add_library(konseki_collectors STATIC ${CMAKE_CURRENT_BINARY_DIR}/collector_list.cc)
  target_link_libraries(konseki_collectors PUBLIC konseki_flags ${libraries})
endfunction()
