#include <gtest/gtest.h>

#include <string>

#include "collectors/windows/srum/srum_names.h"

namespace konseki::windows {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(SrumNames, WritesSids) {
  const std::string local_service("\x01\x01\0\0\0\0\0\x05\x13\0\0\0", 12);
  EXPECT_EQ(sid_text(bytes_of(local_service)), "S-1-5-19");
  EXPECT_EQ(sid_text(bytes_of(local_service.substr(0, 11))), "");
  EXPECT_EQ(sid_text({}), "");
}

}  // namespace
}  // namespace konseki::windows
