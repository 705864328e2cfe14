#include "agent/match/indicators/csv_columns.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/match/indicators/csv_row.h"
#include "agent/match/indicators/misp_types.h"

namespace konseki {
namespace {

// Lower case, runs of other characters than letters and digits as one '_'.
std::string plain_word(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  for (const char c : fold_case(text)) {
    const bool is_gap = c == ' ' || c == '-' || c == '.' || c == '_' || c == '#' || c == '\t';
    if (!is_gap) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (out.ends_with('_')) out.pop_back();
  return out;
}

struct WordRow {
  std::string_view words;  // between bars
  AtomType type;
};

constexpr std::array kWords = std::to_array<WordRow>({
    {"|md5|md5_hash|filehash_md5|file_md5|hash_md5|md5sum|hashes_md5|", AtomType::kMd5},
    {"|sha1|sha_1|sha1_hash|filehash_sha1|file_sha1|hash_sha1|sha1sum|", AtomType::kSha1},
    {"|sha256|sha_256|sha256_hash|filehash_sha256|file_sha256|hash_sha256|sha256sum|",
     AtomType::kSha256},
    {"|sha512|sha_512|sha512_hash|filehash_sha512|", AtomType::kSha512},
    {"|imphash|pe_imphash|filehash_imphash|", AtomType::kImphash},
    {"|filename|file_name|ファイル名|", AtomType::kFileName},
    {"|filepath|file_path|path|full_path|ファイルパス|パス|", AtomType::kFilePath},
    {"|domain|domain_name|domains|hostname|host_name|host|fqdn|dns|c2_domain|ドメイン|ドメイン名|"
     "ホスト名|",
     AtomType::kDomain},
    {"|ip|ipv4|ipv6|ip_address|ipaddress|ip_addr|ipv4_addr|ipv6_addr|ip_dst|ip_src|dst_ip|dest_ip|"
     "destination_ip|c2_ip|ip:port|ip_port|address|ipアドレス|ｉｐアドレス|",
     AtomType::kIpAddress},
    {"|cidr|network|netblock|subnet|ip_range|ipv4_cidr|ネットワーク|", AtomType::kIpNetwork},
    {"|url|urls|uri|phishing_url|download_url|c2_url|", AtomType::kUrl},
    {"|email|email_addr|email_address|mail|mail_address|sender|from|email_src|メールアドレス|"
     "送信元メールアドレス|差出人|",
     AtomType::kEmailAddress},
    {"|subject|email_subject|mail_subject|件名|", AtomType::kEmailSubject},
    {"|registry|registry_key|regkey|windows_registry_key|レジストリ|レジストリキー|",
     AtomType::kRegistryKey},
    {"|mutex|mutant|ミューテックス|", AtomType::kMutex},
    {"|pipe|named_pipe|", AtomType::kNamedPipe},
    {"|service|service_name|サービス名|", AtomType::kServiceName},
    {"|task|task_name|scheduled_task|タスク名|", AtomType::kTaskName},
    {"|user_agent|useragent|ua|", AtomType::kUserAgent},
    {"|command_line|commandline|cmdline|コマンドライン|", AtomType::kCommandLine},
    {"|certificate|cert_fingerprint|certificate_fingerprint|", AtomType::kCertificate},
});

struct RoleRow {
  std::string_view words;
  CsvRole role;
};

constexpr std::array kRoles = std::to_array<RoleRow>({
    {"|type|indicator_type|ioc_type|type_of_indicator|data_type|kind|種別|種類|タイプ|",
     CsvRole::kType},
    {"|value|indicator|ioc|ioc_value|indicator_value|observable|observable_value|artifact|trail|"
     "dst|値|インジケータ|インジケーター|検知指標|指標|通信先|不正接続先|接続先|",
     CsvRole::kValue},
    {"|hash|file_hash|filehash|hash_value|hashes|ハッシュ|ハッシュ値|", CsvRole::kDigest},
    {"|port|dst_port|dest_port|ポート|ポート番号|", CsvRole::kPort},
    {"|name|title|malware|malware_printable|signature|threat|family|campaign|info|名前|名称|"
     "マルウェア|マルウェア名|検知名|",
     CsvRole::kName},
    {"|description|comment|comments|note|notes|context|memo|説明|備考|コメント|概要|メモ|",
     CsvRole::kDescription},
    {"|confidence|confidence_level|score|信頼度|確度|スコア|", CsvRole::kConfidence},
    {"|tlp|marking|handling|取扱|取り扱い|取扱区分|共有範囲|", CsvRole::kTlp},
    {"|first_seen|first_seen_utc|firstseen|valid_from|dateadded|初観測|初回観測|初観測日|",
     CsvRole::kFirstSeen},
    {"|last_seen|last_seen_utc|lastseen|last_online|valid_until|expiration|expires|有効期限|"
     "最終観測|最終観測日|",
     CsvRole::kLastSeen},
    {"|modified|timestamp|updated|last_modified|更新日|", CsvRole::kModified},
    {"|source|reporter|provider|feed|organisation|organization|出所|提供元|情報源|",
     CsvRole::kSource},
    {"|id|uuid|ioc_id|indicator_id|", CsvRole::kId},
    {"|to_ids|", CsvRole::kToIds},
    {"|tags|tag|labels|attribute_tag|タグ|", CsvRole::kTags},
});

bool holds(std::string_view words, const std::string& word) {
  return words.find("|" + word + "|") != std::string_view::npos;
}

CsvColumn column_of(const std::string& cell) {
  const std::string word = plain_word(cell);
  if (word.empty()) return {};
  for (const RoleRow& row : kRoles) {
    if (holds(row.words, word)) return {row.role, std::nullopt};
  }
  for (const WordRow& row : kWords) {
    if (holds(row.words, word)) return {CsvRole::kTyped, row.type};
  }
  return {};
}

bool is_sought(const CsvColumn& column) {
  return column.role == CsvRole::kValue || column.role == CsvRole::kTyped ||
         column.role == CsvRole::kDigest;
}

}  // namespace

std::optional<AtomType> atom_type_of_word(std::string_view word) {
  if (const auto type = misp_atom_type(word)) return type;
  const std::string plain = plain_word(word);
  for (const WordRow& row : kWords) {
    if (holds(row.words, plain)) return row.type;
  }
  if (plain == "process") return AtomType::kFileName;
  return std::nullopt;
}

bool is_open_word(std::string_view word) {
  const std::string plain = plain_word(word);
  return plain.empty() || plain == "c2" || plain == "c_c" || plain == "ioc" || plain == "file" ||
         plain == "network" || plain == "indicator" || plain == "通信先" || plain == "不正接続先" ||
         holds("|hash|file_hash|filehash|hashes|ハッシュ|ハッシュ値|", plain);
}

std::optional<CsvHeader> tell_csv_header(std::string_view line) {
  std::optional<CsvHeader> best;
  std::size_t best_known = 0;
  std::vector<std::string> cells;
  for (const char delimiter : {',', '\t', ';', '|'}) {
    if (!split_csv(line, delimiter, cells)) continue;
    CsvHeader header;
    header.delimiter = delimiter;
    std::size_t known = 0;
    bool has_category = false;
    bool has_to_ids = false;
    for (const std::string& cell : cells) {
      header.columns.push_back(column_of(cell));
      if (header.columns.back().role != CsvRole::kNone) ++known;
      if (cell == "category") has_category = true;
      if (header.columns.back().role == CsvRole::kToIds) has_to_ids = true;
    }
    header.is_misp = has_category && has_to_ids;
    const bool seeks = std::any_of(header.columns.begin(), header.columns.end(), is_sought);
    // A host name or a digest in a cell: data, not a header.
    const bool is_data = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
      return guess_atom(cell).has_value();
    });
    if (!seeks || is_data || known <= best_known) continue;
    best_known = known;
    best = std::move(header);
  }
  return best;
}

}  // namespace konseki
