#include "agent/report/reasons.h"

#include <algorithm>
#include <array>
#include <string>

namespace konseki {
namespace {

struct Row {
  std::string_view code;
  std::string_view en;
  std::string_view ja;
  std::string_view advice_en;
  std::string_view advice_ja;
};

constexpr auto kReasons = std::to_array<Row>({
    {"max_file_size", "larger than the limit for one file", "1 ファイルの上限サイズを超過",
     "Raise --max-file-size, or copy the file separately.",
     "--max-file-size を大きくするか、該当ファイルを個別に保全してください。"},
    {"max_total_size", "the limit for the whole bundle was reached", "収集総量の上限に到達",
     "Raise --max-total-size, or collect again with a narrower profile.",
     "--max-total-size を大きくするか、プロファイルを絞って再収集してください。"},
    {"max_time", "the time limit was reached", "制限時間に到達",
     "Raise --max-time and collect again.", "--max-time を延ばして再収集してください。"},
    {"cloud_placeholder", "the content is in the cloud, not on this volume",
     "実体がクラウド側にあり、このボリュームには存在しない",
     "Obtain the file from the cloud service.", "クラウドサービス側から取得してください。"},
    {"overwritten", "deleted, and its space is in use by other files",
     "削除済みで、領域が他のファイルに再利用されている",
     "Look for an older copy in shadow copies or backups.",
     "シャドウコピーやバックアップに旧版がないか確認してください。"},
    {"permission_denied", "no permission to read", "読み取り権限がない",
     "Run again as root or administrator.", "root または管理者権限で再実行してください。"},
    {"io_error", "the device or the system failed to read it", "読み取りエラー（装置または OS）",
     "Check the medium; image it with a tool that retries, and collect from the image.",
     "媒体の状態を確認し、再試行機能のあるツールでイメージ化してから収集してください。"},
    {"interrupted", "the run was stopped before its turn", "処理が中断され、未着手",
     "Run again without interruption.", "中断せずに再実行してください。"},
    {"not_found", "it was gone when its turn came", "読み取り時には存在しなかった",
     "It may have been deleted during the run; look at the live state and journals.",
     "収集中に削除された可能性があります。稼働状態の記録やジャーナルを確認してください。"},
    {"unsupported", "stored in a form that cannot be read yet", "未対応の形式で保存されている",
     "Attach the volume read-only with a system that reads it, and pass the directory.",
     "対応する OS で読み取り専用で接続し、そのディレクトリを指定してください。"},
    {"logs_not_replayed", "its newest changes lie in logs that are not replayed",
     "最新の変更が、未適用のトランザクション ログに残っている",
     "Its records may lack the newest entries. Where they matter, replay a copy of database and "
     "logs "
     "(esentutl /r) on a clean machine.",
     "最新の項目がレコードにない場合があります。必要な場合は、データベースとログの写しを"
     "安全な端末で復旧 (esentutl /r) してください。"},
    {"corrupt", "damaged on the volume", "ボリューム上のデータが破損",
     "Look for another copy in shadow copies or backups.",
     "シャドウコピーやバックアップに別の複製がないか確認してください。"},
    {"limit_exceeded", "a safety limit was reached", "安全のための上限に到達",
     "Examine the item separately.", "該当項目を個別に調査してください。"},
    {"cancelled", "stopped by the user or a deadline", "利用者の操作または期限により停止",
     "Run again without interruption.", "中断せずに再実行してください。"},
    {"invalid_argument", "the request made no sense for this item", "指定がこの対象に適合しない",
     "Check the definition or the option.", "定義またはオプションを確認してください。"},
    {"internal", "a fault of this tool", "本ツールの不具合",
     "Please report it, with konseki/audit.jsonl.", "konseki/audit.jsonl を添えてご報告ください。"},
});

constexpr auto kVolumes = std::to_array<Row>({
    {"bitlocker", "", "",
     "Unlock it with the recovery key, attach it read-only and pass the directory or the decrypted "
     "image.",
     "回復キーで解除し、読み取り専用で接続したディレクトリ、または復号後のイメージを"
     "指定してください。"},
    {"luks", "", "",
     "Open it with cryptsetup open --readonly, and pass the mapped device or the directory.",
     "cryptsetup open --readonly で開き、そのデバイスまたはディレクトリを指定してください。"},
    {"unknown", "", "",
     "Find out what it holds (file -s, blkid); attach it read-only and pass the directory.",
     "file -s や blkid で内容を確認し、読み取り専用で接続したディレクトリを"
     "指定してください。"},
});

}  // namespace

ReasonText reason_text(std::string_view reason, bool privileged) {
  if (privileged && reason == "permission_denied") {
    return {{"refused in spite of full privileges", "管理者権限でも読み取りを拒否された"},
            {"The file system or a security module refuses it: collect from a disk image.",
             "ファイルシステムまたはセキュリティ機構による拒否です。"
             "ディスクイメージから収集してください。"}};
  }
  for (const Row& row : kReasons) {
    if (row.code != reason) continue;
    return {{std::string(row.en), std::string(row.ja)},
            {std::string(row.advice_en), std::string(row.advice_ja)}};
  }
  if (reason.empty()) return {{"not told", "理由の記録なし"}, {}};
  return {{std::string(reason), std::string(reason)}, {}};
}

Bilingual unreadable_volume_advice(std::string_view type) {
  for (const Row& row : kVolumes) {
    if (row.code == type) return {std::string(row.advice_en), std::string(row.advice_ja)};
  }
  return {"Attach it read-only with a system that reads it, and pass the directory.",
          "対応する OS で読み取り専用で接続し、そのディレクトリを指定してください。"};
}

}  // namespace konseki
