# GoogleTest for the release's target, from the sources that Debian's libgtest-dev brings.
set(from /usr/src/googletest)
add_library(konseki_gtest STATIC ${from}/googletest/src/gtest-all.cc ${from}/googlemock/src/gmock-all.cc)
target_include_directories(konseki_gtest SYSTEM PUBLIC ${from}/googletest/include ${from}/googlemock/include
                           PRIVATE ${from}/googletest ${from}/googlemock)
target_link_libraries(konseki_gtest PUBLIC Threads::Threads)
add_library(konseki_gtest_main STATIC ${from}/googletest/src/gtest_main.cc)
target_link_libraries(konseki_gtest_main PUBLIC konseki_gtest)
add_library(GTest::gtest ALIAS konseki_gtest)
add_library(GTest::gmock ALIAS konseki_gtest)
add_library(GTest::gtest_main ALIAS konseki_gtest_main)
