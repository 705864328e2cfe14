#include "agent/pipeline/member_stage.h"

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/match/file_kind.h"
#include "agent/pipeline/match_stage.h"

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

}  // namespace

MemberCounts see_members(MatchStage& matches, const MatchFile& file, ByteReader& content,
                         const ContainerLimits& limits) {
  MemberCounts counts;
  std::byte head[kFileKindBytes];
  const auto got = content.read_at(0, head);
  if (!got || !is_container(std::span(head).first(*got))) return counts;
  const ContainerVisitor visitor{[&](const ContainerMember& member) {
                                   ++counts.members;
                                   counts.bytes += member.content.size();
                                   see_member(matches, file, member);
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
