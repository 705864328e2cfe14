// konseki key: makes keys for the rescue team, and shows the public side of one.

#include <fmt/format.h>

#include "agent/base/clock.h"
#include "agent/base/system_words.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/secret_input.h"
#include "agent/cli/verbs.h"
#include "agent/seal/age_keys.h"
#include "agent/seal/signing_key.h"

namespace konseki {
namespace {

std::string examples() {
  return fmt::format(
      "  konseki key generate -o team.key\n"
      "  konseki key public team.key\n"
      "  konseki collect -o {} --recipient age1…\n",
      kStick);
}

const Usage& usage() {
  static const Usage kUsage{
      "key",
      "generate | public FILE",
      1,
      2,
      {"Makes a key pair on the rescue team's own machine, or shows the public side of a key "
       "file.\n"
       "Only the public key travels with the kit; the secret key opens the bundles.",
       "救助チーム側のマシンで鍵ペアを作成、または鍵ファイルの公開鍵を表示します。\n"
       "現場へ持って行くのは公開鍵だけです。秘密鍵はバンドルの復号に使います。"},
      {{"output,o",
        "FILE",
        {"new file for the secret key, readable by its owner only\n(default: stdout)",
         "秘密鍵の新しいファイル。所有者だけが読めます\n(既定: 標準出力)"}},
       {"signing",
        "",
        {"a key for signing (minisign) instead of one for encryption (age)",
         "暗号化用 (age) ではなく署名用 (minisign) の鍵"}}},
      {examples(), examples()}};
  return kUsage;
}

// Seconds are enough, as age-keygen writes it.
std::string now_text() { return system_now().iso8601().substr(0, 19) + "Z"; }

Result<int> generate(const Arguments& arguments, Language language) {
  SecretText file;
  std::string public_key;
  if (arguments.has("signing")) {
    const SigningKey key = SigningKey::generate();
    file = key.file();
    public_key = key.verifying.text();
  } else {
    const AgeIdentity identity = AgeIdentity::generate();
    file = identity_file(identity, now_text());
    public_key = identity.recipient().text();
  }
  KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments.value("output", "-")));
  KONSEKI_TRY(out.write(file.view()));
  KONSEKI_TRY(out.commit());
  print_message(
      fmt::format("{}: {}", language == Language::kJapanese ? "公開鍵" : "Public key", public_key));
  return kExitComplete;
}

Result<int> show_public(const std::string& path) {
  KONSEKI_ASSIGN(const SecretText text, read_secret_file(path));
  if (text.view().starts_with("untrusted comment:")) {
    if (auto key = parse_verifying_key(text.view())) {
      print_result(key->text() + "\n");
      return kExitComplete;
    }
    KONSEKI_ASSIGN(const SigningKey key, parse_signing_key(text.view(), std::nullopt));
    print_result(key.verifying.text() + "\n");
    return kExitComplete;
  }
  KONSEKI_ASSIGN(const auto identities, parse_identities_file(text.view(), path));
  for (const AgeIdentity& identity : identities) print_result(identity.recipient().text() + "\n");
  return kExitComplete;
}

}  // namespace

int run_key(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const auto& positional = arguments.positional();
    if (positional[0] == "generate" && positional.size() == 1) return generate(arguments, language);
    if (positional[0] == "public" && positional.size() == 2) return show_public(positional[1]);
    return refuse_usage({ErrorCode::kInvalidArgument,
                         positional[0],
                         {"Use: konseki key generate [-o FILE], or konseki key public FILE",
                          "konseki key generate [-o FILE] または konseki key public FILE の形で"
                          "指定してください"}},
                        language);
  });
}

}  // namespace konseki
