// The payload of age files: chunks, their order and their end; reading at any place.
#include <gtest/gtest.h>

#include <random>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/seal/age_file.h"

namespace konseki {
namespace {

using testing::age_file;
using testing::clear_text;
using testing::decrypt;
using testing::encrypt;
using testing::open_age;
using testing::test_file_key;
using testing::to_recipient;
using testing::with_identity;

class AgeStreamTest : public ::testing::Test {
 protected:
  std::string file(const std::vector<std::size_t>& lengths, bool marked_last = true) const {
    return age_file(key_, stanzas_, lengths, marked_last);
  }
  std::size_t header_size() const { return write_age_header(stanzas_, key_).size() + kAgeNonce; }
  std::string chunk(const std::string& text, std::size_t number) const {
    return text.substr(header_size() + number * kSealedChunk, kSealedChunk);
  }
  bool opens(const std::string& text) const {
    const auto plain = decrypt(text, with_identity(identity_));
    if (!plain) {
      EXPECT_EQ(plain.error().code, ErrorCode::kCorrupt) << plain.error().detail;
      EXPECT_FALSE(plain.error().advice.ja.empty());
    }
    return plain.has_value();
  }

  AgeIdentity identity_ = AgeIdentity::generate();
  FileKey key_ = test_file_key();
  std::vector<Stanza> stanzas_ = wrap_file_key(key_, to_recipient(identity_)).value();
};

TEST_F(AgeStreamTest, WriterAndReaderAgreeAtEveryBoundary) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kAgeChunk - 1, kAgeChunk, kAgeChunk + 1, 2 * kAgeChunk - 1,
        2 * kAgeChunk, 3 * kAgeChunk + 17}) {
    const std::string plain = clear_text(size);
    const std::string sealed = encrypt(plain, to_recipient(identity_));
    EXPECT_TRUE(decrypt(sealed, with_identity(identity_)).value() == plain) << size;
  }
}

