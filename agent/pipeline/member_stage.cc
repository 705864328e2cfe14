#include "agent/pipeline/member_stage.h"

#include <iterator>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/match/file_kind.h"
#include "agent/pipeline/match_stage.h"
#include "agent/pipeline/own_output.h"

namespace konseki {
namespace {

PathSpec address_of(const PathSpec& container, const std::vector<std::string>& names) {
  PathSpec address = container;
  address.members.insert(address.members.end(), names.begin(), names.end());
  return address;
}

void see_member(MatchStage& matches, const MatchFile& file, const ContainerMember& member) {
  Entry entry;
  entry.path = member.names.back();
  entry.type = FileType::kRegular;
  entry.size = member.content.size();
  entry.mode = file.item.entry.mode;
  entry.uid = file.item.entry.uid;
  entry.gid = file.item.entry.gid;
  entry.owner = file.item.entry.owner;
  entry.times.modified = member.modified;
  DigestPass pass;
  pass.update(member.content);
  const Digests digests = pass.finish();
  PathSpec address = address_of(file.address, member.names);
  const std::string path = subject_path(address);
  const FileItem item{entry, file.item.volume, path, {}, file.item.artifacts};
  MatchFile seen{item, std::move(address), &digests, {}, {}, entry.size, member.content};
  SpanReader content(member.content);
  matches.see_member(seen, content);
}

// The member is what a bundle of ours begins with; says so of the container that holds it.
bool is_own_bundle(MatchStage& matches, const MatchFile& file, const ContainerMember& member,
                   bool opened) {
  if (member.raw_name != kBundleRunName) return false;
  const std::vector<std::string> outer(member.names.begin(), std::prev(member.names.end()));
  auto note =
      bundle_note({reinterpret_cast<const char*>(member.content.data()), member.content.size()},
                  address_of(file.address, outer), opened);
  if (!note) return false;
  matches.emit(*std::move(note));
  return true;
}

}  // namespace

MemberCounts see_members(MatchStage& matches, const MatchFile& file, ByteReader& content,
                         const ContainerLimits& limits, bool open_bundles) {
  MemberCounts counts;
  std::byte head[kFileKindBytes];
  const auto got = content.read_at(0, head);
  if (!got || !is_container(std::span(head).first(*got))) return counts;
  const ContainerVisitor visitor{[&](const ContainerMember& member) {
                                   if (is_own_bundle(matches, file, member, open_bundles)) {
                                     ++counts.bundles;
                                     if (!open_bundles) return false;
                                   }
                                   ++counts.members;
                                   counts.bytes += member.content.size();
                                   see_member(matches, file, member);
                                   return true;
                                 },
                                 [&](const std::vector<std::string>& names, const Error& error) {
                                   ++counts.gaps;
                                   matches.gap(subject_path(address_of(file.address, names)),
                                               error);
                                 }};
  walk_container(content, file.item.path, limits, visitor);
  return counts;
}

}  // namespace konseki
