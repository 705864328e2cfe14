#include "agent/match/container/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/memory_reader.h"
#include "agent/match/container/archive_stream.h"
#include "agent/match/container/member_name.h"
#include "agent/match/file_kind.h"

namespace konseki {
namespace {

Error limit(std::string detail) {
  return {ErrorCode::kLimitExceeded,
          std::move(detail),
          {"Unpack it on a clean machine and look at its members there.",
           "安全な機械で展開し、中身を確認してください。"}};
}

class Walk {
 public:
  Walk(const ContainerLimits& limits, const ContainerVisitor& visitor, std::uint64_t packed)
      : limits_(limits), visitor_(visitor), packed_(packed) {}

  void run(ByteReader& content, std::string_view name, unsigned depth) {
    if (depth > limits_.depth) {
      visitor_.gap(names_, limit(fmt::format("archives nested deeper than {}", limits_.depth)));
      return;
    }
    const std::uint64_t before = members_;
    if (!take(content, name, depth, ArchiveForm::kAny) || members_ > before || stopped_) return;
    // Zero bytes at its head make any compressed file look like an empty tar.
    take(content, name, depth, ArchiveForm::kCompressedFile);
  }

 private:
  // False after a gap, where the visitor left, and where nothing is compressed.
  bool take(ByteReader& content, std::string_view name, unsigned depth, ArchiveForm form) {
    auto archive = open_archive(content, form);
    if (!archive) {
      visitor_.gap(names_, archive.error());
      return false;
    }
    while (!stopped_) {
      auto member = (*archive)->next();
      if (!member) {
        visitor_.gap(names_, member.error());
        return false;
      }
      if (!*member) return (*archive)->compressed();
      names_.push_back((*member)->name.empty() ? unnamed(name, (*archive)->single())
                                               : member_name((*member)->name));
      look(**archive, **member, depth);
      names_.pop_back();
      if (std::exchange(left_, false)) return false;
    }
    return false;
  }

  // gzip and the like hold one file without a name of its own.
  std::string unnamed(std::string_view container, bool single) const {
    const std::size_t slash = container.rfind('/');
    if (slash != std::string_view::npos) container.remove_prefix(slash + 1);
    const std::size_t dot = container.rfind('.');
    if (single && dot != std::string_view::npos && dot > 0) {
      const std::string_view ending = container.substr(dot);
      return std::string(container.substr(0, dot)) + (ending == ".tgz" ? ".tar" : "");
    }
    return fmt::format("member-{}", members_);
  }

  void stop(std::string detail) {
    stopped_ = true;
    visitor_.gap(names_, limit(std::move(detail)));
  }

  void look(ArchiveStream& archive, const ArchiveMember& member, unsigned depth) {
    if (++members_ > limits_.members) {
      return stop(fmt::format("more than {} members; the rest is not looked at", limits_.members));
    }
    if (!member.regular) return;
    if (member.encrypted) {
      visitor_.gap(names_, {ErrorCode::kUnsupported,
                            "needs a password; not looked into",
                            {"Unpack it on a clean machine with its password.",
                             "安全な機械でパスワードを使って展開してください。"}});
      return;
    }
    std::vector<std::byte> bytes;
    if (!read(archive, bytes)) return;
    left_ = !visitor_.member({names_, member.name, bytes, member.modified});
    if (left_) return;
    if (!is_container(std::span(bytes).first(std::min(bytes.size(), kFileKindBytes)))) return;
    SpanReader inner(bytes);
    run(inner, names_.back(), depth + 1);
  }

  // The whole member; false after a gap.
  bool read(ArchiveStream& archive, std::vector<std::byte>& bytes) {
    while (true) {
      const auto chunk = archive.read();
      if (!chunk) {
        visitor_.gap(names_, chunk.error());
        return false;
      }
      if (chunk->empty()) return true;
      total_ += chunk->size();
      if (total_ > limits_.total_size) {
        stop(fmt::format("more than {} bytes unpacked; the rest is not looked at",
                         limits_.total_size));
        return false;
      }
      if (total_ > limits_.ratio_from && total_ / limits_.ratio > packed_) {
        stop(fmt::format("unpacks to more than {} times its size; the rest is not looked at",
                         limits_.ratio));
        return false;
      }
      if (bytes.size() + chunk->size() > limits_.member_size) {
        visitor_.gap(names_, limit(fmt::format("larger than {} bytes", limits_.member_size)));
        return false;
      }
      bytes.insert(bytes.end(), chunk->begin(), chunk->end());
    }
  }

  const ContainerLimits& limits_;
  const ContainerVisitor& visitor_;
  std::uint64_t packed_;
  std::vector<std::string> names_;
  std::uint64_t members_ = 0;
  std::uint64_t total_ = 0;
  bool stopped_ = false;
  bool left_ = false;  // the container at hand, by the visitor's wish
};

}  // namespace

bool is_container(std::span<const std::byte> head) {
  constexpr std::string_view kKinds[] = {"ZIP",  "Office", "GZIP", "BZip2", "XZ",
                                         "ZSTD", "7Zip",   "CAB",  "TAR",   "LHA"};
  const std::string_view kind = file_kind(head);
  if (std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds)) return true;
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with("!<arch>\ndebian-binary");
}

void walk_container(ByteReader& content, std::string_view name, const ContainerLimits& limits,
                    const ContainerVisitor& visitor) {
  Walk(limits, visitor, content.size()).run(content, name, 1);
}

}  // namespace konseki
