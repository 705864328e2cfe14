#include "agent/pipeline/run_audit.h"

#include <cstdint>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/json_writer.h"

namespace konseki {

Result<void> RunAudit::note(std::string_view name, std::string_view key, std::string_view value) {
  std::string details;
  JsonWriter json(details);
  json.begin_object();
  json.field(key, value);
  json.end_object();
  return event(name, details);
}

Result<void> RunAudit::event(std::string_view event, std::string_view details) {
  return writer_.audit(system_now(), event, details);
}

Result<void> RunAudit::gap(std::string_view what, const Error& error) {
  ++counts_.gaps;
  std::string details;
  JsonWriter json(details);
  json.begin_object();
  json.field("path", what);
  json.field("code", error_code_name(error.code));
  json.field("detail", std::string_view(error.detail));
  if (!error.advice.empty()) {
    json.field("advice_en", std::string_view(error.advice.en));
    json.field("advice_ja", std::string_view(error.advice.ja));
  }
  json.end_object();
  return event("gap", details);
}

Result<void> RunAudit::damage(const MediumDamage& damage) {
  ++counts_.gaps;
  std::string details;
  JsonWriter json(details);
  json.begin_object();
  json.field("path", std::string_view(damage.medium));
  json.field("code", error_code_name(ErrorCode::kIoError));
  json.field("detail", damage_text(damage).en);
  json.field("sector_size", std::uint64_t{damage.sector_size});
  json.key("sectors");
  json.begin_array();
  for (const ByteRange& range : damage.ranges) {
    json.begin_object();
    json.field("first", range.offset / damage.sector_size);
    json.field("last", (range.end() - 1) / damage.sector_size);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return event("gap", details);
}

Bilingual damage_text(const MediumDamage& damage) {
  if (damage.gone) {
    return {
        damage.medium +
            ": the device disappeared during the run (pulled out, or its volume was "
            "dismounted). What was read before is in the bundle; connect it and run again for "
            "the rest.",
        damage.medium +
            ": 実行中にデバイスが見えなくなりました (取り外し、またはマウント解除)。"
            "それまでに読み取った分はバンドルに残ります。残りは接続し直して再実行してください。"};
  }
  std::uint64_t sectors = 0;
  for (const ByteRange& range : damage.ranges) sectors += range.length / damage.sector_size;
  const std::string count = std::to_string(sectors);
  const std::string first = std::to_string(damage.ranges.front().offset / damage.sector_size);
  return {damage.medium + ": " + count + " sectors could not be read (the first is sector " +
              first +
              "); they are zeros in the files that hold them, which say so in files.jsonl. Image "
              "this disk before it fails further.",
          damage.medium + ": " + count + " 個のセクターを読み取れませんでした (先頭はセクター " +
              first +
              ")。該当部分は 0 で埋め、files.jsonl に記録しました。"
              "故障が進む前にディスクのイメージを取得してください。"};
}

}  // namespace konseki
