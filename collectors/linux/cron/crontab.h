// crontab(5) and anacrontab(5) text in every dialect that runs on Linux.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

enum class CrontabForm {
  kSystem,  // /etc/crontab, /etc/cron.d: a user column before the command (dcron: none)
  kUser,    // a user's own table
  kAnacron  // period, delay, job name, command
};

// One job, or one line that is none.
struct CrontabLine {
  std::string schedule;                  // "*/5 * * * *", "@reboot"; anacron: "1", "@monthly"
  std::string delay;                     // anacron: minutes
  std::string job;                       // anacron: the job's name
  std::string user;                      // kSystem only
  std::string command;                   // verbatim, up to the first unescaped '%'
  std::optional<std::string> input;      // what follows '%': standard input, each '%' a newline
  std::vector<std::string> environment;  // NAME=value in force on this line
  std::vector<std::string> remarks;      // what a reader should know, technical English
  std::string problem;                   // not empty: no job; `command` is the line as it stands
  std::uint32_t line = 0;
  ByteRange range;
};

// Calls `visit` for every line that is neither blank nor a comment nor an assignment. Pure; any
// bytes may come in. Lines that cron would refuse come with `problem` set.
void parse_crontab(std::string_view text, CrontabForm form,
                   const std::function<void(CrontabLine&&)>& visit);

}  // namespace konseki
