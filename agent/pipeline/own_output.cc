#include "agent/pipeline/own_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "agent/base/json_view.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = 200;  // bytes of a field

std::string field_of(const JsonView& json, std::string_view otherwise) {
  std::string text = to_well_formed(json.text().substr(0, kMostText));
  return text.empty() ? std::string(otherwise) : text;
}

Finding note(std::string_view rule, const PathSpec& subject, Bilingual reason) {
  Finding finding;
  finding.matcher = "konseki";
  finding.rule = rule;
  finding.origin = "konseki";
  finding.subject = subject;
  finding.reason = std::move(reason);
  return finding;
}

}  // namespace

std::optional<Finding> bundle_note(std::string_view run_json, const PathSpec& subject,
                                   bool opened) {
  const JsonView run = json_view(run_json);
  if (run.kind != JsonKind::kObject || run["tool"].text() != "konseki") return std::nullopt;
  if (run["run_id"].kind != JsonKind::kText) return std::nullopt;
  const std::string run_id = field_of(run["run_id"], "?");
  const std::string case_id = field_of(run["case"]["case_id"], "-");
  const std::string host = field_of(run["host"]["hostname"], "-");
  const std::string started = field_of(run["started"], "-").substr(0, 19);
  Bilingual reason{fmt::format("A bundle of Konseki: case {}, run {}, host {}, begun {} UTC.",
                               case_id, run_id, host, started),
                   fmt::format("Konseki のバンドル: 案件 {}、実行 {}、ホスト {}、開始 {} UTC。",
                               case_id, run_id, host, started)};
  if (!opened) {
    reason.en +=
        " Its contents were not looked into, for they would repeat what that run found; anyone can "
        "write such a file, so look with konseki verify and konseki match, or --into-bundles.";
    reason.ja +=
        "その実行の検出を繰り返すため、中身は調べていません。誰でも同じ形のファイルを作れるため、"
        "konseki verify と konseki match、または --into-bundles で確認してください。";
  }
  return note("konseki.bundle", subject, std::move(reason));
}

std::optional<Finding> kit_note(std::string_view kit_json, const PathSpec& subject) {
  const JsonView kit = json_view(kit_json);
  if (kit.kind != JsonKind::kObject || kit["format"].text() != "konseki-kit") return std::nullopt;
  const std::string created = field_of(kit["created"], "-");
  const std::string case_id = field_of(kit["case"]["case_id"], "-");
  return note(
      "konseki.kit", subject,
      {fmt::format("The settings of a rescue kit of Konseki: case {}, made {}. Check the kit "
                   "with konseki kit check.",
                   case_id, created),
       fmt::format("Konseki の救助キットの設定: 案件 {}、作成 {}。konseki kit check で"
                   "キットを確認してください。",
                   case_id, created)});
}

}  // namespace konseki
