#include "collectors/linux/cron/crontab.h"

#include <algorithm>
#include <array>
#include <map>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::size_t kManyBlankLines = 40;  // more than a screen
constexpr std::size_t kMaxVariables = 256;   // of one table; bounds records on hostile input
constexpr std::size_t kMaxEnvironment = 64 * 1024;

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// Month and weekday names are the only letters in a time field; '~' and '?' are cronie's.
bool is_name(std::string_view word) {
  constexpr std::string_view kNames =
      "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat ";
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  return word.size() == 3 && kNames.find(lower + ' ') != std::string_view::npos;
}

bool is_field(std::string_view field) {
  if (field.empty()) return false;
  for (std::size_t at = 0; at < field.size();) {
    std::size_t end = at;
    while (end < field.size() && is_letter(field[end])) ++end;
    if (end > at) {
      if (!is_name(field.substr(at, end - at))) return false;
      at = end;
    } else if (std::string_view("0123456789*,-/~?").find(field[at++]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_nickname(std::string_view word) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
       "@every_minute", "@every_second", "@noauto", "@AppReboot"});
  return std::find(kNames.begin(), kNames.end(), word) != kNames.end();
}

bool is_user_name(std::string_view word) {
  if (word.empty() || word.size() > 256) return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || is_letter(c) ||
           std::string_view("_.-@$+\\:").find(c) != std::string_view::npos;
  });
}

std::string_view unquote(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

struct Assignment {
  std::string name;
  std::string value;
};

// NAME = value, either side may be quoted, blanks around '=' are free (load_env of Vixie cron).
std::optional<Assignment> parse_assignment(std::string_view line) {
  std::string_view rest = trim_left(line);
  std::size_t end = 0;
  if (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) {
    end = rest.find(rest[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  } else {
    while (end < rest.size() && !is_blank(rest[end]) && rest[end] != '=') ++end;
  }
  const std::string_view name = unquote(rest.substr(0, end));
  rest = trim_left(rest.substr(end));
  if (name.empty() || !rest.starts_with('=')) return std::nullopt;
  return Assignment{std::string(name), std::string(unquote(trim(rest.substr(1))))};
}

// Splits at the first '%' that no backslash escapes; `\%` is a plain '%'.
void split_input(std::string_view text, CrontabLine& job) {
  std::string* out = &job.command;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%') {
      *out += '%';
      ++i;
    } else if (text[i] == '%' && !job.input) {
      out = &job.input.emplace();
    } else if (text[i] == '%') {
      *out += '\n';
    } else {
      *out += text[i];
    }
  }
}

std::string take_schedule(std::string_view& rest, CrontabLine& job) {
  if (rest.starts_with('@')) {
    const std::string_view word = take_word(rest);
    if (!is_nickname(word)) job.remarks.emplace_back("unusual schedule keyword");
    return std::string(word);
  }
  if (rest.starts_with('-')) job.remarks.emplace_back("leading '-': cron does not log this job");
  std::string schedule;
  for (int i = 0; i < 5; ++i) {
    const std::string_view field = take_word(rest);
    if (!is_field(field)) {
      job.problem = "field " + std::to_string(i + 1) + " is no time specification";
      return {};
    }
    if (i > 0) schedule += ' ';
    schedule += field;
  }
  return schedule;
}

void parse_job(std::string_view rest, CrontabForm form, CrontabLine& job) {
  job.schedule = take_schedule(rest, job);
  if (!job.problem.empty()) return;
  if (form == CrontabForm::kSystem) {
    std::string_view after = rest;
    const std::string_view user = take_word(after);
    if (is_user_name(user) && !after.empty()) {
      job.user = user;
      rest = after;
    } else {
      job.remarks.emplace_back("no user column");
    }
  }
  if (rest.empty()) job.problem = "no command";
  split_input(rest, job);
}

void parse_anacron_job(std::string_view rest, CrontabLine& job) {
  job.schedule = take_word(rest);
  job.delay = take_word(rest);
  job.job = take_word(rest);
  job.command = rest;
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!job.schedule.starts_with('@') && !is_number(job.schedule)) {
    job.problem = "period is no number";
  } else if (!is_number(job.delay)) {
    job.problem = "delay is no number";
  } else if (job.command.empty()) {
    job.problem = "no command";
  }
}

class Table {
 public:
  Table(CrontabForm form, const std::function<void(CrontabLine&&)>& visit)
      : form_(form), visit_(visit) {}

  void line(const ConfigLine& line) {
    // Vixie cron skips blanks, not carriage returns.
    const std::string_view rest = trim_left(line.text);
    if (rest.empty()) {
      ++blank_lines_;
      return;
    }
    // A comment up to a carriage return looks like one on a terminal and is one for cron too.
    if (!rest.starts_with('#')) content(line, rest);
    blank_lines_ = 0;
  }

 private:
  void content(const ConfigLine& line, std::string_view rest) {
    if (const auto assignment = parse_assignment(rest)) return assign(*assignment);
    CrontabLine job;
    job.line = line.number;
    job.range = {line.offset, line.text.size()};
    job.remarks = hiding_remarks(line.text);
    if (blank_lines_ >= kManyBlankLines) {
      job.remarks.push_back("after " + std::to_string(blank_lines_) + " blank lines");
    }
    if (!line.ended) {
      job.remarks.emplace_back("no newline at the end: Debian's cron ignores the whole file");
    }
    if (form_ == CrontabForm::kAnacron) {
      parse_anacron_job(rest, job);
    } else {
      parse_job(rest, form_, job);
    }
    if (!job.problem.empty()) {
      if (trim(rest).empty()) return;  // only a carriage return
      job.command = line.text;
    }
    for (const auto& [name, value] : variables_) job.environment.push_back(name + "=" + value);
    visit_(std::move(job));
  }

  void assign(const Assignment& assignment) {
    const std::size_t size = assignment.name.size() + assignment.value.size();
    if (variables_.size() >= kMaxVariables || environment_size_ + size > kMaxEnvironment) return;
    environment_size_ += size;
    variables_[assignment.name] = assignment.value;
  }

  CrontabForm form_;
  const std::function<void(CrontabLine&&)>& visit_;
  std::map<std::string, std::string> variables_;
  std::size_t environment_size_ = 0;
  std::size_t blank_lines_ = 0;
};

}  // namespace

void parse_crontab(std::string_view text, CrontabForm form,
                   const std::function<void(CrontabLine&&)>& visit) {
  Table table(form, visit);
  for_each_line(text, [&](const ConfigLine& line) { table.line(line); });
}

}  // namespace konseki
