// konseki kit make: a new folder with all that a stick needs.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/base/output_directory.h"
#include "agent/base/quantities.h"
#include "agent/base/unicode.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/case_options.h"
#include "agent/cli/console.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/match_options.h"
#include "agent/cli/run_verb.h"
#include "agent/kit/kit_page.h"
#include "agent/report/visible_text.h"
#include "agent/seal/signature.h"
#include "agent/source/live/local_file.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

std::vector<OptionSpec> make_options() {
  return {
      {"output,o", "DIR", {"the new folder", "新しいフォルダー"}},
      {"program",
       "FILE",
       {"put this executable in too, e.g. konseki.exe",
        "この実行ファイルも入れる (例 konseki.exe)"},
       true},
      {"profile",
       "NAME",
       {"triage (default), sweep, web-server, long-term or full",
        "triage (既定)、sweep、web-server、long-term、full"}},
      {"artifact", "NAME", {"collect this definition too", "この定義も収集"}, true},
      {"include",
       "GLOB",
       {"collect these paths too, e.g. /srv/**", "このパスも収集 (例 /srv/**)"},
       true},
      {"artifacts",
       "PATH",
       {"more definitions: a YAML or .tkape file, or a folder of them",
        "定義を追加: YAML・.tkape ファイルまたはそのフォルダー"},
       true},
      {"allow",
       "FILE",
       {"digests of files known to be harmless, as of konseki collect",
        "無害と確認済みのファイルのハッシュ値 (konseki collect と同じ)"},
       true},
      {"miner-data",
       "PATH",
       {"miner data in place of the built-in one, as of konseki collect",
        "組み込みのマイナーデータの置き換え (konseki collect と同じ)"},
       true},
      {"folder",
       "NAME",
       {"folder on the stick for the bundles (default evidence)",
        "バンドルを保存するフォルダー名 (既定 evidence)"}},
      {"max-file-size", "SIZE", {"as of konseki collect", "konseki collect と同じ"}},
      {"max-total-size", "SIZE", {"as of konseki collect", "konseki collect と同じ"}},
      {"max-memory", "SIZE", {"as of konseki collect", "konseki collect と同じ"}},
      {"max-time", "TIME", {"as of konseki collect", "konseki collect と同じ"}},
      {"cpu-limit", "PERCENT", {"as of konseki collect", "konseki collect と同じ"}},
      {"split", "SIZE", {"as of konseki collect", "konseki collect と同じ"}},
  };
}

const Usage& usage() {
  static const Usage kUsage{
      "kit make",
      "",
      0,
      0,
      {"Makes a rescue kit: a new folder for a USB stick with this program, its settings, their\n"
       "signature, and one sheet of instructions in Japanese and English.\n"
       "--lang is also the language that the kit will speak (default: that of its host).",
       "救助キットを作成します。USB メモリー用の新しいフォルダーに、このプログラム、設定、署名、\n"
       "日本語と英語の 1 枚の説明書を入れます。\n"
       "--lang はキット自身の表示言語にもなります (既定: 使用する端末の言語)。"},
      joined_options(
          {make_options(), case_options(), recipient_options(),
           signing_options({"sign with this minisign secret key instead of one made for\nthis kit",
                            "このキット用に作る鍵の代わりに、この minisign 秘密鍵で署名"})}),
      {"  konseki kit make -o KIT --recipient age1… --program konseki.exe \\\n"
       "    --case-id 2026-014 --contact \"Rescue team +81-3-…\"\n",
       "  konseki kit make -o KIT --recipient age1… --program konseki.exe \\\n"
       "    --case-id 2026-014 --contact \"救助チーム 03-…\"\n"}};
  return kUsage;
}

tl::unexpected<Error> bad_value(std::string_view option, std::string_view value, Bilingual advice) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("--{} {}", option, value),
              std::move(advice));
}

enum class ProgramSystem { kLinux, kWindows };

struct Program {
  std::string name;  // in the kit
  std::unique_ptr<ByteReader> file;
  ProgramSystem system = ProgramSystem::kLinux;
};

Result<Program> read_program(const std::string& path, std::unique_ptr<ByteReader> file) {
  Program program{base_name(path), std::move(file), {}};
  std::array<std::byte, 4> magic{};
  KONSEKI_ASSIGN(const std::size_t got, program.file->read_at(0, magic));
  const std::string_view start(reinterpret_cast<const char*>(magic.data()), got);
  if (start.starts_with("MZ")) {
    program.system = ProgramSystem::kWindows;
  } else if (start !=
             "\x7f"
             "ELF") {
    return bad_value("program", path,
                     {"This is no program of Linux or Windows.",
                      "Linux・Windows の実行ファイルではありません。"});
  }
  return program;
}

// Everything that goes into a kit, checked.
struct Plan {
  std::string folder;
  KitConfig config;
  std::vector<Program> programs;
  std::vector<KitMember> members;
  std::optional<std::chrono::seconds> max_time;
  std::optional<SigningKey> signing_key;
};

