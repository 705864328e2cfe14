#include "agent/match/indicators/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>

#include "agent/base/digest.h"
#include "agent/match/indicators/info_text.h"
#include "agent/match/indicators/packed.h"

namespace konseki {
namespace {

using index_format::Header;
using index_format::Section;

tl::unexpected<Error> damaged(const std::string& name, std::string_view what) {
  return fail(
      ErrorCode::kCorrupt, fmt::format("{}: {}", name, what),
      {"The file of compiled indicators is damaged. Copy or compile it again.",
       "変換済みインジケータのファイルが壊れています。再コピーするか、変換し直してください。"});
}

// Everything but the digest itself, which counts as zeros.
Sha256 digest_of(std::span<const std::byte> bytes) {
  constexpr std::size_t kAt = offsetof(Header, digest);
  constexpr std::array<std::byte, sizeof(Header::digest)> kZeros{};
  Sha256Pass pass;
  pass.update(bytes.first(kAt));
  pass.update(kZeros);
  pass.update(bytes.subspan(kAt + kZeros.size()));
  return pass.finish();
}

std::vector<std::string> get_texts(PackedReader& in) {
  std::vector<std::string> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) out.emplace_back(in.text());
  return out;
}

template <class T>
std::span<const T> table(std::span<const std::byte> bytes, const Header& header, Section which) {
  const auto& entry = header.table[static_cast<std::size_t>(which)];
  return {reinterpret_cast<const T*>(bytes.data() + entry.offset),
          static_cast<std::size_t>(entry.size / sizeof(T))};
}

}  // namespace

bool is_indicator_index(std::span<const std::byte> begin) {
  const std::string_view text(reinterpret_cast<const char*>(begin.data()), begin.size());
  return text.starts_with(index_format::kMagic);
}

Result<std::shared_ptr<const IndicatorIndex>> IndicatorIndex::open(const std::string& path) {
  const std::shared_ptr<IndicatorIndex> index(new IndicatorIndex());
  index->name_ = path;
  KONSEKI_ASSIGN(index->file_, MappedFile::open(path));
  KONSEKI_TRY(index->attach(index->file_->bytes()));
  return index;
}

Result<std::shared_ptr<const IndicatorIndex>> IndicatorIndex::from_bytes(
    std::vector<std::byte> bytes, const std::string& name) {
  const std::shared_ptr<IndicatorIndex> index(new IndicatorIndex());
  index->name_ = name;
  index->own_bytes_ = std::move(bytes);
  KONSEKI_TRY(index->attach(index->own_bytes_));
  return index;
}

Result<void> IndicatorIndex::attach(std::span<const std::byte> bytes) {
  if (!is_indicator_index(bytes)) {
    return fail(ErrorCode::kInvalidArgument, name_,
                {"This is no file of compiled indicators.",
                 "変換済みインジケータのファイルではありません。"});
  }
  if (bytes.size() < sizeof(Header)) return damaged(name_, "shorter than its header");
  std::memcpy(&header_, bytes.data(), sizeof(header_));
  if (header_.version != index_format::kVersion) {
    return fail(ErrorCode::kUnsupported, fmt::format("{}: version {}", name_, header_.version),
                {"Another version of Konseki compiled these indicators. Compile them again.",
                 "別の版の Konseki で変換されたファイルです。変換し直してください。"});
  }
  if (header_.file_size != bytes.size()) return damaged(name_, "not as long as it says");
  if (header_.sections != index_format::kSections) return damaged(name_, "count of sections");
  for (const auto& entry : header_.table) {
    if (entry.offset % 8 != 0 || entry.offset < sizeof(Header) || entry.offset > bytes.size() ||
        entry.size > bytes.size() - entry.offset) {
      return damaged(name_, "a section lies outside");
    }
  }
  const Sha256 digest = digest_of(bytes);
  if (std::memcmp(digest.data(), header_.digest.data(), digest.size()) != 0) {
    return damaged(name_, "its digest differs");
  }
  bytes_ = bytes;
  keys_ = table<std::uint64_t>(bytes, header_, Section::kKeys);
  values_ = table<index_format::Value>(bytes, header_, Section::kValues);
  buckets_ = table<std::uint32_t>(bytes, header_, Section::kBuckets);
  filter_ = table<std::uint8_t>(bytes, header_, Section::kFilter);
  owners_ = table<std::uint32_t>(bytes, header_, Section::kOwners);
  info_offsets_ = table<std::uint32_t>(bytes, header_, Section::kInfoOffsets);
  if (keys_.size() != values_.size() || keys_.size() >= UINT32_MAX || info_offsets_.empty()) {
    return damaged(name_, "its tables do not fit together");
  }
  if (filter_.size() < 64 || !std::has_single_bit(filter_.size())) {
    return damaged(name_, "size of the filter");
  }
  const std::size_t buckets = buckets_.size() - 1;
  if (buckets_.size() < 3 || !std::has_single_bit(buckets)) {
    return damaged(name_, "count of buckets");
  }
  bucket_shift_ = 64 - std::countr_zero(buckets);
  return read_summary();
}

