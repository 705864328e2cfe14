// Valid files of agent/seal and deterministic mutations of them: no crash, no hang, and nothing
// answered that was not written.
#include <gtest/gtest.h>

#include <random>

#include "agent/base/cursor.h"
#include "agent/seal/age_keys.h"
#include "agent/seal/age_wrap.h"
#include "agent/seal/custody_log.h"
#include "agent/seal/signature.h"
#include "tests/fuzz/seal_input.h"

namespace konseki::testing {
namespace {

std::string mutate(std::string text, std::mt19937& random) {
  for (unsigned i = 0; i <= random() % 3 && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ 1 << random() % 8);
        break;
      case 1:
        text.erase(at, random() % 70);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), random() % 70));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

TEST(SealSmoke, TextsSurviveMutation) {
  const AgeIdentity identity = AgeIdentity::generate();
  const SigningKey key = SigningKey::generate();
  AgeTargets targets;
  targets.recipients = {identity.recipient(), AgeIdentity::generate().recipient()};
  const FileKey file_key;
  const std::string custody = next_custody_line(
      {}, {"2026-01-01T00:00:00Z", "transfer", "A", "B", "note", "b", 1, std::string(64, '0')},
      &key);
  const std::vector<std::string> seeds{
      write_age_header(wrap_file_key(file_key, targets).value(), file_key),
      identity.recipient().text(),
      std::string(identity.text().view()),
      std::string(identity_file(identity, "now").view()),
      sign_digest(key, blake2b_512("x"), "comment").text(),
      key.verifying.file(),
      std::string(key.file().view()),
      custody};
  std::mt19937 random(20'260'102);
  for (const std::string& seed : seeds) {
    offer_seal_text(std::as_bytes(std::span(seed)));
    for (int i = 0; i < 400; ++i) {
      const std::string mutant = mutate(seed, random);
      offer_seal_text(std::as_bytes(std::span(mutant)));
    }
  }
}

TEST(SealSmoke, FilesSurviveMutation) {
  std::mt19937 random(20'260'102);
  for (const std::size_t size : {0, 1, 16, 17, 100, 65'552, 65'568, 65'569, 150'000}) {
    std::string payload(size, 'x');
    for (int i = 0; i < 8; ++i) {
      offer_age_file(std::as_bytes(std::span(payload)));
      payload = mutate(payload, random);
    }
  }
}

}  // namespace
}  // namespace konseki::testing
