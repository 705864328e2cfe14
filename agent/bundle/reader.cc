#include "agent/bundle/reader.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/frame_format.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/pax_records.h"
#include "agent/bundle/tar_walker.h"

namespace konseki {
namespace {

// A hard link may name another one only by mistake or malice.
constexpr int kMostLinks = 8;

const Bilingual kNotABundle{
    "This is not a Konseki bundle (a tar or tar.zst that begins with konseki/run.json).",
    "Konseki のバンドル(konseki/run.json で始まる tar または tar.zst)ではありません。"};

class TarBundleReader : public BundleReader {
 public:
  TarBundleReader(std::shared_ptr<ContentReader> content, std::vector<Member> members, bool sealed)
      : content_(std::move(content)),
        members_(std::move(members)),
        by_name_(members_.size()),
        sealed_(sealed) {
    std::iota(by_name_.begin(), by_name_.end(), 0u);
    // The first of two of the same name comes first: later ones never hide it.
    std::stable_sort(by_name_.begin(), by_name_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return members_[a].header.name < members_[b].header.name;
    });
    for (Member& member : members_) {
      if (member.header.type != MemberType::kHardLink) continue;
      const Member* target = link_target(member);
      if (target != nullptr) member.header.size = target->header.size;
    }
  }

  std::span<const Member> members() const override { return members_; }

  const Member* find(std::string_view name) const override {
    const auto found = lower_bound(name);
    if (found == by_name_.end() || members_[*found].header.name != name) return nullptr;
    return &members_[*found];
  }

  Result<std::unique_ptr<ByteReader>> open(const Member& member) override {
    const Member* target = link_target(member);
    if (target == nullptr) {
      return fail(ErrorCode::kCorrupt, member.header.name + ": what it links to is not here");
    }
    if (target->header.type != MemberType::kFile) {
      return fail(ErrorCode::kUnsupported, member.header.name + ": not a file");
    }
    return member_content(content_, *target);
  }

  Result<void> for_each_line(std::string_view stream,
                             const std::function<void(std::string_view)>& line) override {
    Result<void> outcome;
    for (const Member* segment : segments(stream)) {
      auto content = open(*segment);
      auto read = content ? for_each_line_of(**content, line) : fail(std::move(content).error());
      // Later segments are worth having all the same.
      if (!read && outcome) outcome = std::move(read);
    }
    return outcome;
  }

  bool sealed() const override { return sealed_; }

 private:
  std::vector<std::uint32_t>::const_iterator lower_bound(std::string_view name) const {
    return std::lower_bound(by_name_.begin(), by_name_.end(), name,
                            [this](std::uint32_t index, std::string_view wanted) {
                              return members_[index].header.name < wanted;
                            });
  }

  // The member that holds the content; null when a link leads nowhere.
  const Member* link_target(const Member& member) const {
    const Member* at = &member;
    for (int i = 0; i < kMostLinks; ++i) {
      if (at->header.type != MemberType::kHardLink) return at;
      at = find(at->header.link_target);
      if (at == nullptr) return nullptr;
    }
    return nullptr;
  }

  // konseki/<stream>.jsonl and konseki/<stream>.<number>.jsonl, by number.
  std::vector<const Member*> segments(std::string_view stream) const {
    constexpr std::string_view kSuffix = ".jsonl";
    const std::string prefix = "konseki/" + std::string(stream) + '.';
    std::vector<std::pair<std::uint64_t, const Member*>> found;
    for (auto at = lower_bound(prefix); at != by_name_.end(); ++at) {
      const Member& member = members_[*at];
      std::string_view rest = member.header.name;
      if (!rest.starts_with(prefix)) break;
      rest.remove_prefix(prefix.size());
      if (rest == kSuffix.substr(1)) {
        found.emplace_back(0, &member);
      } else if (rest.ends_with(kSuffix)) {
        rest.remove_suffix(kSuffix.size());
        if (const auto number = parse_decimal(rest)) found.emplace_back(*number, &member);
      }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const Member*> out;
    for (const auto& [number, member] : found) out.push_back(member);
    return out;
  }

  std::shared_ptr<ContentReader> content_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> by_name_;
  bool sealed_;
};

}  // namespace

Result<bool> is_bundle(ByteReader& file) {
  std::array<std::byte, 4096> head{};
  KONSEKI_ASSIGN(std::size_t got, file.read_at(0, head));
  if (Cursor(std::span(head).first(got)).u32() == kZstdMagic) {
    FrameDecoder decoder(file, 0, file.size());
    KONSEKI_ASSIGN(got, decoder.read(head));
  }
  SpanReader tar{std::span<const std::byte>(head).first(got)};
  TarWalker walker(tar);
  const auto first = walker.next();
  return first && *first && (*first)->member.header.name == kRunName;
}

Result<std::unique_ptr<BundleReader>> open_bundle(std::unique_ptr<ByteReader> file) {
  KONSEKI_ASSIGN(auto content, ContentReader::open(std::move(file), OnDamage::kFail));
  std::vector<Member> members;
  TarWalker walker(*content);
  while (true) {
    auto found = walker.next();
    if (!found) {
      if (found.error().code == ErrorCode::kIoError) return fail(std::move(found).error());
      KONSEKI_ASSIGN(const bool more, walker.resync());
      if (!more) break;
      continue;
    }
    if (!*found) break;
    if ((*found)->packed_offset + (*found)->packed_size > content->size()) break;
    if ((*found)->readable) members.push_back(std::move((*found)->member));
  }
  const bool known = std::any_of(members.begin(), members.end(), [](const Member& member) {
    return member.header.name == kRunName;
  });
  if (!known) return fail(ErrorCode::kUnsupported, "no konseki/run.json", kNotABundle);
  std::size_t last = members.size() - 1;
  if (last > 0 && members[last].header.name == kSignatureName) --last;
  const bool sealed = walker.found_end_mark() && members[last].header.name == kManifestName;
  return std::make_unique<TarBundleReader>(std::move(content), std::move(members), sealed);
}

}  // namespace konseki