Result<void> IndicatorIndex::read_summary() {
  const std::string text = section(Section::kSummary);
  PackedReader in(text);
  for (std::uint64_t* count : {&summary_.indicators, &summary_.superseded, &summary_.patterns,
                               &summary_.rules, &summary_.refused, &summary_.warninglists}) {
    *count = in.number();
  }
  for (std::size_t left = in.count(); left > 0; --left) {
    const std::uint64_t type = in.number();
    if (type > static_cast<std::uint64_t>(AtomType::kCertificate)) {
      return damaged(name_, "a kind of indicator that does not exist");
    }
    summary_.atoms[static_cast<AtomType>(type)] = in.number();
  }
  for (auto* lengths : {&prefixes_v4_, &prefixes_v6_}) {
    const std::uint64_t most = lengths == &prefixes_v4_ ? 32 : 128;
    for (std::size_t left = in.count(); left > 0; --left) {
      const std::uint64_t length = in.number();
      if (length > most) return damaged(name_, "length of a prefix");
      lengths->push_back(static_cast<std::uint8_t>(length));
    }
    if (lengths->size() > most + 1) return damaged(name_, "lengths of prefixes");
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its summary");
  return {};
}

bool IndicatorIndex::may_hold(std::uint64_t hash) const {
  const auto bits = index_format::filter_bits(hash, filter_.size() / 64);
  const std::uint8_t* const block = filter_.data() + bits.block * 64;
  return (block[bits.first / 8] >> (bits.first % 8) & 1) != 0 &&
         (block[bits.second / 8] >> (bits.second % 8) & 1) != 0;
}

std::uint32_t IndicatorIndex::first_of(std::uint64_t hash) const {
  const auto bucket = static_cast<std::size_t>(hash >> bucket_shift_);
  const std::uint32_t count = static_cast<std::uint32_t>(keys_.size());
  const std::uint32_t end = std::min(buckets_[bucket + 1], count);
  const std::uint32_t begin = std::min(buckets_[bucket], end);
  const auto found = std::lower_bound(keys_.begin() + begin, keys_.begin() + end, hash);
  return static_cast<std::uint32_t>(found - keys_.begin());
}

std::string IndicatorIndex::unmasked(Section which, std::uint64_t offset,
                                     std::uint64_t size) const {
  const auto& entry = header_.table[static_cast<std::size_t>(which)];
  if (offset > entry.size || size > entry.size - offset) return {};
  const std::uint64_t at = entry.offset + offset;
  std::string out(reinterpret_cast<const char*>(bytes_.data()) + at,
                  static_cast<std::size_t>(size));
  index_format::mask(at, out);
  return out;
}

std::string IndicatorIndex::section(Section which) const {
  return unmasked(which, 0, header_.table[static_cast<std::size_t>(which)].size);
}

std::string IndicatorIndex::pooled(std::uint32_t place) const {
  constexpr std::uint64_t kMostLength = 10;  // of the packed size in front
  const std::uint64_t pool = header_.table[static_cast<std::size_t>(Section::kPool)].size;
  if (place == 0 || place >= pool) return {};
  const std::string front =
      unmasked(Section::kPool, place, std::min<std::uint64_t>(kMostLength, pool - place));
  PackedReader in(front);
  const std::uint64_t size = in.number();
  std::uint64_t length = 1;
  for (std::uint64_t rest = size; rest >= 0x80; rest >>= 7) ++length;
  return unmasked(Section::kPool, place + length, size);
}

std::string IndicatorIndex::payload(std::uint32_t value) const {
  return unmasked(Section::kPool, values_[value].payload, values_[value].size);
}

std::vector<std::uint32_t> IndicatorIndex::owners(std::uint32_t value) const {
  const std::uint32_t at = values_[value].owners;
  if ((at & index_format::kOneOwner) != 0) return {at & ~index_format::kOneOwner};
  if (at >= owners_.size() || owners_[at] > owners_.size() - at - 1) return {};
  const auto list = owners_.subspan(at + 1, owners_[at]);
  return {list.begin(), list.end()};
}

Result<IndicatorInfo> IndicatorIndex::info(std::uint32_t number) const {
  if (number >= info_offsets_.size() - 1 || info_offsets_[number] > info_offsets_[number + 1]) {
    return damaged(name_, "number of an indicator");
  }
  const std::string packed = unmasked(Section::kInfos, info_offsets_[number],
                                      info_offsets_[number + 1] - info_offsets_[number]);
  auto info = unpack_info(packed, [&](std::uint32_t place) { return pooled(place); });
  if (!info) return damaged(name_, info.error().detail);
  return *std::move(info);
}

Result<std::vector<StoredExpression>> IndicatorIndex::expressions() const {
  const std::string text = section(Section::kExpressions);
  PackedReader in(text);
  std::vector<StoredExpression> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    StoredExpression& each = out.emplace_back();
    each.type = in.number() == static_cast<std::uint64_t>(AtomType::kCommandLine)
                    ? AtomType::kCommandLine
                    : AtomType::kPathRegex;
    each.text = in.text();
    each.excluded = in.text();
    each.owner = in.small();
    each.literals = get_texts(in);
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its expressions");
  return out;
}

Result<std::vector<StoredPattern>> IndicatorIndex::patterns() const {
  const std::string text = section(Section::kPatterns);
  PackedReader in(text);
  std::vector<StoredPattern> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    StoredPattern& each = out.emplace_back();
    each.text = in.text();
    each.version = in.number() == 20 ? stix::Version::k20 : stix::Version::k21;
    each.owner = in.small();
    for (std::size_t tests = in.count(); tests > 0 && in.ok(); --tests) {
      PatternTest& test = each.tests.emplace_back();
      test.types = get_texts(in);
      test.literals = get_texts(in);
    }
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its patterns");
  return out;
}

Result<std::vector<StoredRule>> IndicatorIndex::rules() const {
  const std::string text = section(Section::kRules);
  PackedReader in(text);
  std::vector<StoredRule> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    StoredRule& each = out.emplace_back();
    each.text = in.text();
    each.owner = in.small();
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its rules");
  return out;
}

Result<std::vector<InputProblem>> IndicatorIndex::refused() const {
  const std::string text = section(Section::kRefused);
  PackedReader in(text);
  std::vector<InputProblem> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    InputProblem& each = out.emplace_back();
    if (const auto owner = info(in.small())) {
      each.file = owner->file;
      each.id = owner->id;
      each.name = owner->name;
    }
    each.detail = in.text();
    each.reason.en = in.text();
    each.reason.ja = in.text();
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its list of refused indicators");
  return out;
}

Result<std::vector<Warninglist>> IndicatorIndex::warninglists() const {
  const std::string text = section(Section::kWarninglists);
  PackedReader in(text);
  std::vector<Warninglist> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    Warninglist& each = out.emplace_back();
    each.name = in.text();
    each.file = in.text();
    const std::uint64_t type = in.number();
    if (type > static_cast<std::uint64_t>(WarninglistType::kRegex)) {
      return damaged(name_, "a kind of warninglist that does not exist");
    }
    each.type = static_cast<WarninglistType>(type);
    each.matching_attributes = get_texts(in);
    each.values = get_texts(in);
  }
  if (!in.ok() || !in.at_end()) return damaged(name_, "its warninglists");
  return out;
}

}  // namespace konseki
