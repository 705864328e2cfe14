// Side: one of the two trees that are compared, whatever holds it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "konseki/digests.h"
#include "konseki/file_system.h"
#include "konseki/result.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

// A file or link. Plain value.
struct SideFile {
  std::string path;  // '/' separated, without a leading '/'; well-formed UTF-8 ("C:/inetpub/x")
  FileType type = FileType::kRegular;
  std::optional<std::uint64_t> size;  // absent: only a digest is known
  std::optional<Sha256> sha256;       // where it is known without reading
  std::optional<std::array<std::byte, 16>> md5;
  std::optional<Timestamp> modified;
  std::string owner;        // uid or SID; empty when unknown
  std::string link_target;  // of symbolic links
  std::string package;      // who owns it; only what a package database says
  std::size_t handle = 0;   // the side's own
};

// What a side says of itself.
struct SideInfo {
  std::string kind;  // "deb", "archive", "packages", "directory", "image", "bundle", "live"
  std::string name;  // as the user called it
  Bilingual title;   // "Debian package wordpress 6.1.6"
  std::vector<Bilingual> caveats;
};

// Not thread-safe.
class Side {
 public:
  using ContentVisitor = std::function<void(std::size_t index, Result<std::vector<std::byte>>)>;

  virtual ~Side() = default;

  const SideInfo& info() const { return info_; }
  // Sorted by path, each path once.
  const std::vector<SideFile>& files() const { return files_; }
  // Folders that could not be listed and files that could not be read, by path.
  const std::vector<std::pair<std::string, Error>>& problems() const { return problems_; }
  // Folders that are this side's own: what else lies in them was added. Empty: all of it.
  const std::vector<std::string>& own_folders() const { return own_folders_; }
  // Names that differ in case alone are the same.
  bool case_blind() const { return case_blind_; }

  // Of the content of files()[index]; kNotFound where the side holds none.
  virtual Result<Digests> digests(std::size_t index) = 0;
  // The contents of files()[i] for each i of `wanted` (ascending), in any order, each at most
  // `most` bytes (larger: kLimitExceeded).
  virtual Result<void> contents(std::span<const std::size_t> wanted, std::uint64_t most,
                                const ContentVisitor& visit) = 0;

 protected:
  // Sorts files_; of paths that occur twice the last counts.
  void settle();

  SideInfo info_;
  std::vector<SideFile> files_;
  std::vector<std::pair<std::string, Error>> problems_;
  std::vector<std::string> own_folders_;
  bool case_blind_ = false;
};

// A side whose files can be opened one by one.
class ReaderSide : public Side {
 public:
  Result<Digests> digests(std::size_t index) final;
  Result<void> contents(std::span<const std::size_t> wanted, std::uint64_t most,
                        const ContentVisitor& visit) final;

 private:
  // files()[index]; kNotFound where the side holds no content of it.
  virtual Result<std::unique_ptr<ByteReader>> open(std::size_t index) = 0;
};

}  // namespace konseki
