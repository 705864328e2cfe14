#include "collectors/windows/scheduled_tasks/task_triggers.h"

#include <fmt/format.h>

namespace konseki::windows {
namespace {

constexpr int kMaxItems = 64;  // day and month names in one list

// Names of the child elements ("Monday", "January"), or their texts when `texts` is set.
std::string joined(const pugi::xml_node& list, bool texts) {
  std::string out;
  int count = 0;
  for (pugi::xml_node item = list.first_child(); item && count < kMaxItems;
       item = item.next_sibling()) {
    if (item.type() != pugi::node_element) continue;
    ++count;
    if (!out.empty()) out += ", ";
    out += texts ? std::string_view(item.text().get()) : local_name(item);
  }
  return out;
}

std::string every(const std::string& interval, std::string_view unit) {
  if (interval.empty() || interval == "1") return fmt::format("every {}", unit);
  return fmt::format("every {} {}s", interval, unit);
}

std::string months_of(const pugi::xml_node& schedule) {
  const std::string months = joined(child_named(schedule, "Months"), false);
  return months.empty() ? std::string() : " of " + months;
}

std::string describe_calendar(const pugi::xml_node& trigger) {
  if (auto day = child_named(trigger, "ScheduleByDay")) {
    return every(child_text(day, "DaysInterval"), "day");
  }
  if (auto week = child_named(trigger, "ScheduleByWeek")) {
    return every(child_text(week, "WeeksInterval"), "week") + " on " +
           joined(child_named(week, "DaysOfWeek"), false);
  }
  if (auto month = child_named(trigger, "ScheduleByMonth")) {
    return "on day " + joined(child_named(month, "DaysOfMonth"), true) + months_of(month);
  }
  if (auto month = child_named(trigger, "ScheduleByMonthDayOfWeek")) {
    return "on " + joined(child_named(month, "DaysOfWeek"), false) + " of week " +
           joined(child_named(month, "Weeks"), true) + months_of(month);
  }
  return "calendar";
}

std::string with_detail(std::string_view kind, const std::string& detail) {
  return detail.empty() ? std::string(kind) : fmt::format("{} {}", kind, detail);
}

std::string describe_kind(const pugi::xml_node& trigger) {
  const std::string_view kind = local_name(trigger);
  if (kind == "BootTrigger") return "boot";
  if (kind == "LogonTrigger") {
    const std::string user = child_text(trigger, "UserId");
    return user.empty() ? "logon" : "logon of " + user;
  }
  if (kind == "TimeTrigger") return "once";
  if (kind == "CalendarTrigger") return describe_calendar(trigger);
  if (kind == "IdleTrigger") return "idle";
  if (kind == "RegistrationTrigger") return "task registration";
  if (kind == "EventTrigger") return with_detail("event:", child_text(trigger, "Subscription"));
  if (kind == "SessionStateChangeTrigger") {
    const std::string user = child_text(trigger, "UserId");
    return with_detail("event: session", child_text(trigger, "StateChange")) +
           (user.empty() ? "" : " of " + user);
  }
  if (kind == "WnfStateChangeTrigger") {
    return with_detail("event: state", child_text(trigger, "StateName"));
  }
  return std::string(kind);
}

}  // namespace

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element && local_name(child) == name) return child;
  }
  return {};
}

std::string child_text(const pugi::xml_node& node, std::string_view name) {
  std::string_view text = child_named(node, name).text().get();
  constexpr std::string_view kBlank = " \t\r\n";
  while (!text.empty() && kBlank.find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() && kBlank.find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

std::string describe_trigger(const pugi::xml_node& trigger) {
  std::string out = describe_kind(trigger);
  const std::string start = child_text(trigger, "StartBoundary");
  if (!start.empty()) out += (local_name(trigger) == "TimeTrigger" ? " at " : " from ") + start;
  const std::string end = child_text(trigger, "EndBoundary");
  if (!end.empty()) out += " until " + end;
  if (auto repetition = child_named(trigger, "Repetition")) {
    out += ", repeated every " + child_text(repetition, "Interval");
    const std::string duration = child_text(repetition, "Duration");
    if (!duration.empty()) out += " for " + duration;
  }
  const std::string delay = child_text(trigger, "Delay");
  if (!delay.empty()) out += ", delayed by " + delay;
  if (child_text(trigger, "Enabled") == "false") out += " (trigger off)";
  return out;
}

}  // namespace konseki::windows
