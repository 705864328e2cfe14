#include "agent/bundle/verify_signature.h"

#include "agent/base/cursor.h"
#include "agent/base/json_view.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/seal/signature.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostRun = 16 * 1024 * 1024;
constexpr std::uint64_t kMostSignature = 64 * 1024;

std::string text_of(ByteReader& reader, std::uint64_t limit) {
  const auto bytes = read_all(reader, limit);
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

Result<Blake64> digest_of(ByteReader& reader) {
  Blake2bPass pass;
  std::vector<std::byte> buffer(1024 * 1024);
  for (std::uint64_t at = 0; at < reader.size();) {
    KONSEKI_ASSIGN(const std::size_t got, reader.read_at(at, buffer));
    if (got == 0) break;
    pass.update(std::span(buffer).first(got));
    at += got;
  }
  return pass.finish();
}

// The key that run.json says the run signs with.
std::optional<VerifyingKey> announced_key(ByteReader* run) {
  if (run == nullptr) return std::nullopt;
  const std::string text = text_of(*run, kMostRun);
  const auto key = parse_verifying_key(json_view(text)["signing"]["public_key"].text());
  if (!key) return std::nullopt;
  return *key;
}

}  // namespace

void verify_signature_member(ByteReader& manifest, ByteReader* signature, ByteReader* run,
                             const std::optional<VerifyingKey>& expected, VerifyReport& report) {
  const std::string name(kSignatureName);
  const auto announced = announced_key(run);
  const bool recovered = json_view(report.run)["recovered"].is_true();
  if (signature == nullptr) {
    if (expected || (announced && !recovered)) {
      report.add(name, {"missing: the bundle is not signed, though it should be",
                        "署名がありません。署名されているはずのバンドルです"});
    } else if (!recovered) {
      report.notes.push_back({"The bundle is not signed.", "署名のないバンドルです。"});
    }
    return;
  }
  const std::string text = text_of(*signature, kMostSignature);
  const auto parsed = parse_signature(text);
  if (!parsed || parsed->text() != text) {
    report.add(name, {"is not a signature as this program writes it: it was changed",
                      "本プログラムの形式の署名ではありません。変更されています"});
    return;
  }
  if (!expected && !announced) {
    report.add(name, {"is by a key that konseki/run.json does not name",
                      "konseki/run.json に記載のない鍵による署名です"});
    return;
  }
  const VerifyingKey key = expected ? *expected : *announced;
  if (parsed->key_id != key.id) {
    report.add(name, {"is by another key than the expected " + key.id_text(),
                      "期待される鍵 " + key.id_text() + " とは別の鍵による署名です"});
    return;
  }
  const auto digest = digest_of(manifest);
  if (!digest || !verify_signature(key, *digest, *parsed)) {
    report.add(name, {"is wrong: the manifest, the comment or the signature was changed",
                      "署名が一致しません。目録・コメント・署名のいずれかが変更されています"});
    return;
  }
  report.signed_by = key;
  report.trusted_comment = parsed->trusted_comment;
}

}  // namespace konseki
