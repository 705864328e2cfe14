#include <gtest/gtest.h>
#include <libscca.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "agent/base/unicode.h"
#include "collectors/windows/prefetch/prefetch_file.h"
#include "collectors/windows/prefetch/xpress_huffman.h"
#include "tests/support/corpora.h"
#include "tests/support/regf_builder.h"

namespace konseki::windows {
namespace {

std::vector<std::byte> to_bytes(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

void put_at(std::string& out, std::size_t at, std::uint64_t value, int width) {
  if (out.size() < at + width) out.resize(at + width, '\0');
  for (int i = 0; i < width; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

struct Version {
  std::uint32_t version;
  std::uint32_t metrics_offset;
  std::size_t runs_at;
  std::size_t slots;
  std::size_t count_at;
  std::size_t volume_size;
};

const Version kVersions[] = {
    {17, 0x98, 0x78, 1, 0x90, 40},  {23, 0xF0, 0x80, 1, 0x98, 104}, {26, 0x130, 0x80, 8, 0xD0, 104},
    {30, 0x130, 0x80, 8, 0xD0, 96}, {30, 0x128, 0x80, 8, 0xC8, 96}, {31, 0x128, 0x80, 8, 0xC8, 96},
};

constexpr std::uint64_t kTick = 132'223'104'000'000'000;  // 2020-01-01T00:00:00Z

std::string build(const Version& version) {
  std::string out(0x140, '\0');
  put_at(out, 0, version.version, 4);
  out.replace(4, 4, "SCCA");
  const std::string name = testing::utf16le("TEST.EXE");
  out.replace(0x10, name.size(), name);
  put_at(out, 0x4C, 0xCAFEF00D, 4);
  put_at(out, 0x54, version.metrics_offset, 4);
  for (std::size_t i = 0; i < version.slots; ++i) {
    put_at(out, version.runs_at + 8 * i, kTick - i * 10'000'000, 8);
  }
  put_at(out, version.count_at, 42, 4);
  const std::string end(2, '\0');
  const std::string strings = testing::utf16le(R"(\VOLUME{1}\A\NTDLL.DLL)") + end +
                              testing::utf16le(R"(\VOLUME{1}\A\test.exe)") + end;
  put_at(out, 0x64, out.size(), 4);
  put_at(out, 0x68, strings.size(), 4);
  out += strings;
  const std::size_t volumes = out.size();
  put_at(out, 0x6C, volumes, 4);
  put_at(out, 0x70, 2, 4);
  const std::string device = testing::utf16le(R"(\VOLUME{1})");
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t at = volumes + i * version.volume_size;
    put_at(out, at, 2 * version.volume_size, 4);
    put_at(out, at + 4, device.size() / 2, 4);
    put_at(out, at + 8, kTick - 1, 8);
    put_at(out, at + 16, 0x1234'5678 + i, 4);
  }
  out.resize(volumes + 2 * version.volume_size, '\0');
  out += device;
  put_at(out, 0x0C, out.size(), 4);
  return out;
}

// All literals with codes of eight bits: the code of a byte is the byte.
std::string compress(const std::string& plain) {
  std::string out("MAM\x04", 4);
  put_at(out, 4, plain.size(), 4);
  for (std::size_t start = 0; start < plain.size(); start += 65536) {
    std::string block = plain.substr(start, 65536);
    out += std::string(128, '\x88') + std::string(128, '\0');
    block.resize((block.size() + 1) / 2 * 2 + 4, '\0');  // the decoder's window is a word ahead
    for (std::size_t i = 0; i < block.size(); i += 2) out += {block[i + 1], block[i]};
  }
  return out;
}

void expect_sample(const PrefetchFile& prefetch, const Version& version) {
  EXPECT_EQ(prefetch.version, version.version);
  EXPECT_EQ(prefetch.executable, "TEST.EXE");
  EXPECT_EQ(prefetch.hash, 0xCAFEF00D);
  EXPECT_EQ(prefetch.run_count, 42U);
  ASSERT_EQ(prefetch.last_runs.size(), version.slots);
  EXPECT_EQ(prefetch.last_runs[0], Timestamp::from_filetime(kTick));
  ASSERT_EQ(prefetch.files.size(), 2U);
  EXPECT_EQ(executable_path(prefetch), R"(\VOLUME{1}\A\test.exe)");
  ASSERT_EQ(prefetch.volumes.size(), 2U);
  EXPECT_EQ(prefetch.volumes[1].device_path, R"(\VOLUME{1})");
  EXPECT_EQ(prefetch.volumes[1].serial, 0x1234'5679U);
  EXPECT_EQ(prefetch.volumes[0].created, Timestamp::from_filetime(kTick - 1));
  EXPECT_EQ(prefetch.damage, "");
}

TEST(Prefetch, ReadsEveryVersionPlainAndCompressed) {
  for (const Version& version : kVersions) {
    SCOPED_TRACE(version.version);
    const std::string plain = build(version);
    auto parsed = parse_prefetch(to_bytes(plain));
    ASSERT_TRUE(parsed) << parsed.error().detail;
    expect_sample(*parsed, version);
    auto expanded = parse_prefetch(to_bytes(compress(plain)));
    ASSERT_TRUE(expanded) << expanded.error().detail;
    expect_sample(*expanded, version);
  }
}

TEST(Prefetch, TellsWhatIsMissingFromACutFile) {
  const std::string whole = build(kVersions[3]);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto parsed = parse_prefetch(to_bytes(whole.substr(0, size)));
    if (parsed) {
      EXPECT_NE(parsed->damage, "") << size;
    }
  }
}

TEST(Prefetch, RefusesOtherFormats) {
  EXPECT_EQ(parse_prefetch(to_bytes("")).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(parse_prefetch(to_bytes(std::string(500, 'x'))).error().code, ErrorCode::kCorrupt);
  std::string unknown = build(kVersions[0]);
  unknown[0] = 99;
  EXPECT_EQ(parse_prefetch(to_bytes(unknown)).error().code, ErrorCode::kUnsupported);
  std::string bomb("MAM\x04\xFF\xFF\xFF\x7F", 8);
  EXPECT_EQ(parse_prefetch(to_bytes(bomb)).error().code, ErrorCode::kLimitExceeded);
}

TEST(XpressHuffman, ExpandsMatchesThatOverlapThemselves) {
  // Two codes of one bit: 'a', and a match at distance 1 with a long length.
  std::string input(256, '\0');
  input['a' / 2] = '\x10';                          // 97: the high half
  input[271 / 2] = '\x10';                          // 256 + 15
  input += std::string("\x00\x40\x00\x00\x0A", 5);  // bits 0, 1; length 15 + 10 + 3
  auto out = xpress_huffman_expand(to_bytes(input), 29);
  ASSERT_TRUE(out) << out.error().detail;
  EXPECT_EQ(*out, to_bytes(std::string(29, 'a')));
}

TEST(XpressHuffman, RefusesDamage) {
  EXPECT_FALSE(xpress_huffman_expand({}, 1));
  EXPECT_FALSE(xpress_huffman_expand(to_bytes(std::string(300, '\0')), 1));    // no codes
  EXPECT_FALSE(xpress_huffman_expand(to_bytes(std::string(300, '\x11')), 1));  // too many codes
  std::string before(256, '\0');
  before['a' / 2] = '\x10';
  before[271 / 2] = '\x10';
  before += std::string("\x00\x80\x00\x00\x0A", 5);  // a match first
  EXPECT_FALSE(xpress_huffman_expand(to_bytes(before), 29));
  EXPECT_FALSE(xpress_huffman_expand(to_bytes(compress("abc").substr(8, 260)), 100));
}

std::string utf8_name(libscca_file_t* file) {
  std::size_t size = 0;
  libscca_file_get_utf8_executable_filename_size(file, &size, nullptr);
  std::string name(size, '\0');
  libscca_file_get_utf8_executable_filename(file, reinterpret_cast<std::uint8_t*>(name.data()),
                                            size, nullptr);
  return name.c_str();
}

TEST(Prefetch, AgreesWithLibscca) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  std::size_t parsed_files = 0;
  std::size_t compared = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(corpora + "/windows-artifacts")) {
    if (entry.path().extension() != ".pf") continue;
    SCOPED_TRACE(entry.path().string());
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    auto ours = parse_prefetch(to_bytes(bytes));
    ASSERT_TRUE(ours) << ours.error().detail;
    EXPECT_EQ(ours->damage, "");
    ++parsed_files;
    libscca_file_t* file = nullptr;
    ASSERT_EQ(libscca_file_initialize(&file, nullptr), 1);
    if (libscca_file_open(file, entry.path().c_str(), LIBSCCA_OPEN_READ, nullptr) == 1) {
      std::uint32_t number = 0;
      EXPECT_EQ(utf8_name(file), ours->executable);
      libscca_file_get_prefetch_hash(file, &number, nullptr);
      EXPECT_EQ(number, ours->hash);
      libscca_file_get_run_count(file, &number, nullptr);
      EXPECT_EQ(number, ours->run_count);
      std::uint64_t ticks = 0;
      libscca_file_get_last_run_time(file, 0, &ticks, nullptr);
      EXPECT_EQ(Timestamp::from_filetime(ticks), ours->last_runs.at(0));
      int count = 0;
      libscca_file_get_number_of_filenames(file, &count, nullptr);
      EXPECT_EQ(static_cast<std::size_t>(count), ours->files.size());
      libscca_file_get_number_of_volumes(file, &count, nullptr);
      EXPECT_EQ(static_cast<std::size_t>(count), ours->volumes.size());
      ++compared;
    }
    libscca_file_free(&file, nullptr);
  }
  EXPECT_GE(parsed_files, 31U);
  EXPECT_GE(compared, 31U);
}

}  // namespace
}  // namespace konseki::windows
