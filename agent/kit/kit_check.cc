#include "agent/kit/kit_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/report/visible_text.h"
#include "agent/seal/signature.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostText = std::uint64_t{4} << 20;

std::string_view top_of(std::string_view path) { return path.substr(0, path.find('/')); }

// What Windows, Linux desktops and macOS make on any volume. Nothing is ever started from there.
bool made_by_system(std::string_view top) {
  static constexpr std::array<std::string_view, 7> kNames{
      "System Volume Information", "$RECYCLE.BIN", "lost+found",     ".Trashes",
      ".Spotlight-V100",           ".fseventsd",   ".TemporaryItems"};
  return top.starts_with(".Trash-") || std::find(kNames.begin(), kNames.end(), top) != kNames.end();
}

class KitReader {
 public:
  KitReader(FileSystem& folder, std::span<const std::string_view> case_keys,
            const std::optional<VerifyingKey>& expected)
      : folder_(folder), case_keys_(case_keys), expected_(expected) {}

  KitCheck run() {
    read_config();
    read_list();
    check_files();
    find_additional();
    std::stable_sort(check_.problems.begin(), check_.problems.end(),
                     [](const KitProblem& a, const KitProblem& b) { return a.path < b.path; });
    return std::move(check_);
  }

 private:
  void problem(KitProblemKind kind, std::string_view path, std::string detail = {}) {
    check_.problems.push_back({kind, std::string(path), std::move(detail)});
  }
  void problem(std::string_view path, const Error& error) {
    const bool missing = error.code == ErrorCode::kNotFound;
    problem(missing ? KitProblemKind::kMissing : KitProblemKind::kUnreadable, path,
            missing ? "" : error.detail);
  }

  Result<std::unique_ptr<ByteReader>> open(std::string_view path) {
    KONSEKI_ASSIGN(const Entry entry, folder_.stat(path));
    if (entry.type != FileType::kRegular) {
      return fail(ErrorCode::kUnsupported, "not an ordinary file");
    }
    return folder_.open(entry);
  }

  // The content of a small file; tells by itself what is wrong.
  std::optional<std::string> text_of(std::string_view path) {
    auto reader = open(path);
    if (!reader) {
      problem(path, reader.error());
      return std::nullopt;
    }
    auto bytes = read_all(**reader, kMostText);
    if (!bytes) {
      problem(path, bytes.error());
      return std::nullopt;
    }
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  void read_config() {
    const auto text = text_of(kKitConfigName);
    if (!text) return;
    config_digest_ = sha256_of(std::as_bytes(std::span(*text)));
    auto config = parse_kit_config(*text, case_keys_);
    if (config) {
      check_.config = *std::move(config);
    } else {
      problem(KitProblemKind::kDamaged, kKitConfigName, config.error().detail);
    }
  }

  void read_list() {
    const auto text = text_of(kKitListName);
    const auto signature_text = text_of(kKitSignatureName);
    if (text) {
      auto list = parse_kit_list(*text);
      if (list) {
        list_ = *std::move(list);
      } else {
        problem(KitProblemKind::kDamaged, kKitListName, list.error().detail);
      }
    }
    if (text && signature_text) check_signature(*text, *signature_text);
  }

  void check_signature(const std::string& text, const std::string& signature_text) {
    const auto signature = parse_signature(signature_text);
    if (!signature || signature->text() != signature_text) {
      return problem(KitProblemKind::kDamaged, kKitSignatureName);
    }
    // Without the kit's key nothing can be said but by the key that is expected.
    const auto own = check_.config ? std::optional(check_.config->public_key) : std::nullopt;
    if (expected_ && own != expected_) problem(KitProblemKind::kOtherKey, kKitSignatureName);
    const auto key = expected_ ? expected_ : own;
    if (!key || verify_signature(*key, blake2b_512(text), *signature)) return;
    problem(KitProblemKind::kWrongSignature, kKitListName);
  }

  void check_files() {
    // Nothing would vouch for the settings otherwise.
    if (!list_.contains(kKitConfigName) && check_.config) {
      problem(KitProblemKind::kAdditional, kKitConfigName);
    }
    for (const auto& [path, listed] : list_) {
      auto reader = open(path);
      if (!reader) {
        if (path != kKitConfigName) problem(path, reader.error());
        continue;
      }
      const auto found = digest_of(**reader);
      if (!found) {
        problem(path, found.error());
      } else if (*found != listed ||
                 // The bytes that the settings were read from, not those that lie there now.
                 (path == kKitConfigName && config_digest_ != listed.sha256)) {
        problem(KitProblemKind::kAltered, path);
      } else {
        ++check_.files;
        check_.bytes += found->size;
      }
    }
  }

  bool is_known(const std::string& path) const {
    return list_.contains(path) || path == kKitConfigName || path == kKitListName ||
           path == kKitSignatureName;
  }

  void find_additional() {
    const std::string output = check_.config ? check_.config->output : KitConfig().output;
    WalkOptions options;
    options.on_error = [&](std::string_view path, const Error& error) {
      if (!made_by_system(top_of(path)) && top_of(path) != output) {
        problem(KitProblemKind::kUnreadable, path, error.detail);
      }
    };
    const auto walked = folder_.walk(options, [&](const Entry& entry) {
      const bool folder = entry.type == FileType::kDirectory;
      if (folder && entry.path == output) return WalkAction::kSkipSubtree;
      if (folder && made_by_system(entry.path)) {
        check_.passed_over.push_back(entry.path);
        return WalkAction::kSkipSubtree;
      }
      const std::string_view top = top_of(entry.path);
      const bool inside = top.size() < entry.path.size();
      if (inside && (top == output || made_by_system(top))) return WalkAction::kContinue;
      if (!folder && !is_known(entry.path)) problem(KitProblemKind::kAdditional, entry.path);
      return WalkAction::kContinue;
    });
    if (!walked) problem(KitProblemKind::kUnreadable, "", walked.error().detail);
    std::sort(check_.passed_over.begin(), check_.passed_over.end());
  }

  FileSystem& folder_;
  std::span<const std::string_view> case_keys_;
  const std::optional<VerifyingKey>& expected_;
  KitList list_;
  std::optional<Sha256> config_digest_;
  KitCheck check_;
};

}  // namespace

