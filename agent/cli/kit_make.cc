// konseki kit make: a new folder with all that a stick needs.

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/base/local_path.h"
#include "agent/base/output_directory.h"
#include "agent/base/quantities.h"
#include "agent/bundle/zip_writer.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/case_options.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/kit_plan.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/kit/kit_page.h"
#include "agent/report/visible_text.h"
#include "agent/seal/signature.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

std::vector<OptionSpec> make_options() {
  return {
      {"output,o", "DIR", {"the new folder", "新しいフォルダー"}},
      {"zip",
       "FILE",
       {"pack the folder into this new archive too, to be sent",
        "送付用に、フォルダーをこの新しい ZIP にもまとめる"}},
      {"program",
       "FILE",
       {"put this executable in too (default: konseki and\nkonseki.exe where they lie beside each "
        "other)",
        "この実行ファイルも入れる (既定: 同じフォルダーの\nkonseki と konseki.exe)"},
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
      {"indicators",
       "PATH",
       {"look for these indicators, as of konseki collect",
        "このインジケータを探す (konseki collect と同じ)"},
       true},
      {"rules",
       "PATH",
       {"look for what these YARA rules describe, as of\nkonseki collect",
        "この YARA ルールで調べる (konseki collect と同じ)"},
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
  KitWriter(const KitPlan& plan, OutputDirectory& folder) : plan_(plan), folder_(folder) {}

  Result<void> run(Language language) {
    for (const KitProgram& program : plan_.programs) {
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

  const KitList& list() const { return list_; }

 private:
  Result<void> put(std::string_view name, std::string_view text) {
    KitOutput out(folder_, std::string(name));
    KONSEKI_TRY(out.write(std::as_bytes(std::span(text))));
    out.enter(list_);
    return {};
  }

  std::string name_of(ProgramSystem system) const {
    for (const KitProgram& program : plan_.programs) {
      if (program.system == system) return program.name;
    }
    return {};
  }

  const KitPlan& plan_;
  OutputDirectory& folder_;
  KitList list_;
};

// The kit as one file to be sent: its folder with all that the list names.
Result<void> write_zip(const KitPlan& plan, const KitList& list, const std::string& path) {
  KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(path));
  ZipWriter zip(out.stream());
  const std::string folder = base_name(plan.folder) + "/";
  const Timestamp made = system_now();
  for (const auto& [name, facts] : list) {
    KONSEKI_ASSIGN(const auto reader, open_local_file(path_in(plan.folder, name)));
    const bool program =
        std::any_of(plan.programs.begin(), plan.programs.end(),
                    [&name = name](const KitProgram& each) { return each.name == name; });
    KONSEKI_TRY(
        zip.begin({folder + name, MemberType::kFile, facts.size, program ? 0755U : 0644U, made}));
    KONSEKI_TRY(digest_of(*reader, [&](auto piece) { return zip.write(piece); }));
    KONSEKI_TRY(zip.end());
  }
  KONSEKI_TRY(zip.finish());
  return out.commit();
}

void show_contents(const KitPlan& plan, Language language) {
  const bool japanese = language == Language::kJapanese;
  for (const auto& [system, label] :
       {std::pair(ProgramSystem::kLinux, "Linux"), std::pair(ProgramSystem::kWindows, "Windows")}) {
    const KitProgram* program = program_for(plan.programs, system);
    if (program == nullptr) {
      print_message(fmt::format(
          fmt::runtime(japanese
                           ? "注意: {0} 用のプログラムがないため、{0} の端末では使えません。{1} を"
                             "このプログラムの隣に置くか、--program で指定してください。"
                           : "Note: no program for {0}, so the kit does nothing there. Put {1} "
                             "beside this program or name it with --program."),
          label, usual_program_name(system)));
      continue;
    }
    print_result(fmt::format("{:<8} {}\n", label, program->name));
    if (!program->needs_libraries) continue;
    print_message(fmt::format(
        fmt::runtime(japanese
                         ? "注意: {} はこのマシンのライブラリーに依存しており、ほかの端末では起動"
                           "しないことがあります。リリース版 (make release) を使ってください。"
                         : "Note: {} needs libraries of this machine and may not start on others. "
                           "Use a release build (make release)."),
        program->name));
  }
  const auto counted = [&](const Bilingual& text, std::uint64_t count, std::size_t left_out) {
    if (count == 0) return;
    print_result(fmt::format(fmt::runtime(text.in(language)), count, left_out));
  };
  counted({"Indicators: {}, left out: {}\n", "インジケータ: {} 件、除外 {} 件\n"},
          plan.config.indicators, plan.indicators_left_out);
  counted({"YARA rules: {}, left out: {}\n", "YARA ルール: {} 件、除外 {} 件\n"}, plan.config.rules,
          plan.rules_left_out);
  if (plan.config.recipients.empty()) {
    print_message(japanese ? "注意: --recipient がないため、収集した証拠は暗号化されません。"
                           : "Note: without --recipient the evidence will not be encrypted.");
  }
}

void show(const KitPlan& plan, const KitCheck& check, Language language) {
  const bool japanese = language == Language::kJapanese;
  show_contents(plan, language);
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
  auto plan = make_kit_plan(arguments, language);
  if (!plan) return refuse_usage(plan.error(), language);
  if (arguments.has("zip") && local_file_facts(arguments.value("zip"))) {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         "--zip " + arguments.value("zip"),
                         {"It exists and is never overwritten: choose another name.",
                          "既にあります。上書きはしませんので、別の名前を指定してください。"}},
                        language);
  }
  KONSEKI_ASSIGN(const auto folder,
                 OutputDirectory::create(plan->folder, OutputAccess::kEverybody));
  KitWriter writer(*plan, *folder);
  KONSEKI_TRY(writer.run(language));
  KONSEKI_ASSIGN(const KitCheck check, check_kit_folder(plan->folder, plan->config.public_key));
  if (!check.sound()) {
    print_message(kit_problems_text(check, language));
    return kExitBundleUnsafe;
  }
  show(*plan, check, language);
  if (arguments.has("zip")) {
    KONSEKI_TRY(write_zip(*plan, writer.list(), arguments.value("zip")));
    print_result(arguments.value("zip") + "\n");
  }
  return kExitComplete;
}

}  // namespace

int run_kit_make(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
