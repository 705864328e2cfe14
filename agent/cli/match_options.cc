#include "agent/cli/match_options.h"

#include "agent/base/memory_reader.h"
#include "agent/match/builtin.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxAllowList = std::uint64_t{64} << 20;

Result<AllowList> read_allow_lists(const std::vector<std::string>& paths) {
  AllowList list;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(auto reader, open_local_file(path));
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxAllowList));
    KONSEKI_TRY(list.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path));
  }
  return list;
}

}  // namespace

std::vector<OptionSpec> match_options() {
  return {
      {"allow",
       "FILE",
       {"digests of files known to be harmless, lines of\nDIGEST;COMMENT",
        "無害と確認済みのファイルのハッシュ値\n(ハッシュ値;コメント の行)"},
       true},
      {"no-checks", "", {"without the built-in checks", "組み込みの検査を行わない"}},
      {"fail-on",
       "info|low|medium|high|critical",
       {"exit with 10 when a finding is this severe", "この重大度以上の検出があれば終了コード 10"}},
  };
}

Result<MatchSettings> read_match_settings(const Arguments& arguments) {
  MatchSettings settings;
  settings.allow = arguments.values("allow");
  settings.checks = !arguments.has("no-checks");
  if (arguments.has("fail-on")) {
    settings.fail_on = severity_of_name(arguments.value("fail-on"));
    if (!settings.fail_on) {
      return fail(ErrorCode::kInvalidArgument, "--fail-on " + arguments.value("fail-on"),
                  {"Use info, low, medium, high or critical.",
                   "info、low、medium、high、critical のどれかを指定してください。"});
    }
  }
  return settings;
}

Result<std::unique_ptr<MatchStage>> make_match_stage(const MatchSettings& settings) {
  KONSEKI_ASSIGN(AllowList allowed, read_allow_lists(settings.allow));
  std::vector<std::unique_ptr<Matcher>> matchers;
  if (settings.checks) matchers = make_builtin_matchers();
  return std::make_unique<MatchStage>(std::move(matchers), std::move(allowed));
}

bool reaches(const MatchSettings& settings, const MatchSummary& summary) {
  return settings.fail_on && summary.at_least(*settings.fail_on) > 0;
}

}  // namespace konseki
