#include "tests/images/exercise_image.h"

#include <algorithm>
#include <random>

#include "agent/base/memory_reader.h"

namespace konseki::testing {
namespace {

constexpr std::uint64_t kMaxEntries = 20'000;
constexpr std::uint64_t kMaxRead = 256 * 1024;

void read_some(FileSystem& file_system, const Entry& entry, std::string_view stream,
               Exercised& done) {
  auto reader = file_system.open(entry, stream);
  if (!reader) return;
  std::vector<std::byte> buffer(64 * 1024);
  const std::uint64_t size = (*reader)->size();
  ByteRange range = (*reader)->next_data(0);
  for (int i = 0; i < 8 && range.length > 0; ++i) range = (*reader)->next_data(range.end());
  for (const std::uint64_t start : {std::uint64_t{0}, size / 2, size > 100 ? size - 100 : 0}) {
    for (std::uint64_t at = start; at < size && at - start < kMaxRead;) {
      auto count = (*reader)->read_at(at, buffer);
      if (!count || *count == 0) break;
      at += *count;
      done.bytes += *count;
    }
  }
}

}  // namespace

Exercised exercise_image(std::span<const std::byte> image) {
  Exercised done;
  const FileOpener open = [&](const std::string& path) -> Result<std::unique_ptr<ByteReader>> {
    if (path != "image") return fail(ErrorCode::kNotFound, path);
    return std::make_unique<SpanReader>(image);
  };
  SpanReader head(image);
  (void)looks_like_image(head, "image");
  auto source = open_image_source("image", open);
  if (!source) return done;
  done.opened = true;
  for (const auto& file_system : (*source)->file_systems()) {
    WalkOptions options;
    options.include_deleted = true;
    std::vector<Entry> kept;
    std::uint64_t entries = 0;
    (void)file_system->walk(options, [&](const Entry& entry) {
      ++entries;
      if (kept.size() < 200 || entries % 64 == 0) kept.push_back(entry);
      return entries < kMaxEntries && kept.size() < 400 ? WalkAction::kContinue : WalkAction::kStop;
    });
    done.entries += entries;
    for (const Entry& entry : kept) {
      read_some(*file_system, entry, {}, done);
      for (const StreamInfo& stream : entry.streams) {
        read_some(*file_system, entry, stream.name, done);
      }
      (void)file_system->stat(entry.path);
      if (entry.type == FileType::kDirectory) {
        (void)file_system->list(entry.path, [](const Entry&) { return WalkAction::kContinue; });
      }
    }
  }
  return done;
}

std::vector<std::byte> mutate(std::span<const std::byte> image, std::uint32_t seed) {
  std::vector<std::byte> bytes(image.begin(), image.end());
  std::mt19937 random(seed);
  // Non-zero sectors are where structures are; among them the first ones matter most.
  std::vector<std::size_t> sectors;
  for (std::size_t at = 0; at + 512 <= bytes.size(); at += 512) {
    if (std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(at + 64),
                    [](std::byte b) { return b != std::byte{0}; })) {
      sectors.push_back(at);
    }
  }
  if (sectors.empty()) return bytes;
  const unsigned changes = 1 + random() % 24;
  for (unsigned i = 0; i < changes; ++i) {
    const std::size_t among =
        random() % 2 == 0 ? std::min<std::size_t>(sectors.size(), 64) : sectors.size();
    const std::size_t at = sectors[random() % among] + random() % 512;
    static constexpr unsigned kTelling[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    const unsigned value = random() % 3 == 0 ? random() & 0xff : kTelling[random() % 5];
    const unsigned width = 1u << random() % 4;
    for (unsigned w = 0; w < width && at + w < bytes.size(); ++w) {
      bytes[at + w] = static_cast<std::byte>(value);
    }
  }
  if (random() % 8 == 0) bytes.resize(1 + random() % bytes.size());
  return bytes;
}

}  // namespace konseki::testing