Bilingual KitProblem::text() const {
  const std::string more = detail.empty() ? "" : " (" + to_well_formed(detail) + ")";
  switch (kind) {
    case KitProblemKind::kMissing:
      return {"missing", "ありません"};
    case KitProblemKind::kAdditional:
      return {"additional: not part of the kit", "追加されています (キットの一部ではありません)"};
    case KitProblemKind::kAltered:
      return {"altered: not as it was when the kit was made",
              "変更されています (作成時の内容と異なります)"};
    case KitProblemKind::kUnreadable:
      return {"cannot be read" + more, "読み取れません" + more};
    case KitProblemKind::kDamaged:
      return {"damaged" + more, "破損しています" + more};
    case KitProblemKind::kWrongSignature:
      return {"not what the kit's key signed", "キットの鍵による署名と一致しません"};
    case KitProblemKind::kOtherKey:
      return {"the kit's key is another than the one expected",
              "キットの鍵が、指定された公開鍵と異なります"};
  }
  return {};
}

KitCheck check_kit(FileSystem& folder, std::span<const std::string_view> case_keys,
                   const std::optional<VerifyingKey>& expected) {
  return KitReader(folder, case_keys, expected).run();
}

Result<KitFile> digest_of(ByteReader& reader,
                          const std::function<Result<void>(std::span<const std::byte>)>& take) {
  KitFile file;
  Sha256Pass pass;
  std::vector<std::byte> buffer(1 << 20);
  while (true) {
    KONSEKI_ASSIGN(const std::size_t got, reader.read_at(file.size, buffer));
    if (got == 0) break;
    const auto piece = std::span<const std::byte>(buffer).first(got);
    pass.update(piece);
    if (take) KONSEKI_TRY(take(piece));
    file.size += got;
  }
  file.sha256 = pass.finish();
  return file;
}

std::string kit_problems_text(const KitCheck& check, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = japanese ? "キットが変更されています。使用しないでください。\n"
                             : "The kit has been altered. Do not use it.\n";
  for (const KitProblem& problem : check.problems) {
    out += fmt::format("  {}: {}\n", visible_text(problem.path),
                       visible_text(problem.text().in(language)));
  }
  return out;
}

}  // namespace konseki