Result<void> plan_programs(const Arguments& arguments, Plan& plan) {
  KONSEKI_ASSIGN(const std::string own, own_executable_path());
  KONSEKI_ASSIGN(auto own_file, open_own_executable());
  KONSEKI_ASSIGN(plan.programs.emplace_back(), read_program(own, std::move(own_file)));
  for (const std::string& path : arguments.values("program")) {
    KONSEKI_ASSIGN(auto file, open_local_file(path));
    KONSEKI_ASSIGN(plan.programs.emplace_back(), read_program(path, std::move(file)));
  }
  // Sticks are case-blind.
  std::set<std::string> taken{plan.config.output};
  for (const std::string_view name : {kKitConfigName, kKitListName, kKitSignatureName, kKitDataName,
                                      kKitPageName, kKitPageTextName}) {
    taken.insert(fold_case(name));
  }
  for (const Program& program : plan.programs) {
    if (taken.insert(fold_case(program.name)).second && is_well_formed_utf8(program.name) &&
        visible_text(program.name) == program.name) {
      continue;
    }
    return bad_value("program", program.name,
                     {"The kit holds a file of that name already, or it is no name for a stick.",
                      "同名のファイルがキットにあるか、使用できない名前です。"});
  }
  return {};
}

Result<void> plan_definitions(const Arguments& arguments, Language language, Plan& plan) {
  KONSEKI_ASSIGN(const DefinitionFiles files, read_definition_files(arguments.values("artifacts")));
  const auto texts = files.texts();
  DefinitionSet definitions = embedded_definitions();
  definitions.add(texts);
  for (const DefinitionProblem& problem : definitions.problems()) {
    if (!files.holds(problem.file)) continue;
    if (problem.level == DefinitionProblem::Level::kError) {
      return bad_value("artifacts", problem.describe(language), {});
    }
    print_message(problem.describe(language));
  }
  for (const NamedText& text : texts) {
    // Numbered, for later ones replace earlier ones and names may repeat.
    plan.members.push_back({fmt::format("{}{:04}-{}", kKitDefinitions, plan.members.size(),
                                        to_well_formed(base_name(text.name))),
                            std::string(text.text)});
  }
  const ProfileSet profiles = embedded_profiles(definitions);
  const Profile* profile = profiles.find(plan.config.profile);
  if (!profile) {
    return bad_value("profile", plan.config.profile,
                     {"See: konseki list profiles", "一覧は konseki list profiles で確認できます"});
  }
  if (profile->limits.max_seconds > 0) {
    plan.max_time = std::chrono::seconds(profile->limits.max_seconds);
  }
  if (const auto own = plan.config.max_time()) plan.max_time = own;
  for (const std::string& name : plan.config.artifacts) {
    if (definitions.find(name)) continue;
    return bad_value(
        "artifact", name,
        {"See: konseki list artifacts", "一覧は konseki list artifacts で確認できます"});
  }
  return {};
}

Result<void> plan_allow_lists(const Arguments& arguments, Plan& plan) {
  AllowList all;  // what cannot be read back must not travel
  for (const std::string& path : arguments.values("allow")) {
    KONSEKI_ASSIGN(std::string text, read_allow_list(path, all));
    plan.members.push_back({fmt::format("{}{:04}-{}", kKitAllowLists, plan.members.size(),
                                        to_well_formed(base_name(path))),
                            std::move(text)});
  }
  return {};
}

Result<void> plan_miner_data(const Arguments& arguments, Plan& plan) {
  KONSEKI_ASSIGN(auto texts, read_miner_data(arguments.values("miner-data")));
  for (auto& [name, text] : texts) {
    plan.members.push_back({std::string(kKitMinerData) + name, std::move(text)});
  }
  return {};
}

Result<Plan> make_plan(const Arguments& arguments, Language language) {
  Plan plan;
  plan.folder = arguments.value("output");
  if (plan.folder.empty()) {
    return bad_value("output", "",
                     {"Name a new folder with -o.", "-o で新しいフォルダーを指定してください。"});
  }
  KitConfig& config = plan.config;
  config.program_version = KONSEKI_VERSION;
  config.created = system_now().iso8601();
  if (arguments.has("lang")) config.language = language;
  config.profile = arguments.value("profile", "triage");
  config.artifacts = arguments.values("artifact");
  config.include = arguments.values("include");
  config.output = arguments.value("folder", config.output);
  config.data_key = AgeIdentity::generate();
  KONSEKI_ASSIGN(config.case_fields, read_case_options(arguments));
  for (const std::string_view name : kKitLimits) {
    std::string option(name);
    std::replace(option.begin(), option.end(), '_', '-');
    if (arguments.has(option)) config.limits.emplace(name, arguments.value(option));
  }
  KONSEKI_ASSIGN(const AgeTargets targets, read_recipients(arguments));
  for (const AgeRecipient& recipient : targets.recipients) {
    config.recipients.push_back(recipient.text());
  }
  KONSEKI_TRY(plan_programs(arguments, plan));
  KONSEKI_TRY(plan_definitions(arguments, language, plan));
  KONSEKI_TRY(plan_allow_lists(arguments, plan));
  KONSEKI_TRY(plan_miner_data(arguments, plan));
  KONSEKI_ASSIGN(plan.signing_key, read_signing_key(arguments, language));
  if (!plan.signing_key) plan.signing_key = SigningKey::generate();
  config.public_key = plan.signing_key->verifying;
  // What cannot be read back must not travel.
  KONSEKI_TRY(parse_kit_config(config.json(), kit_case_keys()));
  return plan;
}

