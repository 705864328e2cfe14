#include "collectors/linux/cron/at_job.h"

#include <charconv>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::size_t kNumberDigits = 5;
constexpr std::size_t kMinuteDigits = 8;

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> number_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(at + key.size());
  const auto value = number(take_word(rest), 10);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// The here-document's word in "${SHELL:-/bin/sh} << 'marcinDELIMITER1a2b'", or nothing.
std::string_view here_word(std::string_view line) {
  const std::size_t at = line.find("<<");
  if (at == std::string_view::npos) return {};
  std::string_view word = trim(line.substr(at + 2));
  if (word.size() >= 2 && (word[0] == '\'' || word[0] == '"') && word.back() == word[0]) {
    word = word.substr(1, word.size() - 2);
  }
  return word;
}

// State over the lines: a preamble of variables, "cd DIR || {", "}", then the user's commands.
class ScriptReader {
 public:
  explicit ScriptReader(AtJob& job) : job_(job) {}

  void line(std::string_view text) {
    if (in_body_) {
      body(text);
    } else if (text.starts_with("# atrun ")) {
      job_.uid = number_after(text, "uid=");
      job_.gid = number_after(text, "gid=");
    } else if (text.starts_with("# mail ")) {
      std::string_view rest = text.substr(7);
      job_.mail_to = take_word(rest);
    } else if (text.starts_with("cd ")) {
      const std::size_t end = text.find(" || {");
      job_.directory = text.substr(3, end == std::string_view::npos ? end : end - 3);
    } else if (text == "}") {
      in_body_ = true;
    }
  }

  bool found_body() const { return in_body_; }

 private:
  void body(std::string_view text) {
    if (first_) {
      first_ = false;
      delimiter_ = here_word(text);
      if (!delimiter_.empty()) return;
    }
    if (!delimiter_.empty() && text == delimiter_) {
      delimiter_ = {};
      return;
    }
    job_.command += text;
    job_.command += '\n';
  }

  AtJob& job_;
  bool in_body_ = false;
  bool first_ = true;
  std::string_view delimiter_;
};

}  // namespace

std::optional<AtJob> parse_at_name(std::string_view name) {
  if (name.size() != 1 + kNumberDigits + kMinuteDigits) return std::nullopt;
  const char letter = name[0];
  if (letter != '=' && ((letter | 0x20) < 'a' || (letter | 0x20) > 'z')) return std::nullopt;
  const auto job_number = number(name.substr(1, kNumberDigits), 16);
  const auto minutes = number(name.substr(1 + kNumberDigits), 16);
  if (!job_number || !minutes) return std::nullopt;
  AtJob job;
  job.queue = letter;
  job.number = *job_number;
  job.run_at = Timestamp::from_unix(static_cast<std::int64_t>(*minutes) * 60);
  return job;
}

void parse_at_script(std::string_view text, AtJob& job) {
  ScriptReader reader(job);
  for_each_line(text, [&](const ConfigLine& line) { reader.line(line.text); });
  // A script of another form, or by another hand: all of it is what runs.
  if (!reader.found_body()) job.command = text;
  while (job.command.ends_with('\n')) job.command.pop_back();
}

}  // namespace konseki
