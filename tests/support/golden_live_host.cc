#include "tests/support/golden_live_host.h"

#include <nlohmann/json.hpp>

#include "tests/support/json_time.h"

namespace konseki::testing {

using nlohmann::json;

GoldenLiveHost::GoldenLiveHost(MemoryFileSystem& kernel, const std::string& live_json)
    : kernel_(kernel), programs_(fail(ErrorCode::kPermissionDenied, "bpf")) {
  const json live = json::parse(live_json);
  clock_.now = parse_iso8601(live.value("now", "2026-01-02T03:04:05Z"));
  clock_.boot = parse_iso8601(live.value("boot", "2026-01-01T00:00:00Z"));
  clock_.time_zone = live.value("time_zone", "Asia/Tokyo");
  clock_.utc_offset_seconds = live.value("utc_offset_seconds", 32'400);
  clock_.sync_known = live.contains("synchronised");
  clock_.synchronised = live.value("synchronised", false);
  clock_.estimated_error_microseconds = live.value("estimated_error_microseconds", 0);
  privileged_ = live.value("privileged", true);
  own_process_id_ = live.value("own_process_id", 0U);
  if (!live.contains("bpf_programs")) return;
  std::vector<BpfProgram> programs;
  for (const json& program : live.at("bpf_programs")) {
    programs.push_back({program.value("id", 0U), program.value("type", ""),
                        program.value("name", ""), program.value("tag", ""),
                        program.value("uid", 0U),
                        parse_iso8601(program.value("loaded", "2026-01-01T00:00:00Z"))});
  }
  programs_ = std::move(programs);
}

}  // namespace konseki::testing
