#include "agent/diff/deb_package.h"

#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

std::string part(std::string name, std::string_view content) {
  name.resize(16, ' ');
  std::string size = std::to_string(content.size());
  size.resize(10, ' ');
  std::string out = name + "0           0     0     100644  " + size + "`\n" + std::string(content);
  if (content.size() % 2 != 0) out += '\n';
  return out;
}

Result<DebPackage> read(std::string_view text) {
  SpanReader reader(std::as_bytes(std::span(text)));
  return read_deb(reader);
}

TEST(DebPackage, FindsItsData) {
  const std::string file = "!<arch>\n" + part("debian-binary", "2.0\n") +
                           part("control.tar.gz", "odd") + part("data.tar.xz", "DATA");
  EXPECT_TRUE(is_deb(std::as_bytes(std::span(file))));
  const auto package = read(file);
  ASSERT_TRUE(package);
  EXPECT_EQ(file.substr(package->data.offset, package->data.length), "DATA");
}

TEST(DebPackage, DamageIsTold) {
  const std::string file = "!<arch>\n" + part("debian-binary", "2.0\n") + part("data.tar", "DATA");
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto package = read(file.substr(0, size));
    ASSERT_FALSE(package) << size;
    EXPECT_FALSE(package.error().advice.ja.empty());
  }
  std::string larger = file;
  larger.replace(larger.find("data.tar") + 48, 10, "9999999999");
  EXPECT_FALSE(read(larger));
  larger.replace(larger.find("data.tar") + 48, 10, "-1        ");
  EXPECT_FALSE(read(larger));
  EXPECT_FALSE(read("!<arch>\n" + part("debian-binary", "2.0\n")));
}

}  // namespace
}  // namespace konseki
