# Headers only, on the toolchain's include path.
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
