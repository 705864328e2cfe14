// list_image IMAGE [--deleted] [--quiet] [--digest]: lists every volume of an image through the
// source, one line an entry, for looking at results and for tests/bench.
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "agent/base/unicode.h"
#include "tests/images/image_files.h"

namespace konseki {
namespace {

std::string times_text(const FileTimes& times) {
  std::string text;
  for (const auto& time :
       {times.modified, times.accessed, times.changed, times.created, times.deleted}) {
    text += time ? time->iso8601() : std::string("-");
    text += ' ';
  }
  return text;
}

int list_image(const std::string& path, bool deleted, bool quiet, bool digest) {
  auto source = open_image_source(path, testing::file_opener());
  if (!source) {
    std::printf("%s\n", source.error().describe(Language::kEnglish).c_str());
    return 1;
  }
  std::printf("format %s, %" PRIu64 " bytes\n", (*source)->info().format.c_str(),
              (*source)->info().size);
  for (const auto& volume : (*source)->unreadable()) {
    std::printf("unreadable %s type %s at %" PRIu64 " size %" PRIu64 ": %s | %s\n",
                volume.name.c_str(), volume.type.c_str(), volume.offset, volume.size,
                volume.detail.c_str(), volume.advice.en.c_str());
  }
  for (const auto& file_system : (*source)->file_systems()) {
    const VolumeInfo& info = file_system->info();
    std::printf("volume '%s' type %s label '%s' serial %s at %" PRIu64 " size %" PRIu64 "\n",
                info.mount.c_str(), info.type.c_str(), info.label.c_str(), info.serial.c_str(),
                info.offset, info.size);
    std::uint64_t entries = 0;
    WalkOptions options;
    options.include_deleted = deleted;
    options.on_error = [](std::string_view at, const Error& error) {
      std::printf("  error %s: %s\n", std::string(at).c_str(),
                  error.describe(Language::kEnglish).c_str());
    };
    const auto content = [&](const Entry& entry, std::string_view stream) {
      auto reader = file_system->open(entry, stream);
      return reader ? testing::digest_of(**reader) : reader.error().describe(Language::kEnglish);
    };
    auto walked = file_system->walk(options, [&](const Entry& entry) {
      ++entries;
      if (quiet) return WalkAction::kContinue;
      std::printf("%s%s type %d alloc %d size %" PRIu64 " inode %" PRIu64
                  "-%u mode %o uid %u gid %u "
                  "links %u attr %x tag %x%s owner '%s' target '%s' times %s name times %s",
                  info.display_path(to_well_formed(entry.path)).c_str(), "",
                  static_cast<int>(entry.type), static_cast<int>(entry.allocation), entry.size,
                  entry.inode, entry.sequence, entry.mode, entry.uid, entry.gid, entry.link_count,
                  entry.attributes, entry.reparse_tag, entry.cloud_placeholder ? " CLOUD" : "",
                  entry.owner.c_str(), entry.link_target.c_str(), times_text(entry.times).c_str(),
                  times_text(entry.name_times).c_str());
      if (digest && entry.type == FileType::kRegular) {
        std::printf(" sha256 %s", content(entry, {}).c_str());
      }
      for (const StreamInfo& stream : entry.streams) {
        std::printf(" stream %s %" PRIu64, to_well_formed(stream.name).c_str(), stream.size);
        if (digest) std::printf(" %s", content(entry, stream.name).c_str());
      }
      std::printf("\n");
      return WalkAction::kContinue;
    });
    if (!walked) std::printf("walk: %s\n", walked.error().describe(Language::kEnglish).c_str());
    std::printf("%" PRIu64 " entries\n", entries);
  }
  return 0;
}

}  // namespace
}  // namespace konseki

int main(int argc, char** argv) {
  bool deleted = false;
  bool quiet = false;
  bool digest = false;
  std::string path;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--deleted") == 0) {
      deleted = true;
    } else if (std::strcmp(argv[i], "--quiet") == 0) {
      quiet = true;
    } else if (std::strcmp(argv[i], "--digest") == 0) {
      digest = true;
    } else {
      path = argv[i];
    }
  }
  return konseki::list_image(path, deleted, quiet, digest);
}
