#include "agent/seal/custody_log.h"

#include <algorithm>

#include "agent/base/json_view.h"
#include "agent/base/json_writer.h"
#include "agent/seal/signature.h"

namespace konseki {
namespace {

constexpr std::string_view kSignatureField = ",\"signature\":";

// The record without its signature: what is signed.
std::string unsigned_text(std::uint64_t sequence, const CustodyEntry& entry, std::string_view prev,
                          const std::optional<VerifyingKey>& key) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("seq", sequence);
  json.field("time", std::string_view(entry.time));
  json.field("event", std::string_view(entry.event));
  json.field("by", std::string_view(entry.by));
  if (!entry.to.empty()) json.field("to", std::string_view(entry.to));
  if (!entry.note.empty()) json.field("note", std::string_view(entry.note));
  json.key("bundle");
  json.begin_object();
  json.field("name", std::string_view(entry.bundle_name));
  json.field("size", entry.bundle_size);
  json.field("sha256", std::string_view(entry.bundle_sha256));
  json.end_object();
  json.field("prev", prev);
  if (key) json.field("key", std::string_view(key->text()));
  json.end_object();
  return text;
}

class LogReader {
 public:
  CustodyLog run(std::string_view text) {
    while (!text.empty()) {
      ++number_;
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) {
        problem({"the last line is cut off", "最後の行が途中で切れています"});
        break;
      }
      line(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    return std::move(log_);
  }

 private:
  void problem(const Bilingual& text) { log_.problems.push_back({number_, text}); }

  void line(std::string_view text) {
    const JsonView json = json_view(text);
    CustodyRecord record;
    record.sequence = json["seq"].unsigned_number();
    const JsonView bundle = json["bundle"];
    record.entry = {json["time"].text(),
                    json["event"].text(),
                    json["by"].text(),
                    json["to"].text(),
                    json["note"].text(),
                    bundle["name"].text(),
                    bundle["size"].unsigned_number(),
                    bundle["sha256"].text()};
    const std::string prev = json["prev"].text();
    if (auto key = parse_verifying_key(json["key"].text())) record.key = *key;
    // Written again from what was read, it must be the same: nothing hides in a record.
    std::string expected = unsigned_text(record.sequence, record.entry, prev, record.key);
    const std::string bare = expected;
    if (record.key) {
      JsonWriter value(expected);
      expected.pop_back();
      expected += kSignatureField;
      value.text(json["signature"].text());
      expected += '}';
    }
    if (expected != text) {
      problem({"is not a custody record, or was changed", "記録の形式でないか、変更されています"});
    } else {
      check_signature(record, bare, json["signature"].text());
      if (record.sequence != log_.records.size() + 1) {
        problem({"does not have the number that follows: records are missing or out of order",
                 "連番が続いていません。記録の欠落または順序の変更があります"});
      }
      log_.records.push_back(std::move(record));
    }
    if (prev != to_hex(log_.head)) {
      problem({"does not follow from the line before it: a record was changed, removed or added",
               "直前の行とつながりません。記録が変更・削除・追加されています"});
    }
    log_.head = sha256_of(std::as_bytes(std::span(text)));
  }

  void check_signature(CustodyRecord& record, const std::string& bare, std::string_view text) {
    if (!record.key) return;
    const auto signature = parse_signature(text);
    const bool good = signature && signature->text() == text &&
                      verify_signature(*record.key, blake2b_512(bare), *signature);
    record.signature = good ? CustodySignature::kGood : CustodySignature::kWrong;
    if (!good) problem({"its signature is wrong", "署名が正しくありません"});
  }

  CustodyLog log_;
  std::uint64_t number_ = 0;
};

}  // namespace

bool is_custody_event(std::string_view event) {
  return std::find(std::begin(kCustodyEvents), std::end(kCustodyEvents), event) !=
         std::end(kCustodyEvents);
}

Bilingual custody_event_text(std::string_view event) {
  if (event == "transfer") return {"handed over", "受け渡し"};
  if (event == "opened") return {"opened", "開封"};
  if (event == "analysed") return {"analysed", "解析"};
  return {"another event", "その他"};
}

CustodyLog read_custody_log(std::string_view text) { return LogReader().run(text); }

std::string next_custody_line(const CustodyLog& log, const CustodyEntry& entry,
                              const SigningKey* key) {
  const std::uint64_t sequence = log.records.size() + 1;
  std::optional<VerifyingKey> verifying;
  if (key != nullptr) verifying = key->verifying;
  std::string line = unsigned_text(sequence, entry, to_hex(log.head), verifying);
  if (key != nullptr) {
    const MinisignSignature signature =
        sign_digest(*key, blake2b_512(line),
                    "custody record " + std::to_string(sequence) + "\ttime:" + entry.time);
    line.pop_back();
    line += kSignatureField;
    JsonWriter(line).text(signature.text());
    line += '}';
  }
  return line + '\n';
}

void compare_with_bundle(CustodyLog& log, std::string_view sha256) {
  for (std::size_t i = 0; i < log.records.size(); ++i) {
    if (log.records[i].entry.bundle_sha256 == sha256) continue;
    log.problems.push_back({log.records[i].sequence,
                            {"speaks of a bundle with another SHA-256 than this one",
                             "このバンドルとは SHA-256 が異なるものの記録です"}});
  }
}

void require_keys(CustodyLog& log, std::span<const VerifyingKey> keys) {
  for (const CustodyRecord& record : log.records) {
    const bool known = record.signature == CustodySignature::kGood &&
                       std::find(keys.begin(), keys.end(), *record.key) != keys.end();
    if (known) continue;
    log.problems.push_back(
        {record.sequence,
         {"is not signed by any of the keys given", "指定された鍵による署名がありません"}});
  }
}

}  // namespace konseki
