// konseki custody: who had a bundle, from the collection on.

#include <fmt/format.h>

#include "agent/base/append_file.h"
#include "agent/base/clock.h"
#include "agent/base/unicode.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/custody_file.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/custody_text.h"
#include "agent/report/summary.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

std::vector<OptionSpec> all_options() {
  std::vector<OptionSpec> options{
      {"event",
       "NAME",
       {"add: transfer, opened or analysed",
        "add: transfer (受け渡し)、opened (開封)、analysed (解析)"}},
      {"by", "NAME", {"add: who acted", "add: 行為者"}},
      {"to", "NAME", {"add: who received it (transfer)", "add: 受け取った者 (transfer の場合)"}},
      {"note", "TEXT", {"add: purpose, place, bag number, …", "add: 目的・場所・封筒番号など"}},
  };
  for (OptionSpec& option : signing_options({"add: sign the record with this minisign secret key",
                                             "add: この minisign 秘密鍵で記録に署名"})) {
    options.push_back(std::move(option));
  }
  options.push_back({"public-key",
                     "KEY",
                     {"verify: every record must be signed by one of these keys",
                      "verify: すべての記録がいずれかの鍵で署名されていること"},
                     true});
  return options;
}

const Usage& usage() {
  static const Usage kUsage{
      "custody",
      "add|show|verify BUNDLE…",
      2,
      10'000,
      {"Keeps the custody log of a bundle, BUNDLE.custody.jsonl beside it: each record refers to "
       "the\n"
       "one before and to the bundle's SHA-256 at that time. Records are added, never changed.",
       "バンドルの管理記録 (隣の BUNDLE.custody.jsonl) "
       "を扱います。各記録は直前の記録と、その時点の\n"
       "バンドルの SHA-256 を含みます。記録は追加のみで、変更はしません。"},
      all_options(),
      {"  konseki custody add HOST.tar.zst --event transfer --by \"A. Tanaka\" --to \"B. Sato\"\n"
       "  konseki custody show HOST.tar.zst\n",
       "  konseki custody add HOST.tar.zst --event transfer --by 田中 --to 佐藤 --note 手渡し\n"
       "  konseki custody show HOST.tar.zst\n"}};
  return kUsage;
}

tl::unexpected<Error> missing(std::string option, Bilingual advice) {
  return fail(ErrorCode::kInvalidArgument, std::move(option), std::move(advice));
}

// The record's own fields, from the options.
Result<CustodyEntry> read_entry(const Arguments& arguments) {
  CustodyEntry entry;
  entry.event = arguments.value("event");
  entry.by = to_well_formed(arguments.value("by"));
  entry.to = to_well_formed(arguments.value("to"));
  entry.note = to_well_formed(arguments.value("note"));
  if (!is_custody_event(entry.event)) {
    return missing("--event " + entry.event,
                   {"Use transfer, opened or analysed.",
                    "transfer、opened、analysed のどれかを指定してください。"});
  }
  if (entry.by.empty()) {
    return missing("--by", {"Name who acted.", "行為者を --by で指定してください。"});
  }
  if (entry.event == "transfer" && entry.to.empty()) {
    return missing("--to",
                   {"Name who received the bundle.", "受け取った者を --to で指定してください。"});
  }
  return entry;
}

Result<int> add(const Arguments& arguments, const std::string& path, Language language) {
  auto read = read_entry(arguments);
  if (!read) return refuse_usage(read.error(), language);
  CustodyEntry entry = *std::move(read);
  auto key = read_signing_key(arguments, language);
  if (!key) return refuse_usage(key.error(), language);
  KONSEKI_ASSIGN(auto bundle, open_parted_file(path));
  entry.bundle_name = to_well_formed(base_name(path));
  entry.bundle_size = bundle->size();
  KONSEKI_ASSIGN(entry.bundle_sha256, file_sha256(*bundle));
  KONSEKI_ASSIGN(auto file, AppendFile::open(custody_path(path)));
  KONSEKI_ASSIGN(const std::string before, file->content(kMostCustody));
  CustodyLog log = read_custody_log(before);
  if (!log.sound()) {
    print_message(custody_text(custody_path(path), log, language));
    return fail(
        ErrorCode::kCorrupt, custody_path(path),
        {"The log is damaged, so nothing was added. Keep it as it is: move it aside and "
         "begin a new one, and keep both.",
         "記録が破損しているため追加しません。元のファイルは別名でそのまま保管し、新しい記録を"
         "始めて両方を保管してください。"});
  }
  // Taken under the lock, so that times never run backwards.
  entry.time = system_now().iso8601();
  const std::string line = next_custody_line(log, entry, *key ? &**key : nullptr);
  KONSEKI_TRY(file->append(line));
  log = read_custody_log(before + line);
  compare_with_bundle(log, entry.bundle_sha256);
  print_result(custody_text(custody_path(path), log, language));
  return log.sound() ? kExitComplete : kExitBundleUnsafe;
}

// Prints the log; false when something is wrong with it, or there is none.
Result<bool> show(const std::string& path, bool verify, const std::vector<VerifyingKey>& keys,
                  Language language) {
  KONSEKI_ASSIGN(const auto text, read_custody_text(path));
  if (!text) {
    return fail(ErrorCode::kNotFound, custody_path(path),
                {"This bundle has no custody log yet; begin one with: konseki custody add",
                 "管理記録がまだありません。konseki custody add で作成できます。"});
  }
  CustodyLog log = read_custody_log(*text);
  if (verify) {
    KONSEKI_ASSIGN(auto bundle, open_parted_file(path));
    KONSEKI_ASSIGN(const std::string digest, file_sha256(*bundle));
    compare_with_bundle(log, digest);
    if (!keys.empty()) require_keys(log, keys);
  }
  print_result(custody_text(custody_path(path), log, language));
  return log.sound();
}

Result<int> work(const Arguments& arguments, Language language) {
  const std::string& action = arguments.positional().front();
  const std::vector<std::string> paths(arguments.positional().begin() + 1,
                                       arguments.positional().end());
  if (action == "add" && paths.size() == 1) return add(arguments, paths.front(), language);
  if (action != "show" && action != "verify") {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         action,
                         {"Use add (one bundle), show or verify.",
                          "add (バンドル 1 つ)、show、verify のどれかを指定してください。"}},
                        language);
  }
  std::vector<VerifyingKey> keys;
  for (const std::string& text : arguments.values("public-key")) {
    auto key = read_verifying_key(text);
    if (!key) return refuse_usage(key.error(), language);
    keys.push_back(*key);
  }
  bool sound = true;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(const bool this_one, show(path, action == "verify", keys, language));
    sound = sound && this_one;
  }
  return sound ? kExitComplete : kExitBundleUnsafe;
}

}  // namespace

int run_custody(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
