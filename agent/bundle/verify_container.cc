#include "agent/bundle/verify_container.h"

#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/bundle/frame_format.h"

namespace konseki {
namespace {

// "a, b, c and 12 more": the members that a stretch of the tar holds.
Bilingual members_within(const std::vector<VerifiedMember>& members, std::uint64_t start,
                         std::uint64_t end) {
  constexpr std::size_t kNamed = 3;
  auto at = std::partition_point(members.begin(), members.end(),
                                 [&](const VerifiedMember& member) { return member.end <= start; });
  std::string names;
  std::size_t count = 0;
  for (; at != members.end() && at->start < end; ++at) {
    if (++count <= kNamed) names += (count > 1 ? ", " : "") + at->name;
  }
  if (count == 0) return {"no member that could be read", "読み取れたメンバーなし"};
  if (count <= kNamed) return {names, names};
  const std::string more = std::to_string(count - kNamed);
  return {names + " and " + more + " more", names + " ほか " + more + " 件"};
}

}  // namespace

Result<void> verify_container(ContentReader& content, const std::vector<VerifiedMember>& members,
                              VerifyReport& report) {
  const FrameIndex& index = content.index();
  const auto add_frame = [&](std::size_t number, const Bilingual& what) {
    const Frame& frame = index.frames[number];
    const Bilingual held =
        members_within(members, frame.content_offset, frame.content_offset + frame.content_size);
    const std::string at = std::to_string(frame.offset);
    report.add("(frame " + std::to_string(number) + ")",
               {"at offset " + at + ": " + what.en + "; it holds: " + held.en,
                "オフセット " + at + ": " + what.ja + "。格納内容: " + held.ja});
  };
  if (!index.damage.empty()) {
    report.add("(frames)", {"the file is damaged at " + index.damage,
                            "ファイルが破損しています(" + index.damage + ")"});
  }
  std::vector<bool> told(index.frames.size());
  for (const FrameDamage& damage : content.damage()) {
    told[damage.frame] = true;
    add_frame(damage.frame,
              {"damaged (" + damage.what + ")", "破損しています(" + damage.what + ")"});
  }
  std::vector<std::uint64_t> digests;
  std::vector<std::uint32_t> checksums;
  for (std::size_t i = 0; i < index.frames.size(); ++i) {
    const ContentReader::Seen& seen = content.seen()[i];
    const Frame& frame = index.frames[i];
    digests.push_back(seen.digest);
    checksums.push_back(seen.checksum);
    if (told[i]) continue;
    if (!seen.loaded || !frame.whole || frame.content_size > kFrameContent) {
      add_frame(i,
                {"not a whole frame of at most 4 MiB", "4 MiB 以下の完全なフレームではありません"});
    } else if (!index.digests.empty() && seen.digest != index.digests[i]) {
      add_frame(i, {"its bytes, or their digest, were changed",
                    "フレームまたはそのダイジェストが変更されています"});
    }
  }
  const std::string expected = frame_tables(index.frames, digests, checksums);
  std::vector<std::byte> tail(expected.size() + 1);
  KONSEKI_ASSIGN(const std::size_t got, content.file().read_at(index.end, tail));
  if (as_text(std::span(tail).first(got)) != expected) {
    report.add("(tables)", {"the tables behind the last frame are missing or changed",
                            "末尾の索引(フレーム表)が欠落しているか、変更されています"});
  }
  return {};
}

}  // namespace konseki
