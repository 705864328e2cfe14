// konseki kit run: what the program in a kit does when it is started without arguments.

#include <optional>

#include "agent/base/clock.h"
#include "agent/base/output_directory.h"
#include "agent/base/terminal.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/kit/kit_session.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/output_placement.h"
#include "agent/source/open_source.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "kit run",
      "[DIR]",
      0,
      1,
      {"Does the job of the rescue kit in DIR (default: the one that this program lies in): "
       "checks\n"
       "it, says what will be collected, asks once, and collects this host.",
       "DIR の救助キット (省略時はこのプログラムが入っているもの) を実行します。キットを検査し、\n"
       "何を収集するかを示して 1 回だけ確認し、このホストを収集します。"},
      {{"yes", "", {"do not ask", "確認せずに実行"}},
       {"no-elevation",
        "",
        {"Windows: do not ask for the rights of an administrator",
         "Windows: 管理者権限を求めない"}},
       {"allow-output-on-source",
        "",
        {"write to a volume under examination (recorded)",
         "調査対象のボリュームへの書き込みを許可 (記録されます)"}},
       {"quiet,q", "", {"no progress", "進捗を表示しない"}}},
      {}};
  return kUsage;
}

class HostDesk : public KitDesk {
 public:
  OperatingSystem system() const override { return kRunningSystem; }
  TerminalShape shape() const override { return terminal_shape(); }
  bool can_ask() const override { return standard_input_is_terminal(); }
  bool window_ends_with_program() const override { return konseki::window_ends_with_program(); }
  void say(std::string_view text) override { print_message(text); }
  std::string ask(std::string_view prompt) override {
    drop_typed_input();
    write_standard(StandardStream::kError, prompt);
    return typed_line();
  }
  void wait_for_key(std::string_view prompt) override {
    drop_typed_input();
    write_standard(StandardStream::kError, prompt);
    konseki::wait_for_key();
  }

  Result<KitCheck> check(const std::string& folder) override {
    return check_kit_folder(folder, std::nullopt);
  }
  Result<KitOutlook> look_ahead(const KitConfig& config, const std::string& output) override {
    KitOutlook outlook;
    KONSEKI_ASSIGN(const auto source, open_source("", {}));
    outlook.hostname = build_knowledge_base(*source).host.hostname;
    if (LiveHost* live = source->live()) outlook.privileged = live->privileged();
    KONSEKI_ASSIGN(const OutputPlacement placement, check_output_placement(output, ""));
    outlook.output_allowed = placement.allowed;
    outlook.output_reason = placement.reason;
    const ProfileSet profiles = embedded_profiles(embedded_definitions());
    if (const Profile* profile = profiles.find(config.profile)) {
      outlook.profile = profile->description;
    }
    return outlook;
  }
  ElevatedRun elevate(const std::vector<std::string>& words, bool wait) override {
    return run_elevated(words, wait);
  }
  Timestamp now() const override { return system_now(); }
  std::string program() const override { return own_executable_path().value_or("konseki"); }
  Result<void> make_output(const std::string& output) override {
    const auto facts = local_file_facts(output);
    if (facts && facts->kind == LocalFileKind::kDirectory) return {};
    KONSEKI_TRY(OutputDirectory::create(output));
    return {};
  }
  KitCollection collect(const std::vector<std::string>& words, Language language) override {
    const int code = run_collect(words, language);
    return {code, code == kExitComplete || code == kExitWithGaps};
  }
};

int exit_code_of(const KitRunResult& result) {
  switch (result.end) {
    case KitEnd::kCollected:
    case KitEnd::kElsewhere:
      return result.code;
    case KitEnd::kNobody:
      return kExitUsage;
    case KitEnd::kAltered:
      return kExitBundleUnsafe;
    case KitEnd::kDeclined:
    case KitEnd::kFailed:
      break;
  }
  return kExitNotStarted;
}

}  // namespace

int run_kit_run(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    KitRunSettings settings;
    if (!arguments.positional().empty()) {
      settings.folder = arguments.positional().front();
    } else if (const auto beside = kit_beside_program()) {
      settings.folder = *beside;
    } else {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "DIR",
                           {"This program lies in no kit: name the folder of one.",
                            "このプログラムはキットの中にありません。キットのフォルダーを指定して"
                            "ください。"}},
                          language);
    }
    settings.language = language;
    settings.language_given = arguments.has("lang");
    settings.ask = !arguments.has("yes");
    settings.elevate = !arguments.has("no-elevation");
    settings.output_on_source = arguments.has("allow-output-on-source");
    settings.quiet = arguments.has("quiet");
    if (settings.ask) ignore_clicks();
    HostDesk desk;
    return exit_code_of(KitSession(desk, std::move(settings)).run());
  });
}

}  // namespace konseki