// One new file of the kit as a stream, entered into the list.
class KitOutput : public OutputStream {
 public:
  KitOutput(OutputDirectory& folder, std::string name) : folder_(folder), name_(std::move(name)) {}

  Result<void> write(std::span<const std::byte> bytes) override {
    if (!file_) {
      KONSEKI_ASSIGN(file_, folder_.create_file(name_));
    }
    KONSEKI_TRY(file_->write_at(size_, bytes));
    size_ += bytes.size();
    pass_.update(bytes);
    return {};
  }
  void enter(KitList& list) { list[name_] = {size_, pass_.finish()}; }

 private:
  OutputDirectory& folder_;
  std::string name_;
  std::unique_ptr<ExportedFile> file_;
  std::uint64_t size_ = 0;
  Sha256Pass pass_;
};

class KitWriter {
 public:
  KitWriter(const Plan& plan, OutputDirectory& folder) : plan_(plan), folder_(folder) {}

  Result<void> run(Language language) {
    for (const Program& program : plan_.programs) {
      KitOutput out(folder_, program.name);
      KONSEKI_TRY(digest_of(*program.file, [&](auto piece) { return out.write(piece); }));
      out.enter(list_);
    }
    KitOutput data(folder_, std::string(kKitDataName));
    KONSEKI_TRY(write_kit_data(data, plan_.members, plan_.config.data_key, {}));
    data.enter(list_);
    KONSEKI_TRY(put(kKitConfigName, plan_.config.json()));
    const KitPageFacts facts{&plan_.config, name_of(ProgramSystem::kLinux),
                             name_of(ProgramSystem::kWindows), plan_.max_time};
    const Language first = plan_.config.language.value_or(language);
    KONSEKI_TRY(put(kKitPageName, kit_page_html(facts, first)));
    KONSEKI_TRY(put(kKitPageTextName, kit_page_text(facts, first)));
    // The signature last: a kit that was begun only has none.
    const std::string list = write_kit_list(list_);
    KONSEKI_TRY(put(kKitListName, list));
    const std::string comment =
        fmt::format("timestamp:{}\tfile:{}\thashed\ttime:{}", system_now().seconds, kKitListName,
                    plan_.config.created);
    return put(kKitSignatureName,
               sign_digest(*plan_.signing_key, blake2b_512(list), comment).text());
  }

 private:
  Result<void> put(std::string_view name, std::string_view text) {
    KitOutput out(folder_, std::string(name));
    KONSEKI_TRY(out.write(std::as_bytes(std::span(text))));
    out.enter(list_);
    return {};
  }

  std::string name_of(ProgramSystem system) const {
    for (const Program& program : plan_.programs) {
      if (program.system == system) return program.name;
    }
    return {};
  }

  const Plan& plan_;
  OutputDirectory& folder_;
  KitList list_;
};

void show(const Plan& plan, const KitCheck& check, Language language) {
  const bool japanese = language == Language::kJapanese;
  if (plan.config.recipients.empty()) {
    print_message(japanese ? "注意: --recipient がないため、収集した証拠は暗号化されません。"
                           : "Note: without --recipient the evidence will not be encrypted.");
  }
  print_result(fmt::format(
      fmt::runtime(japanese
                       ? "キットを作成し、読み直して確認しました: {} ({} ファイル、{})\n"
                         "公開鍵 (紙に控え、キットとは別に保管): {}\n"
                         "次に: フォルダーの中身を USB メモリー (FAT32・exFAT) へコピーし、{} を"
                         "印刷してください。\n"
                         "控えとの照合: konseki kit check --public-key {} DIR\n"
                       : "Made, read back and found right: {} ({} files, {})\n"
                         "Public key, to copy and keep apart from the kit: {}\n"
                         "Next: copy the folder's content to a USB stick (FAT32 or exFAT) and "
                         "print {}.\n"
                         "To compare later: konseki kit check --public-key {} DIR\n"),
      plan.folder, check.files, size_text(check.bytes), plan.config.public_key.text(), kKitPageName,
      plan.config.public_key.text()));
}

Result<int> work(const Arguments& arguments, Language language) {
  auto plan = make_plan(arguments, language);
  if (!plan) return refuse_usage(plan.error(), language);
  KONSEKI_ASSIGN(const auto folder,
                 OutputDirectory::create(plan->folder, OutputAccess::kEverybody));
  KONSEKI_TRY(KitWriter(*plan, *folder).run(language));
  KONSEKI_ASSIGN(const KitCheck check, check_kit_folder(plan->folder, plan->config.public_key));
  if (!check.sound()) {
    print_message(kit_problems_text(check, language));
    return kExitBundleUnsafe;
  }
  show(*plan, check, language);
  return kExitComplete;
}

}  // namespace

int run_kit_make(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
