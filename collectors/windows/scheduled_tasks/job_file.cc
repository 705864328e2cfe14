#include "collectors/windows/scheduled_tasks/job_file.h"

#include <fmt/format.h>

#include <array>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr std::uint32_t kDisabled = 0x4;
constexpr std::uint32_t kHidden = 0x200;
constexpr std::uint16_t kMaxTriggers = 256;

std::string counted_text(Cursor& cursor) {
  const std::uint16_t units = cursor.u16();
  return utf16le_to_wtf8_until_nul(cursor.bytes(std::size_t{2} * units));
}

// A SYSTEMTIME, which is local time here; "" when never set.
std::string local_time(Cursor& cursor) {
  std::array<std::uint16_t, 8> part{};
  for (std::uint16_t& number : part) number = cursor.u16();
  if (part[0] == 0) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", part[0], part[1], part[3],
                     part[4], part[5], part[6], part[7]);
}

std::string flag_names(std::uint32_t flags, std::span<const std::string_view> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((flags >> i & 1) == 0) continue;
    if (!out.empty()) out += ", ";
    out += names[i];
  }
  return out;
}

std::string describe(std::uint32_t type, const std::array<std::uint16_t, 3>& data) {
  static constexpr std::array<std::string_view, 7> kDays = {
      "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  switch (type) {
    case 0:
      return "once";
    case 1:
      return data[0] <= 1 ? "every day" : fmt::format("every {} days", data[0]);
    case 2:
      return fmt::format("every {} on {}", data[0] <= 1 ? "week" : fmt::format("{} weeks", data[0]),
                         flag_names(data[1], kDays));
    case 3: {
      std::string days;
      const std::uint32_t mask = data[0] | std::uint32_t{data[1]} << 16;
      for (int day = 1; day <= 31; ++day) {
        if (mask >> (day - 1) & 1) days += fmt::format("{}{}", days.empty() ? "" : ", ", day);
      }
      return "on day " + days;
    }
    case 4:
      return fmt::format("on {} of week {}", flag_names(data[1], kDays), data[0]);
    case 5:
      return "idle";
    case 6:
      return "boot";
    case 7:
      return "logon";
    default:
      return fmt::format("trigger type {}", type);
  }
}

void read_trigger(Cursor& cursor, Task& task) {
  cursor.skip(4);  // size, reserved
  const std::uint16_t year = cursor.u16();
  const std::uint16_t month = cursor.u16();
  const std::uint16_t day = cursor.u16();
  cursor.skip(6);  // end date
  const std::uint16_t hour = cursor.u16();
  const std::uint16_t minute = cursor.u16();
  cursor.skip(4);  // duration
  const std::uint32_t interval = cursor.u32();
  const std::uint32_t flags = cursor.u32();
  const std::uint32_t type = cursor.u32();
  const std::array<std::uint16_t, 3> data = {cursor.u16(), cursor.u16(), cursor.u16()};
  cursor.skip(6);  // padding, reserved
  if (!cursor.ok()) return;
  std::string text = describe(type, data);
  if (type < 5) {
    text += fmt::format(" from {:04}-{:02}-{:02}T{:02}:{:02}", year, month, day, hour, minute);
  }
  if (interval != 0) text += fmt::format(", repeated every {} minutes", interval);
  if ((flags & kDisabled) != 0) text += " (trigger off)";
  task.triggers.push_back(std::move(text));
}

void read_triggers(std::span<const std::byte> bytes, std::uint16_t offset, Task& task) {
  Cursor cursor(bytes);
  cursor.seek(offset);
  const std::uint16_t count = std::min(cursor.u16(), kMaxTriggers);
  for (std::uint16_t i = 0; i < count && cursor.ok(); ++i) read_trigger(cursor, task);
  if (!cursor.ok()) task.damage = "triggers are cut off";
}

}  // namespace

Result<Task> parse_job_file(std::span<const std::byte> bytes) {
  Cursor cursor(bytes);
  cursor.skip(2);  // product version
  const std::uint16_t file_version = cursor.u16();
  cursor.skip(16);
  const std::uint16_t name_offset = cursor.u16();
  const std::uint16_t trigger_offset = cursor.u16();
  cursor.skip(24);  // retries, idle times, priority, longest run, exit code, status
  const std::uint32_t flags = cursor.u32();
  Task task;
  task.last_run_local = local_time(cursor);
  if (!cursor.ok() || file_version != 1 || name_offset < cursor.offset()) {
    return fail(ErrorCode::kCorrupt, "not a job file");
  }
  task.form = "job";
  task.enabled = (flags & kDisabled) == 0;
  task.hidden = (flags & kHidden) != 0;
  cursor.seek(name_offset);
  TaskAction action;
  action.command = counted_text(cursor);
  const std::string parameters = counted_text(cursor);
  action.working_directory = counted_text(cursor);
  task.author = counted_text(cursor);
  task.description = counted_text(cursor);
  if (action.command.find(' ') != std::string::npos) action.command = "\"" + action.command + "\"";
  if (!parameters.empty()) action.command += " " + parameters;
  if (!action.command.empty()) task.actions.push_back(std::move(action));
  if (!cursor.ok()) {
    task.damage = "job file is cut off";
  } else {
    read_triggers(bytes, trigger_offset, task);
  }
  return task;
}

}  // namespace konseki::windows
