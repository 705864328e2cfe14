#include "agent/kit/kit_data.h"

#include <algorithm>
#include <span>

#include "agent/base/memory_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/writer.h"
#include "agent/seal/age_reader.h"
#include "agent/seal/age_writer.h"

namespace konseki {
namespace {

// The member that every bundle begins with; it says what this one is.
constexpr std::string_view kFirstMember = "konseki/run.json";
constexpr std::string_view kFirstContent = "{\"format\":\"konseki-kit-data\",\"version\":1}\n";

Result<void> add(BundleWriter& writer, std::string_view name, std::string_view content,
                 const Timestamp& time) {
  if (content.size() > kMostKitMember) {
    return fail(ErrorCode::kLimitExceeded, std::string(name),
                {"A kit holds at most 256 MiB of indicators and of each rule file; name fewer.",
                 "キットに入れられるインジケータの合計と各ルール ファイルは 256 MiB までです。"
                 "減らしてください。"});
  }
  MemberHeader header;
  header.name = name;
  header.size = content.size();
  header.modified = time;
  return writer.add(header, std::as_bytes(std::span(content)));
}

}  // namespace

Result<void> write_kit_data(OutputStream& out, std::vector<KitMember> members,
                            const AgeIdentity& key, const Timestamp& time) {
  std::sort(members.begin(), members.end(),
            [](const KitMember& a, const KitMember& b) { return a.name < b.name; });
  AgeTargets targets;
  targets.recipients.push_back(key.recipient());
  KONSEKI_ASSIGN(const auto encrypted, AgeWriter::create(out, targets));
  BundleWriterOptions options;
  options.time = time;
  const auto writer = make_bundle_writer(*encrypted, options);
  KONSEKI_TRY(add(*writer, kFirstMember, kFirstContent, time));
  for (const KitMember& member : members) {
    KONSEKI_TRY(add(*writer, member.name, member.content, time));
  }
  KONSEKI_TRY(writer->seal("{}"));
  return encrypted->finish();
}

Result<std::vector<KitMember>> read_kit_data(std::unique_ptr<ByteReader> file,
                                             const AgeIdentity& key, std::string_view kind) {
  AgeIdentities identities;
  identities.keys.push_back(key);
  KONSEKI_ASSIGN(std::unique_ptr<ByteReader> clear, AgeReader::open(std::move(file), identities));
  KONSEKI_ASSIGN(const auto bundle, open_bundle(std::move(clear)));
  if (!bundle->sealed()) return fail(ErrorCode::kCorrupt, "data.kon: not whole");
  std::vector<KitMember> members;
  for (const Member& member : bundle->members()) {
    if (member.header.type != MemberType::kFile || !member.header.name.starts_with(kind)) continue;
    KONSEKI_ASSIGN(const auto reader, bundle->open(member));
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMostKitMember));
    members.push_back({member.header.name,
                       std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
  }
  return members;
}

}  // namespace konseki
