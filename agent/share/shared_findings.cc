#include "agent/share/shared_findings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/base/file_row_view.h"
#include "agent/base/parse_timestamp.h"
#include "agent/report/bundle_lines.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 5> kTlp = {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER",
                                                  "TLP:AMBER+STRICT", "TLP:RED"};

// The finding is about the file itself: an indicator or a rule knows it.
bool is_about_file(const FindingSummary& finding) {
  return finding.schema.empty() && !finding.sha256.empty();
}

SharedFile file_of(const FileRowView& row) {
  SharedFile out;
  if (const JsonView size = row[FileField::kSize]) out.size = size.unsigned_number();
  out.md5 = row[FileField::kMd5].text();
  out.sha1 = row[FileField::kSha1].text();
  out.sha256 = row[FileField::kSha256].text();
  out.created = parse_timestamp(row[FileField::kCreated].plain());
  out.modified = parse_timestamp(row[FileField::kModified].plain());
  out.accessed = parse_timestamp(row[FileField::kAccessed].plain());
  return out;
}

}  // namespace

void take_findings(std::vector<FindingSummary> rows, Rating least, SharedFindings& out) {
  for (FindingSummary& row : rows) {
    const bool indicator = row.matcher == "indicator";
    // What a rule or check is sure of is an indicator for others: the content it found.
    const bool content = !indicator && is_about_file(row) && row.severity <= Rating::kHigh;
    if (!indicator && !content) {
      ++out.not_ours;
      continue;
    }
    if (row.severity > least) {  // the worst comes first
      ++out.below;
      continue;
    }
    if (content) row.listed = {{"sha256", row.sha256}};
    if (row.listed.empty()) {
      ++out.no_value;
      continue;
    }
    SharedFinding shared;
    if (is_about_file(row)) shared.file = SharedFile{{}, {}, {}, row.sha256, {}, {}, {}};
    shared.finding = std::move(row);
    out.findings.push_back(std::move(shared));
  }
}

Result<void> add_file_facts(BundleReader& bundle, SharedFindings& shared) {
  std::multimap<std::string, SharedFinding*, std::less<>> wanted;
  for (SharedFinding& each : shared.findings) {
    if (each.file) wanted.emplace(each.finding.path, &each);
  }
  if (wanted.empty()) return {};
  return each_line(bundle, "files", [&](std::string_view line) -> Result<void> {
    const FileRowView row = file_row_view(line);
    const auto [begin, end] = wanted.equal_range(row.name());
    for (auto each = begin; each != end; ++each) {
      SharedFile facts = file_of(row);
      // Of versions in shadow copies the one that was found.
      if (facts.sha256 == each->second->file->sha256) each->second->file = std::move(facts);
    }
    return {};
  });
}

std::string_view stricter_tlp(std::string_view a, std::string_view b) {
  const auto* const left = std::find(kTlp.begin(), kTlp.end(), a);
  const auto* const right = std::find(kTlp.begin(), kTlp.end(), b);
  if (left == kTlp.end()) return right == kTlp.end() ? std::string_view() : *right;
  if (right == kTlp.end()) return *left;
  return *std::max(left, right);
}

std::string tlp_of(const SharedFinding& shared, const ShareOptions& options) {
  std::string_view out = options.tlp;
  for (const std::string& marking : shared.finding.markings) out = stricter_tlp(out, marking);
  return std::string(out);
}

std::string millisecond_text(const Timestamp& time) {
  std::string text = time.iso8601();
  text.resize(23);
  text.push_back('Z');
  return text;
}

Timestamp first_seen(const SharedFinding& shared, const SharedFindings& all) {
  const FindingSummary& finding = shared.finding;
  if (finding.first_seen) return *finding.first_seen;
  return finding.last_seen ? std::min(*finding.last_seen, all.taken) : all.taken;
}

Timestamp last_seen(const SharedFinding& shared, const SharedFindings& all) {
  return std::max(shared.finding.last_seen.value_or(all.taken), first_seen(shared, all));
}

}  // namespace konseki