TEST_F(AgeStreamTest, HowTheBytesArriveDoesNotMatter) {
  const std::string plain = clear_text(300'000);
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{1000}, kAgeChunk, kAgeChunk + 1, std::size_t{200'000}}) {
    testing::MemoryOutput output;
    const auto writer = AgeWriter::create(output, to_recipient(identity_)).value();
    for (std::size_t at = 0; at < plain.size(); at += step) {
      const auto part = std::string_view(plain).substr(at, step);
      ASSERT_TRUE(writer->write(std::as_bytes(std::span(part))).has_value());
    }
    ASSERT_TRUE(writer->finish().has_value());
    EXPECT_FALSE(writer->write({}).has_value());
    EXPECT_FALSE(writer->finish().has_value());
    EXPECT_EQ(output.bytes().size(), header_size() + 300'000 + 5 * kAeadTag);
    EXPECT_TRUE(decrypt(output.bytes(), with_identity(identity_)).value() == plain) << step;
  }
}

TEST_F(AgeStreamTest, NothingOfTheClearTextLeaves) {
  const std::string secret = "the quick brown fox jumps over the lazy dog";
  std::string plain;
  while (plain.size() < 200'000) plain += secret;
  const std::string sealed = encrypt(plain, to_recipient(identity_));
  EXPECT_EQ(sealed.find("brown"), std::string::npos);
  EXPECT_NE(encrypt(plain, to_recipient(identity_)), sealed);  // fresh keys each time
}

TEST_F(AgeStreamTest, AnErrorOfTheOutputIsPassedOn) {
  testing::MemoryOutput full(300);
  const auto writer = AgeWriter::create(full, to_recipient(identity_));
  ASSERT_TRUE(writer.has_value());
  const std::string plain = clear_text(1000);
  ASSERT_TRUE((*writer)->write(std::as_bytes(std::span(plain))).has_value());
  EXPECT_EQ((*writer)->finish().error().code, ErrorCode::kIoError);
  testing::MemoryOutput none(10);
  EXPECT_FALSE(AgeWriter::create(none, to_recipient(identity_)).has_value());
}

TEST_F(AgeStreamTest, ReadsAnywhere) {
  const std::string plain = clear_text(5 * kAgeChunk + 123);
  const auto reader = open_age(file({kAgeChunk, kAgeChunk, kAgeChunk, kAgeChunk, kAgeChunk, 123}),
                               with_identity(identity_))
                          .value();
  ASSERT_EQ(reader->size(), plain.size());
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    const std::size_t at = random() % (plain.size() + 1000);
    std::string out(random() % 200'000, '\0');
    const auto got = reader->read_at(at, std::as_writable_bytes(std::span(out)));
    ASSERT_TRUE(got.has_value());
    const std::string expected = at < plain.size() ? plain.substr(at, out.size()) : "";
    ASSERT_EQ(*got, expected.size());
    ASSERT_TRUE(out.substr(0, *got) == expected) << at;
  }
}

TEST_F(AgeStreamTest, RulesOfTheLastChunk) {
  EXPECT_TRUE(opens(file({0})));
  EXPECT_TRUE(opens(file({kAgeChunk})));
  EXPECT_TRUE(opens(file({kAgeChunk, 1})));
  EXPECT_FALSE(opens(file({})));                      // not even an empty chunk
  EXPECT_FALSE(opens(file({kAgeChunk, 0})));          // empty, though something came before
  EXPECT_FALSE(opens(file({kAgeChunk, 10}, false)));  // nobody says that it is the last
  EXPECT_FALSE(opens(file({kAgeChunk}, false)));
  EXPECT_FALSE(opens(file({0}, false)));
}

TEST_F(AgeStreamTest, EveryCutIsNoticed) {
  const std::string small = file({50});
  for (std::size_t size = header_size() - kAgeNonce; size < small.size(); ++size) {
    EXPECT_FALSE(opens(small.substr(0, size))) << size;
  }
  const std::string large = file({kAgeChunk, kAgeChunk, 500});
  for (const std::size_t size :
       {header_size() + kSealedChunk, header_size() + 2 * kSealedChunk,
        header_size() + 2 * kSealedChunk + 1, header_size() + 2 * kSealedChunk + kAeadTag,
        header_size() + kSealedChunk - 1, large.size() - 1}) {
    EXPECT_FALSE(opens(large.substr(0, size))) << size;
  }
}

TEST_F(AgeStreamTest, NothingMayFollow) {
  const std::string whole = file({kAgeChunk, 500});
  for (const std::size_t size : {std::size_t{1}, kAeadTag, std::size_t{100}, kSealedChunk}) {
    EXPECT_FALSE(opens(whole + std::string(size, 'x'))) << size;
  }
  // A second file's last chunk, or the same one again.
  EXPECT_FALSE(opens(whole + whole.substr(header_size() + kSealedChunk)));
  const std::string full = file({kAgeChunk, kAgeChunk});
  EXPECT_TRUE(opens(full));
  EXPECT_FALSE(opens(full + chunk(full, 1)));
}

TEST_F(AgeStreamTest, ChunksKeepTheirOrder) {
  const std::string whole = file({kAgeChunk, kAgeChunk, kAgeChunk, 9});
  const std::string head = whole.substr(0, header_size());
  const std::string tail = whole.substr(header_size() + 3 * kSealedChunk);
  EXPECT_TRUE(opens(head + chunk(whole, 0) + chunk(whole, 1) + chunk(whole, 2) + tail));
  EXPECT_FALSE(opens(head + chunk(whole, 1) + chunk(whole, 0) + chunk(whole, 2) + tail));
  EXPECT_FALSE(opens(head + chunk(whole, 0) + chunk(whole, 2) + tail));
  EXPECT_FALSE(
      opens(head + chunk(whole, 0) + chunk(whole, 0) + chunk(whole, 1) + chunk(whole, 2) + tail));
}

TEST_F(AgeStreamTest, EveryFlippedBitIsNoticed) {
  const std::string whole = file({40});
  for (std::size_t at = header_size() - kAgeNonce; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    EXPECT_FALSE(opens(changed)) << at;
  }
}

TEST_F(AgeStreamTest, SoundBytesBeforeDamageAreAnswered) {
  std::string text = file({kAgeChunk, kAgeChunk, 10});
  text[header_size() + kSealedChunk + 5] ^= 1;
  const auto reader = open_age(text, with_identity(identity_)).value();
  std::vector<std::byte> out(2 * kAgeChunk);
  EXPECT_EQ(reader->read_at(0, out).value(), kAgeChunk);
  EXPECT_EQ(reader->read_at(kAgeChunk, out).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(reader->read_at(2 * kAgeChunk, out).value(), 10u);
}

TEST_F(AgeStreamTest, SalvageTakesWhatIsThere) {
  const std::string whole = file({kAgeChunk, kAgeChunk, kAgeChunk, 100});
  const std::string plain = clear_text(3 * kAgeChunk + 100);
  const auto salvage = [&](const std::string& text, AgeDamage& damage) {
    const auto bytes = std::as_bytes(std::span(text));
    const auto shared = std::make_shared<AgeDamage>();
    const auto reader = AgeReader::salvage(
        std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end())),
        with_identity(identity_), shared);
    EXPECT_TRUE(reader.has_value());
    std::string out(static_cast<std::size_t>((*reader)->size()), '\0');
    EXPECT_EQ((*reader)->read_at(0, std::as_writable_bytes(std::span(out))).value(), out.size());
    damage = *shared;
    return out;
  };
  AgeDamage damage;
  EXPECT_TRUE(salvage(whole, damage) == plain);
  EXPECT_TRUE(damage.empty());
  EXPECT_TRUE(salvage(whole.substr(0, header_size() + 2 * kSealedChunk + 777), damage) ==
              plain.substr(0, 2 * kAgeChunk));
  EXPECT_TRUE(damage.bad_end);
  EXPECT_TRUE(damage.chunks.empty());
  EXPECT_TRUE(salvage(whole.substr(0, header_size() + 2 * kSealedChunk), damage) ==
              plain.substr(0, 2 * kAgeChunk));
  EXPECT_EQ(salvage(whole.substr(0, header_size() + 5), damage), "");
  EXPECT_TRUE(damage.bad_end);
  std::string hurt = whole;
  hurt[header_size() + kSealedChunk] ^= 1;
  std::string expected = plain;
  expected.replace(kAgeChunk, kAgeChunk, kAgeChunk, '\0');
  EXPECT_TRUE(salvage(hurt, damage) == expected);
  EXPECT_EQ(damage.chunks, std::set<std::uint64_t>{1});
  EXPECT_FALSE(damage.bad_end);
}

TEST_F(AgeStreamTest, TheWritersOwnKeyReadsBack) {
  testing::MemoryOutput output;
  const auto writer = AgeWriter::create(output, to_recipient(identity_)).value();
  const std::string plain = clear_text(100'000);
  ASSERT_TRUE(writer->write(std::as_bytes(std::span(plain))).has_value());
  ASSERT_TRUE(writer->finish().has_value());
  const auto bytes = std::as_bytes(std::span(output.bytes()));
  const auto copy = [&] {
    return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
  };
  const auto reader = AgeReader::open(copy(), writer->file_key());
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(read_all(**reader, 1 << 20)->size(), plain.size());
  EXPECT_EQ(AgeReader::open(copy(), FileKey()).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace konseki
