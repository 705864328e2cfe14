#include "collectors/windows/processes/process_signs.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/live/program_names.h"
#include "collectors/windows/processes/system_programs.h"

namespace konseki::windows {
namespace {

// Endings of what a person takes for a document.
constexpr auto kDocumentEndings = std::to_array<std::string_view>(
    {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".txt", ".jpg", ".jpeg", ".png",
     ".gif", ".mp4", ".zip", ".rtf", ".html", ".csv"});

// "invoice.pdf.exe", a name turned round by U+202E, or blanks that push the ending out of sight.
bool name_is_disguised(std::string_view name) {
  if (name.find("\xE2\x80\xAE") != std::string_view::npos) return true;
  std::string stem = fold_case(name.substr(0, name.rfind('.')));
  while (!stem.empty() && stem.back() == ' ') stem.pop_back();
  return std::ranges::any_of(kDocumentEndings,
                             [&](std::string_view ending) { return stem.ends_with(ending); });
}

// powershell -EncodedCommand in any of its abbreviations, followed by base64.
bool runs_encoded_command(std::string_view command_line) {
  const std::string folded = fold_case(command_line);
  constexpr std::string_view kSwitch = "encodedcommand";
  for (std::size_t at = folded.find_first_of("-/"); at != std::string::npos;
       at = folded.find_first_of("-/", at + 1)) {
    if (at == 0 || folded[at - 1] != ' ') continue;
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    const std::string_view word = std::string_view(folded).substr(at + 1, end - at - 1);
    const bool is_switch = word == "ec" || (!word.empty() && kSwitch.starts_with(word));
    if (!is_switch) continue;
    std::string_view value = std::string_view(command_line).substr(end);
    while (value.starts_with(' ')) value.remove_prefix(1);
    value = value.substr(0, value.find(' '));
    constexpr std::size_t kShortest = 16;
    if (value.size() >= kShortest &&
        value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
                                "\"") == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

void system_program_signs(const WindowsProcess& process, std::string_view exe,
                          const WindowsProcess* parent, const ProcessTree& tree,
                          const Environment& environment, std::vector<std::string>& signs) {
  const SystemProgram* program = find_system_program(process.name);
  if (program == nullptr) {
    if (!imitated_program(process.name).empty()) signs.emplace_back("system_name_imitated");
    return;
  }
  if (!exe.empty() && !lies_right(*program, exe, environment.system_root)) {
    signs.emplace_back("system_name_in_wrong_place");
  }
  if (parent != nullptr ? !may_start(*program, parent->name) : program->parent_stays) {
    signs.emplace_back("unusual_parent");
  }
  if (program->single && tree.count(process.name) > 1) signs.emplace_back("second_of_its_kind");
  if (program->name == "svchost.exe" && process.command_line &&
      fold_case(*process.command_line).find(" -k") == std::string::npos) {
    signs.emplace_back("svchost_without_group");
  }
}

void parent_signs(const WindowsProcess& process, const WindowsProcess& parent,
                  std::vector<std::string>& signs) {
  if (image_is_replaced(parent)) signs.emplace_back("parent_image_replaced");
  if (!runs_commands(process.name)) return;
  if (opens_documents(parent.name)) signs.emplace_back("started_by_document_program");
  if (serves_strangers(parent.name)) signs.emplace_back("started_by_server_program");
}

}  // namespace

bool image_is_replaced(const WindowsProcess& process) {
  if (process.image_is_private.value_or(false)) return true;
  return !process.mapped_image.empty() && !process.exe.empty() &&
         !may_be_same_file(process.mapped_image, process.exe);
}

std::vector<std::string> temporary_modules(const WindowsProcess& process,
                                           const Environment& environment) {
  std::vector<std::string> found;
  if (!process.modules) return found;
  for (const std::string& module : *process.modules) {
    std::string path = live_display_path(module, environment);
    if (is_temporary_place(path)) found.push_back(std::move(path));
  }
  return found;
}

std::vector<std::string> signs_of(const WindowsProcess& process, std::string_view exe,
                                  const ProcessTree& tree, const Environment& environment) {
  std::vector<std::string> signs;
  const WindowsProcess* parent = tree.parent_of(process);
  system_program_signs(process, exe, parent, tree, environment, signs);
  if (parent != nullptr) parent_signs(process, *parent, signs);
  if (process.exe_exists == false) signs.emplace_back("deleted_program");
  const bool temporary = is_temporary_place(exe);
  if (temporary) {
    signs.emplace_back("program_in_temporary_place");
  } else if (is_user_writable_place(exe)) {
    signs.emplace_back("program_in_user_writable_place");
  }
  if (!temporary && !temporary_modules(process, environment).empty()) {
    signs.emplace_back("code_in_temporary_place");
  }
  if (image_is_replaced(process)) signs.emplace_back("image_replaced");
  if (name_is_disguised(process.name)) signs.emplace_back("program_name_disguised");
  if (is_shell(process.name) && process.command_line &&
      runs_encoded_command(*process.command_line)) {
    signs.emplace_back("encoded_command");
  }
  std::ranges::sort(signs);
  return signs;
}

}  // namespace konseki::windows
