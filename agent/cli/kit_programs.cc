#include "agent/cli/kit_programs.h"

#include <algorithm>
#include <array>
#include <span>

#include "agent/base/cursor.h"
#include "agent/cli/bundle_file.h"
#include "agent/source/live/local_file.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

// What is told from a program's first bytes; nothing when they are of none.
std::optional<ProgramSystem> system_of(std::span<const std::byte> head) {
  const std::string_view text = as_text(head);
  if (text.starts_with("MZ")) return ProgramSystem::kWindows;
  if (text.starts_with("\x7f"
                       "ELF")) {
    return ProgramSystem::kLinux;
  }
  return std::nullopt;
}

// Whether a 64-bit ELF program asks for a loader of its host (PT_INTERP).
bool asks_for_loader(std::span<const std::byte> head) {
  constexpr std::uint32_t kInterpreter = 3;
  Cursor header(head);
  header.seek(0x20);
  const std::uint64_t table = header.u64();
  header.seek(0x36);
  const std::uint16_t size = header.u16();
  const std::uint16_t count = header.u16();
  for (std::uint32_t i = 0; i < count && header.ok() && table < head.size(); ++i) {
    header.seek(static_cast<std::size_t>(table) + std::size_t{i} * size);
    if (header.u32() == kInterpreter && header.ok()) return true;
  }
  return false;
}

Result<std::optional<KitProgram>> look_at(const std::string& path,
                                          std::unique_ptr<ByteReader> file) {
  std::array<std::byte, 4096> buffer{};
  KONSEKI_ASSIGN(const std::size_t got, file->read_at(0, buffer));
  const auto head = std::span(buffer).first(got);
  const auto system = system_of(head);
  if (!system) return std::optional<KitProgram>();
  KitProgram program{base_name(path), std::move(file), *system, false};
  program.needs_libraries = *system == ProgramSystem::kLinux && asks_for_loader(head);
  return std::optional(std::move(program));
}

Result<KitProgram> named(const std::string& path, std::unique_ptr<ByteReader> file) {
  KONSEKI_ASSIGN(auto program, look_at(path, std::move(file)));
  if (program) return *std::move(program);
  return fail(
      ErrorCode::kInvalidArgument, "--program " + path,
      {"This is no program of Linux or Windows.", "Linux・Windows の実行ファイルではありません。"});
}

}  // namespace

std::string_view usual_program_name(ProgramSystem system) {
  return system == ProgramSystem::kLinux ? "konseki" : "konseki.exe";
}

Result<std::vector<KitProgram>> kit_programs(const std::vector<std::string>& paths) {
  std::vector<KitProgram> programs;
  KONSEKI_ASSIGN(const std::string own, own_executable_path());
  KONSEKI_ASSIGN(auto own_file, open_own_executable());
  KONSEKI_ASSIGN(programs.emplace_back(), named(own, std::move(own_file)));
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(auto file, open_local_file(path));
    KONSEKI_ASSIGN(programs.emplace_back(), named(path, std::move(file)));
  }
  for (const ProgramSystem system : {ProgramSystem::kLinux, ProgramSystem::kWindows}) {
    if (program_for(programs, system) != nullptr) continue;
    const std::string beside =
        own.substr(0, own.rfind('/') + 1) + std::string(usual_program_name(system));
    auto file = open_local_file(beside);
    if (!file) continue;
    auto program = look_at(beside, *std::move(file));
    if (program && *program && (*program)->system == system) {
      programs.push_back(**std::move(program));
    }
  }
  return programs;
}

const KitProgram* program_for(const std::vector<KitProgram>& programs, ProgramSystem system) {
  const auto found = std::find_if(programs.begin(), programs.end(),
                                  [&](const KitProgram& each) { return each.system == system; });
  return found == programs.end() ? nullptr : &*found;
}

}  // namespace konseki
