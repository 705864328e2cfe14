#include "agent/report/custody_text.h"

#include "agent/report/summary.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

void append_record(std::string& out, const CustodyRecord& record, Language language) {
  const bool japanese = language == Language::kJapanese;
  const CustodyEntry& entry = record.entry;
  out += "  " + std::to_string(record.sequence) + "  " + visible_text(entry.time.substr(0, 19)) +
         " UTC  " + custody_event_text(entry.event).in(language) + ": " + visible_text(entry.by);
  if (!entry.to.empty()) out += " → " + visible_text(entry.to);
  out += "  [" + custody_signature_text(record).in(language) + "]\n";
  if (!entry.note.empty()) out += "     " + visible_text(entry.note) + "\n";
  out += (japanese ? "     バンドルの SHA-256: " : "     SHA-256 of the bundle: ") +
         visible_text(entry.bundle_sha256) + "\n";
}

}  // namespace

Bilingual custody_signature_text(const CustodyRecord& record) {
  switch (record.signature) {
    case CustodySignature::kNone:
      return {"not signed", "署名なし"};
    case CustodySignature::kGood:
      return {"signed, key " + record.key->id_text(), "署名あり 鍵 " + record.key->id_text()};
    case CustodySignature::kWrong:
      break;
  }
  return {"WRONG SIGNATURE", "署名不一致"};
}

std::string custody_text(const std::string& path, const CustodyLog& log, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = visible_text(path) + ": ";
  const std::string count = std::to_string(log.records.size());
  if (log.sound()) {
    out += japanese ? "管理記録 " + count + " 件、異常なし\n"
                    : count + (log.records.size() == 1 ? " record, sound\n" : " records, sound\n");
  } else {
    const std::string problems = std::to_string(log.problems.size());
    out += japanese ? "管理記録 " + count + " 件、異常 " + problems + " 件\n"
                    : count + " records, " + problems + " problems\n";
  }
  for (const CustodyRecord& record : log.records) append_record(out, record, language);
  for (const CustodyProblem& problem : log.problems) {
    out += (japanese ? "  異常: " + std::to_string(problem.line) + " 行目: "
                     : "  Problem: line " + std::to_string(problem.line) + " ") +
           problem.text.in(language) + "\n";
  }
  if (log.records.empty()) return out;
  out += japanese ? "  最後の記録の SHA-256 (手書き控え用):\n"
                  : "  SHA-256 of the last record, to copy by hand:\n";
  for (const std::string& line : digest_lines(log.head)) out += "    " + line + "\n";
  return out;
}

}  // namespace konseki
