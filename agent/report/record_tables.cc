#include "agent/report/record_tables.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

constexpr auto kProcess = std::to_array<RecordColumn>({
    {"pid", CellKind::kEvidence, "PID", "PID"},
    {"parent_pid", CellKind::kEvidence, "Parent", "親 PID"},
    {"name", CellKind::kEvidence, "Name", "名前"},
    {"user", CellKind::kEvidence, "User", "ユーザー"},
    {"started", CellKind::kTime, "Started (UTC)", "開始 (UTC)"},
    {"exe", CellKind::kEvidence, "Program", "実行ファイル"},
    {"exe_state", CellKind::kEvidence, "Program file", "ファイルの状態"},
    {"command_line", CellKind::kLong, "Command line", "コマンドライン"},
});

constexpr auto kSocket = std::to_array<RecordColumn>({
    {"protocol", CellKind::kEvidence, "Protocol", "プロトコル"},
    {"state", CellKind::kEvidence, "State", "状態"},
    {"local_address:local_port", CellKind::kEvidence, "Local", "ローカル"},
    {"remote_address:remote_port", CellKind::kEvidence, "Remote", "通信先"},
    {"path", CellKind::kEvidence, "Name", "名前"},
    {"pid", CellKind::kEvidence, "PID", "PID"},
    {"process", CellKind::kEvidence, "Process", "プロセス"},
    {"user", CellKind::kEvidence, "User", "ユーザー"},
});

constexpr auto kUser = std::to_array<RecordColumn>({
    {"name", CellKind::kEvidence, "Name", "名前"},
    {"uid", CellKind::kEvidence, "UID", "UID"},
    {"groups", CellKind::kEvidence, "Further groups", "所属グループ"},
    {"home", CellKind::kEvidence, "Home", "ホーム"},
    {"shell", CellKind::kEvidence, "Shell", "シェル"},
    {"password", CellKind::kEvidence, "Password", "パスワード"},
    {"password_changed", CellKind::kTime, "Changed (UTC)", "変更日 (UTC)"},
});

constexpr auto kUtmp = std::to_array<RecordColumn>({
    {"time", CellKind::kTime, "Time (UTC)", "日時 (UTC)"},
    {"file", CellKind::kEvidence, "File", "ファイル"},
    {"type", CellKind::kEvidence, "Event", "種別"},
    {"user", CellKind::kEvidence, "User", "ユーザー"},
    {"line", CellKind::kEvidence, "Terminal", "端末"},
    {"host", CellKind::kEvidence, "From", "接続元"},
    {"address", CellKind::kEvidence, "Address", "アドレス"},
    {"pid", CellKind::kEvidence, "PID", "PID"},
});

constexpr auto kLastlog = std::to_array<RecordColumn>({
    {"time", CellKind::kTime, "Time (UTC)", "日時 (UTC)"},
    {"user", CellKind::kEvidence, "User", "ユーザー"},
    {"uid", CellKind::kEvidence, "UID", "UID"},
    {"line", CellKind::kEvidence, "Terminal", "端末"},
    {"host", CellKind::kEvidence, "From", "接続元"},
});

constexpr auto kTables = std::to_array<RecordTable>({
    {"linux.process", TableGroup::kLive, "Processes", "プロセス", kProcess},
    {"linux.socket", TableGroup::kLive, "Sockets", "ソケット（通信）", kSocket},
    {"linux.user", TableGroup::kPeople, "User accounts", "ユーザーアカウント", kUser},
    {"linux.utmp", TableGroup::kPeople, "Logons, failed logons and boots",
     "ログオン・ログオン失敗・起動", kUtmp, "time"},
    {"linux.lastlog", TableGroup::kPeople, "Last logons", "最終ログオン", kLastlog, "time"},
    {"linux.session", TableGroup::kPeople, "Open sessions", "ログオン中のセッション", {}},
    {"windows.process", TableGroup::kLive, "Processes", "プロセス", kProcess},
    {"windows.socket", TableGroup::kLive, "Sockets", "ソケット（通信）", kSocket},
    {"windows.dns_cache", TableGroup::kLive, "DNS cache", "DNS キャッシュ", {}},
    {"windows.security_product", TableGroup::kLive, "Security products", "セキュリティ製品", {}},
    {"windows.security_exclusion",
     TableGroup::kLive,
     "Exclusions of security products",
     "セキュリティ製品の除外設定",
     {}},
    {"windows.session", TableGroup::kPeople, "Open sessions", "ログオン中のセッション", {}},
    {"linux.authorized_key",
     TableGroup::kPeople,
     "SSH keys allowed to log in",
     "ログインを許可された SSH 鍵",
     {}},
    {"linux.group", TableGroup::kPeople, "Groups", "グループ", {}},
    {"windows.user", TableGroup::kPeople, "User accounts", "ユーザーアカウント", {}},
    {"windows.profile", TableGroup::kPeople, "User profiles", "ユーザープロファイル", {}},
    {"windows.logon", TableGroup::kPeople, "Logons", "ログオン", {}},
    {"persistence", TableGroup::kOther, "Persistence entries", "永続化の項目", {}},
    {"linux.cron",
     TableGroup::kOther,
     "Cron, anacron and at jobs",
     "cron・anacron・at のジョブ",
     {}},
    {"linux.address", TableGroup::kLive, "Addresses of this host", "ホストの IP アドレス", {}},
    {"linux.kernel_module", TableGroup::kLive, "Kernel modules", "カーネルモジュール", {}},
    {"linux.container", TableGroup::kLive, "Containers", "コンテナー", {}},
});

}  // namespace

std::span<const RecordTable> record_tables() { return kTables; }

const RecordTable* find_record_table(std::string_view schema) {
  const auto found = std::find_if(kTables.begin(), kTables.end(),
                                  [&](const RecordTable& table) { return table.schema == schema; });
  return found == kTables.end() ? nullptr : &*found;
}

}  // namespace konseki
