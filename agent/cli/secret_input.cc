#include "agent/cli/secret_input.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "agent/base/cursor.h"
#include "agent/base/handles/closer.h"
#include "agent/base/standard_streams.h"
#include "agent/base/system_error.h"
#include "agent/base/terminal.h"

namespace konseki {
namespace {

constexpr std::size_t kMostSecret = 1024 * 1024;

const Bilingual kEmpty{"The passphrase is empty.", "パスフレーズが空です。"};

Result<SecretText> read_stream(std::FILE* stream, const std::string& name) {
  SecretText text;
  Secret<4096> buffer;
  while (true) {
    const std::size_t got = std::fread(buffer.bytes().data(), 1, buffer.bytes().size(), stream);
    text.append(as_text(buffer.bytes().first(got)));
    if (text.view().size() > kMostSecret) {
      return fail(ErrorCode::kLimitExceeded, name,
                  {"This is not a key or passphrase file: it is larger than 1 MiB.",
                   "1 MiB を超えており、鍵やパスフレーズのファイルではありません。"});
    }
    if (std::ferror(stream) != 0) return fail(system_error(errno, "read " + name));
    if (got == 0) return text;
  }
}

Result<SecretText> ask_once(const std::string& prompt) {
  SecretText text;
  KONSEKI_TRY(ask_hidden(prompt, [&](std::string_view part) { text.append(part); }));
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "--passphrase", kEmpty);
  return text;
}

}  // namespace

Result<SecretText> read_secret_file(const std::string& path) {
  if (path == "-") return read_stream(stdin, "stdin");
  const std::unique_ptr<std::FILE, Closer<std::fclose>> file(open_c_file(path));
  if (!file) return fail(system_error(errno, "open " + path));
  // No buffer of the library's, which nobody would wipe.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return read_stream(file.get(), path);
}

Result<SecretText> read_passphrase_file(const std::string& path) {
  KONSEKI_ASSIGN(SecretText text, read_secret_file(path));
  if (text.view().ends_with('\n')) text.remove_suffix(1);
  if (text.view().ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, path, kEmpty);
  return text;
}

Result<SecretText> ask_passphrase(const Bilingual& prompt, bool confirm, Language language) {
  KONSEKI_ASSIGN(SecretText text, ask_once(prompt.in(language) + ": "));
  if (!confirm) return text;
  const bool japanese = language == Language::kJapanese;
  KONSEKI_ASSIGN(const SecretText again,
                 ask_once(prompt.in(language) + (japanese ? " (もう一度): " : " (again): ")));
  if (again.view() == text.view()) return text;
  return fail(ErrorCode::kInvalidArgument, "--passphrase",
              {"The two were not the same.", "2 回の入力が一致しません。"});
}

}  // namespace konseki
