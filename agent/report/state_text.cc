#include "agent/report/state_text.h"

#include "agent/report/number_text.h"
#include "agent/report/time_text.h"

namespace konseki {

bool is_whole(const BundleSummary& summary) {
  return summary.sealed && !summary.run.interrupted.value_or(true) && summary.problems.empty() &&
         summary.damaged_rows == 0;
}

Bilingual seal_text(const BundleSummary& summary) {
  if (!summary.sealed) {
    return {
        "NOT SEALED: the run was cut off or the bundle is damaged; what follows is what was "
        "saved of it",
        "未封印: 収集が途中で途切れたか、バンドルが破損しています。"
        "以下は残っている範囲の内容です"};
  }
  if (summary.run.interrupted.value_or(false)) {
    return {"sealed, but INTERRUPTED before the end: incomplete",
            "封印済み。ただし途中で中断されたため、収集は完了していません"};
  }
  if (!is_whole(summary)) {
    return {"sealed, but parts of it could not be read: run `konseki verify`",
            "封印済み。ただし一部を読み取れません。konseki verify で検証してください"};
  }
  return {"sealed, run to its end", "封印済み・最後まで実行"};
}

Bilingual source_text(const BundleSummary& summary) {
  const std::string& kind = summary.source_kind;
  Bilingual text{kind, kind};
  if (kind == "live") text = {"live host (running system)", "稼働中のホスト（ライブ収集）"};
  if (kind == "directory") text = {"directory", "ディレクトリ"};
  if (kind == "image") text = {"disk image", "ディスクイメージ"};
  if (kind == "bundle") text = {"earlier bundle", "過去のバンドル"};
  if (!summary.source.format.empty() && kind != "live") {
    text.en += " (" + summary.source.format + ")";
    text.ja += "（" + summary.source.format + "）";
  }
  return text;
}

Bilingual privilege_text(const BundleSummary& summary) {
  if (!summary.run.privileged || summary.source_kind != "live") return {};
  if (*summary.run.privileged) {
    return {"with full privileges", "管理者権限あり"};
  }
  return {"WITHOUT full privileges: other users' files and processes were out of sight",
          "管理者権限なし: 他ユーザーのファイルやプロセスは見えていません"};
}

std::vector<Bilingual> clock_notes(const BundleSummary& summary) {
  std::vector<Bilingual> notes;
  if (const auto ahead = summary.clock_ahead_microseconds()) {
    const Bilingual size = seconds_text(*ahead);
    if (*ahead >= 0) {
      notes.push_back({"host clock " + size.en + " ahead of the operator's reference",
                       "ホスト時計は基準時計より " + size.ja + "進んでいます"});
    } else {
      notes.push_back({"host clock " + size.en + " behind the operator's reference",
                       "ホスト時計は基準時計より " + size.ja + "遅れています"});
    }
  }
  if (const auto& sync = summary.clock_start.synchronised) {
    notes.push_back(*sync ? Bilingual{"the system says its clock is synchronised",
                                      "OS は時刻同期済みと報告しています"}
                          : Bilingual{"the system says its clock is NOT synchronised",
                                      "OS は時刻が同期されていないと報告しています"});
  }
  constexpr std::int64_t kStepWorthTelling = 1'000'000;
  if (const auto step = summary.clock_step_microseconds();
      step && (*step >= kStepWorthTelling || *step <= -kStepWorthTelling)) {
    const Bilingual size = seconds_text(*step);
    notes.push_back(*step > 0
                        ? Bilingual{"the clock was set forward by " + size.en + " during the run",
                                    "収集中に時計が " + size.ja + "進められました"}
                        : Bilingual{"the clock was set back by " + size.en + " during the run",
                                    "収集中に時計が " + size.ja + "戻されました"});
  }
  return notes;
}

std::optional<std::int32_t> host_offset(const BundleSummary& summary) {
  return summary.clock_start.utc_offset_seconds;
}

std::string time_with_zone(const std::optional<Timestamp>& time,
                           const std::optional<std::int32_t>& offset) {
  if (!time) return {};
  std::string text = clock_text(*time) + " UTC";
  if (offset && *offset != 0) {
    text += " (" + clock_text(*time, *offset) + ' ' + offset_text(*offset) + ')';
  }
  return text;
}

std::string mount_text(const VolumeSummary& volume) {
  return volume.mount.empty() ? "/" : volume.mount;
}

}  // namespace konseki
