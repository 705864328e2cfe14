# konseki_collector(os/name [LINK libraries...]): registers collectors/os/name.
# The folder holds the parser, the collector with its factory
#   std::unique_ptr<Collector> make_<os>_<name>();
# its schema and a README. Golden cases lie in tests/golden/<os>.<name>/, a fuzz target
# fuzz_<os>_<name> comes by itself.
set_property(GLOBAL PROPERTY KONSEKI_COLLECTORS "")

function(konseki_collector path)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  string(REPLACE "/" "_" id ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${path}/*.cc)
  add_library(konseki_collector_${id} STATIC ${sources})
  target_link_libraries(konseki_collector_${id} PUBLIC konseki_artifact konseki_base ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY KONSEKI_COLLECTORS ${id})
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
