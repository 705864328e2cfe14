#include "agent/cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>

#include "agent/base/process.h"

namespace konseki {
namespace {

namespace po = boost::program_options;

const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> kOptions{
      {"lang", "ja|en", {"language of messages", "メッセージの言語"}, false},
      {"help,h", "", {"show this help", "このヘルプを表示"}, false},
  };
  return kOptions;
}

std::string long_name(const OptionSpec& option) {
  return option.name.substr(0, option.name.find(','));
}

void declare(po::options_description& description, const std::vector<OptionSpec>& options) {
  for (const OptionSpec& option : options) {
    if (option.value_name.empty()) {
      description.add_options()(option.name.c_str(), option.help.en.c_str());
    } else {
      description.add_options()(option.name.c_str(),
                                po::value<std::vector<std::string>>()->composing(),
                                option.help.en.c_str());
    }
  }
}

std::string left_column(const OptionSpec& option) {
  const std::size_t comma = option.name.find(',');
  std::string text =
      comma == std::string::npos ? "    " : "-" + option.name.substr(comma + 1) + ", ";
  text += "--" + long_name(option);
  if (!option.value_name.empty()) text += " " + option.value_name;
  if (option.repeatable) text += " …";
  return text;
}

void append_options(std::string& out, const std::vector<OptionSpec>& options, Language language) {
  for (const OptionSpec& option : options) {
    const std::string left = left_column(option);
    // The ellipsis is one column wide but three bytes long.
    const std::size_t width = left.size() - (option.repeatable ? 2 : 0);
    constexpr std::size_t kColumn = 32;
    std::string indented;
    for (const char c : option.help.in(language)) {
      indented += c;
      if (c == '\n') indented.append(kColumn + 4, ' ');
    }
    out += "  " + left;
    if (width >= kColumn) {
      out += "\n" + std::string(kColumn + 4, ' ');
    } else {
      out.append(kColumn + 2 - width, ' ');
    }
    out += indented + "\n";
  }
}

}  // namespace

std::vector<OptionSpec> joined_options(std::initializer_list<std::vector<OptionSpec>> tables) {
  std::vector<OptionSpec> out;
  for (const auto& table : tables) out.insert(out.end(), table.begin(), table.end());
  return out;
}

bool Arguments::has(std::string_view option) const {
  return std::any_of(given_.begin(), given_.end(),
                     [&](const Given& given) { return given.name == option; });
}

const std::vector<std::string>& Arguments::values(std::string_view option) const {
  static const std::vector<std::string> kNone;
  for (const Given& given : given_) {
    if (given.name == option) return given.values;
  }
  return kNone;
}

std::string Arguments::value(std::string_view option, std::string fallback) const {
  const auto& all = values(option);
  return all.empty() ? std::move(fallback) : all.back();
}

Result<Arguments> parse_arguments(const Usage& usage, const std::vector<std::string>& words) {
  po::options_description description;
  declare(description, usage.options);
  declare(description, common_options());
  po::options_description hidden;
  hidden.add(description);
  hidden.add_options()("positional", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("positional", -1);
  Arguments arguments;
  try {
    po::variables_map map;
    // No guessing: an abbreviation that works today could change its meaning tomorrow.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(
        po::command_line_parser(words).options(hidden).positional(positional).style(style).run(),
        map);
    for (const auto& [name, variable] : map) {
      const auto* values = boost::any_cast<std::vector<std::string>>(&variable.value());
      if (name == "positional") {
        arguments.positional_ = *values;
      } else {
        arguments.given_.push_back({name, values ? *values : std::vector<std::string>()});
      }
    }
  } catch (const po::error& error) {
    return fail(ErrorCode::kInvalidArgument, error.what(),
                {fmt::format("See: konseki {} --help", usage.verb),
                 fmt::format("使い方は konseki {} --help で確認できます", usage.verb)});
  }
  const std::size_t count = arguments.positional_.size();
  if (!arguments.has("help") && (count < usage.min_positional || count > usage.max_positional)) {
    return fail(ErrorCode::kInvalidArgument,
                count > usage.max_positional
                    ? "unexpected argument: " + arguments.positional_[usage.max_positional]
                    : "missing argument: " + usage.positional,
                {fmt::format("See: konseki {} --help", usage.verb),
                 fmt::format("使い方は konseki {} --help で確認できます", usage.verb)});
  }
  const std::string language = arguments.value("lang", "en");
  if (language != "en" && language != "ja") {
    return fail(ErrorCode::kInvalidArgument, "--lang " + language,
                {"Use ja or en.", "ja または en を指定してください。"});
  }
  return arguments;
}

std::string help_text(const Usage& usage, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = usage.summary.in(language) + "\n\n";
  out += fmt::format("{}: konseki {} {}[{}]\n\n", japanese ? "使い方" : "Usage", usage.verb,
                     usage.positional.empty() ? "" : usage.positional + " ",
                     japanese ? "オプション" : "options");
  out += japanese ? "オプション:\n" : "Options:\n";
  append_options(out, usage.options, language);
  append_options(out, common_options(), language);
  if (!usage.examples.empty()) {
    out += japanese ? "\n例:\n" : "\nExamples:\n";
    out += usage.examples.in(language);
  }
  return out;
}

Language choose_language(const std::vector<std::string>& words) {
  std::string chosen;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--lang" && i + 1 < words.size()) chosen = words[i + 1];
    if (words[i].starts_with("--lang=")) chosen = words[i].substr(7);
  }
  if (chosen.empty()) chosen = user_language();
  return chosen.starts_with("ja") ? Language::kJapanese : Language::kEnglish;
}

}  // namespace konseki
