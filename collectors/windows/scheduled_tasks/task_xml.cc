#include "collectors/windows/scheduled_tasks/task_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/scheduled_tasks/task_triggers.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMaxParts = 256;  // triggers or actions of one task

bool byte_is(std::span<const std::byte> bytes, std::size_t at, unsigned value) {
  return at < bytes.size() && std::to_integer<unsigned>(bytes[at]) == value;
}

// The document as WTF-8, whatever its encoding.
std::string document_text(std::span<const std::byte> bytes) {
  if (byte_is(bytes, 0, 0xFF) && byte_is(bytes, 1, 0xFE)) {
    return utf16le_to_wtf8(bytes.subspan(2));
  }
  if (byte_is(bytes, 0, '<') && byte_is(bytes, 1, 0)) return utf16le_to_wtf8(bytes);
  if (byte_is(bytes, 0, 0xFE) && byte_is(bytes, 1, 0xFF)) {
    std::vector<std::byte> swapped(bytes.begin() + 2, bytes.end());
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    return utf16le_to_wtf8(swapped);
  }
  std::string text(as_text(bytes));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

void read_registration(const pugi::xml_node& info, Task& task) {
  task.name = child_text(info, "URI");
  task.author = child_text(info, "Author");
  task.description = child_text(info, "Description");
  const std::string date = child_text(info, "Date");
  task.registered = parse_zoned_time(date);
  if (!task.registered) task.registered_local = date;
}

void read_principal(const pugi::xml_node& principals, Task& task) {
  const pugi::xml_node principal = child_named(principals, "Principal");
  task.user = child_text(principal, "UserId");
  if (task.user.empty()) task.user = child_text(principal, "GroupId");
  task.run_level = child_text(principal, "RunLevel");
  task.logon_type = child_text(principal, "LogonType");
}

std::string command_line(std::string program, const std::string& arguments) {
  const bool blanks = program.find(' ') != std::string::npos && !program.starts_with('"');
  if (blanks) program = "\"" + program + "\"";
  return arguments.empty() ? program : program + " " + arguments;
}

void read_actions(const pugi::xml_node& actions, Task& task) {
  for (pugi::xml_node node = actions.first_child(); node; node = node.next_sibling()) {
    if (node.type() != pugi::node_element) continue;
    if (task.actions.size() == kMaxParts) {
      task.damage = fmt::format("more than {} actions", kMaxParts);
      return;
    }
    TaskAction action;
    const std::string_view kind = local_name(node);
    if (kind == "Exec") {
      action.command = command_line(child_text(node, "Command"), child_text(node, "Arguments"));
      action.working_directory = child_text(node, "WorkingDirectory");
    } else if (kind == "ComHandler") {
      action.com_handler = true;
      action.command = child_text(node, "ClassId");
      const std::string data = child_text(node, "Data");
      if (!data.empty()) action.command += " " + data;
    } else {  // SendEmail and ShowMessage run nothing, but are worth reading
      action.command = fmt::format("{}: {}", kind, child_text(node, "Subject"));
    }
    task.actions.push_back(std::move(action));
  }
}

void read_triggers(const pugi::xml_node& triggers, Task& task) {
  for (pugi::xml_node node = triggers.first_child(); node; node = node.next_sibling()) {
    if (node.type() != pugi::node_element) continue;
    if (task.triggers.size() == kMaxParts) {
      task.damage = fmt::format("more than {} triggers", kMaxParts);
      return;
    }
    task.triggers.push_back(describe_trigger(node));
  }
}

}  // namespace

Result<Task> parse_task_xml(std::span<const std::byte> bytes) {
  const std::string text = document_text(bytes);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = child_named(document, "Task");
  if (!root) {
    return fail(ErrorCode::kCorrupt,
                parsed ? "XML without a Task" : fmt::format("XML: {}", parsed.description()));
  }
  Task task;
  task.form = "xml";
  read_registration(child_named(root, "RegistrationInfo"), task);
  read_principal(child_named(root, "Principals"), task);
  const pugi::xml_node settings = child_named(root, "Settings");
  task.enabled = child_text(settings, "Enabled") != "false";
  task.hidden = child_text(settings, "Hidden") == "true";
  read_triggers(child_named(root, "Triggers"), task);
  read_actions(child_named(root, "Actions"), task);
  if (!parsed) {
    task.damage = fmt::format("XML ends at byte {}: {}", parsed.offset, parsed.description());
  }
  return task;
}

}  // namespace konseki::windows
