#include "agent/cli/key_options.h"

#include <algorithm>

#include "agent/cli/secret_input.h"

namespace konseki {
namespace {

// "keys.txt: no such file" says little when five options name files.
Error of_option(Error error, std::string_view option) {
  error.detail = "--" + std::string(option) + " " + error.detail;
  return error;
}

tl::unexpected<Error> not_readable(AgeForm form) {
  if (form == AgeForm::kArmored) {
    return fail(ErrorCode::kUnsupported, "encrypted with age as text (armored)",
                {"Decrypt it first: age -d -i KEY -o NEW FILE",
                 "先に復号してください: age -d -i KEY -o NEW FILE"});
  }
  return fail(ErrorCode::kUnsupported, "encrypted with a newer version of age",
              {"Decrypt it first with a current age: age -d -i KEY -o NEW FILE",
               "新しい age で先に復号してください: age -d -i KEY -o NEW FILE"});
}

}  // namespace

std::vector<OptionSpec> Unlocker::options(std::string_view prefix) {
  const std::string before(prefix);
  return {
      {"identity",
       "FILE",
       {"secret key that opens an encrypted bundle (age format)",
        "暗号化されたバンドルを開く秘密鍵 (age 形式)"},
       true},
      {before + "passphrase",
       "",
       {"ask for the passphrase that opens it", "開くためのパスフレーズを入力"}},
      {before + "passphrase-file",
       "FILE",
       {"read that passphrase from a file (- is stdin)",
        "そのパスフレーズをファイルから読む (- は標準入力)"}},
  };
}

Result<Unlocker> Unlocker::create(const Arguments& arguments, Language language,
                                  std::string_view prefix) {
  Unlocker unlocker;
  for (const std::string& path : arguments.values("identity")) {
    auto text = read_secret_file(path);
    if (!text) return fail(of_option(text.error(), "identity"));
    auto keys = parse_identities_file(text->view(), path);
    if (!keys) return fail(of_option(keys.error(), "identity"));
    auto& all = unlocker.identities_.keys;
    all.insert(all.end(), keys->begin(), keys->end());
  }
  const std::string option = std::string(prefix) + "passphrase";
  if (arguments.has(option + "-file")) {
    auto text = read_passphrase_file(arguments.value(option + "-file"));
    if (!text) return fail(of_option(text.error(), option + "-file"));
    unlocker.identities_.passphrase = *std::move(text);
  } else if (arguments.has(option)) {
    KONSEKI_ASSIGN(
        unlocker.identities_.passphrase,
        ask_passphrase({"Passphrase of the bundle", "バンドルのパスフレーズ"}, false, language));
  }
  return unlocker;
}

Result<std::unique_ptr<ByteReader>> Unlocker::unlock(std::unique_ptr<ByteReader> file) const {
  KONSEKI_ASSIGN(const AgeForm form, age_form(*file));
  if (form == AgeForm::kNone) return file;
  if (form != AgeForm::kBinary) return not_readable(form);
  KONSEKI_ASSIGN(std::unique_ptr<ByteReader> clear, AgeReader::open(std::move(file), identities_));
  return clear;
}

Result<Unlocker::Salvaged> Unlocker::salvage(std::unique_ptr<ByteReader> file) const {
  KONSEKI_ASSIGN(const AgeForm form, age_form(*file));
  if (form == AgeForm::kNone) return Salvaged{std::move(file), nullptr};
  if (form != AgeForm::kBinary) return not_readable(form);
  auto damage = std::make_shared<AgeDamage>();
  KONSEKI_ASSIGN(std::unique_ptr<ByteReader> clear,
                 AgeReader::salvage(std::move(file), identities_, damage));
  return Salvaged{std::move(clear), std::move(damage)};
}

std::vector<OptionSpec> recipient_options() {
  return {
      {"recipient",
       "age1…",
       {"encrypt the bundle to this public key", "この公開鍵あてにバンドルを暗号化"},
       true},
      {"recipients-file",
       "FILE",
       {"encrypt to every public key in this file, one a line",
        "ファイル内のすべての公開鍵 (1 行に 1 つ) あてに暗号化"},
       true},
  };
}

Result<AgeTargets> read_recipients(const Arguments& arguments) {
  AgeTargets targets;
  const auto add = [&](const AgeRecipient& recipient) {
    auto& all = targets.recipients;
    if (std::find(all.begin(), all.end(), recipient) == all.end()) all.push_back(recipient);
  };
  for (const std::string& text : arguments.values("recipient")) {
    auto recipient = parse_age_recipient(text);
    // The word is not repeated: someone may have given the secret key.
    if (!recipient) return fail(of_option(recipient.error(), "recipient"));
    add(*recipient);
  }
  for (const std::string& path : arguments.values("recipients-file")) {
    auto text = read_secret_file(path);
    if (!text) return fail(of_option(text.error(), "recipients-file"));
    auto recipients = parse_recipients_file(text->view(), path);
    if (!recipients) return fail(of_option(recipients.error(), "recipients-file"));
    for (const AgeRecipient& recipient : *recipients) add(recipient);
  }
  return targets;
}

std::vector<OptionSpec> signing_options(const Bilingual& help) {
  return {
      {"signing-key", "FILE", help},
      {"signing-password-file",
       "FILE",
       {"read its password from a file (- is stdin)",
        "署名鍵のパスワードをファイルから読む (- は標準入力)"}},
  };
}

Result<std::optional<SigningKey>> read_signing_key(const Arguments& arguments, Language language) {
  if (!arguments.has("signing-key")) return std::optional<SigningKey>();
  const std::string path = arguments.value("signing-key");
  auto text = read_secret_file(path);
  if (!text) return fail(of_option(text.error(), "signing-key"));
  std::optional<SecretText> password;
  if (arguments.has("signing-password-file")) {
    auto read = read_passphrase_file(arguments.value("signing-password-file"));
    if (!read) return fail(of_option(read.error(), "signing-password-file"));
    password = *std::move(read);
  } else if (needs_password(text->view())) {
    // Without a terminal parse_signing_key() says what is missing.
    auto asked =
        ask_passphrase({"Password of the signing key", "署名鍵のパスワード"}, false, language);
    if (asked) password = *std::move(asked);
    if (!asked && asked.error().code != ErrorCode::kUnsupported) return fail(asked.error());
  }
  auto key = parse_signing_key(text->view(), password);
  if (!key) {
    key.error().detail = "--signing-key " + path + ": " + key.error().detail;
    return fail(key.error());
  }
  return std::optional<SigningKey>(*std::move(key));
}

Result<VerifyingKey> read_verifying_key(const std::string& text_or_path) {
  if (auto key = parse_verifying_key(text_or_path)) return key;
  auto text = read_secret_file(text_or_path);
  if (!text) return fail(of_option(text.error(), "public-key"));
  auto key = parse_verifying_key(text->view());
  if (!key) {
    key.error().detail = "--public-key " + text_or_path;
    return fail(key.error());
  }
  return key;
}

}  // namespace konseki
