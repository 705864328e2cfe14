#include "agent/bundle/verify_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/base/digest.h"
#include "agent/base/file_row_view.h"
#include "agent/base/parse_timestamp.h"
#include "agent/bundle/reader.h"

namespace konseki {
namespace {

std::string line_number(std::uint64_t number) { return std::to_string(number); }

bool is_json_object(std::string_view line) {
  return line.starts_with('{') && nlohmann::json::accept(line.begin(), line.end());
}

}  // namespace

bool RowVerifier::is_text(std::string_view member) {
  return member.starts_with("konseki/") && member.ends_with(".jsonl");
}

void RowVerifier::check(const std::string& member, ByteReader& content) {
  const bool audit = member.starts_with("konseki/audit.");
  const bool files = member.starts_with("konseki/files.");
  std::uint64_t number = 0;
  const auto read = for_each_line_of(content, [&](std::string_view line) {
    ++number;
    ++report_.rows;
    if (!is_json_object(line)) {
      report_.add(member, {"line " + line_number(number) + " is not a JSON object",
                           line_number(number) + " 行目が JSON オブジェクトではありません"});
      return;
    }
    if (audit) check_audit_line(member, line);
    if (files) take_claim(line);
  });
  if (!read) {
    report_.add(member, {"cannot be read as lines: " + read.error().detail,
                         "行として読み取れません: " + read.error().detail});
  }
}

void RowVerifier::check_audit_line(const std::string& member, std::string_view line) {
  ++report_.audit_lines;
  const JsonView row = json_view(line);
  const std::uint64_t sequence = row["seq"].unsigned_number();
  const bool linked = row["prev"].plain() == to_hex(previous_line_);
  previous_line_ = sha256_of(std::as_bytes(std::span(line)));
  // One break is told once: what follows it hangs on the broken link.
  if ((sequence != next_sequence_ || !linked) && !chain_broken_) {
    chain_broken_ = true;
    const std::string at = std::to_string(next_sequence_);
    report_.add(member, {"the audit chain breaks at entry " + at +
                             ": entries were changed, removed or added",
                         "監査ログの連鎖が " + at +
                             " 番目の記録で途切れています。記録の変更・削除・追加が疑われます"});
  }
  next_sequence_ = sequence + 1;
}

void RowVerifier::take_claim(std::string_view line) {
  const FileRowView row = file_row_view(line);
  const JsonView& member = row[FileField::kMember];
  if (!member) return;
  claims_.push_back({member.text(), std::string(row[FileField::kSha256].plain()),
                     row[FileField::kSize].unsigned_number(), bool(row[FileField::kSize]),
                     parse_timestamp(row[FileField::kModified].plain())});
}

void RowVerifier::finish(const std::vector<const VerifiedMember*>& members, bool recovered) {
  for (const Claim& claim : claims_) {
    const auto found = std::lower_bound(
        members.begin(), members.end(), claim.member,
        [](const VerifiedMember* member, const std::string& name) { return member->name < name; });
    if (found == members.end() || (*found)->name != claim.member) {
      if (recovered) continue;
      report_.add(claim.member, {"files.jsonl speaks of it, but it is not in the bundle",
                                 "files.jsonl に記載がありますが、バンドル内に存在しません"});
      continue;
    }
    const VerifiedMember& member = **found;
    if (member.type != MemberType::kFile || !member.readable) continue;
    if (!claim.sha256.empty() && claim.sha256 != to_hex(member.sha256)) {
      report_.add(claim.member, {"content differs from the SHA-256 in files.jsonl",
                                 "内容が files.jsonl の SHA-256 と一致しません"});
    } else if (claim.has_size && claim.size != member.size) {
      report_.add(claim.member,
                  {"size differs from files.jsonl", "サイズが files.jsonl と一致しません"});
    }
    if (claim.modified && member.modified && claim.modified != member.modified) {
      report_.add(claim.member, {"modification time differs from files.jsonl",
                                 "更新日時が files.jsonl と一致しません"});
    }
  }
}

}  // namespace konseki
