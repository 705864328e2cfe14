// FileSystem and Entry: what is inside one volume of evidence. There is no way to write.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

enum class FileType : std::uint8_t {
  kUnknown,
  kRegular,
  kDirectory,
  kSymlink,
  kFifo,
  kCharacterDevice,
  kBlockDevice,
  kSocket,
};

enum class Allocation : std::uint8_t {
  kAllocated,
  kDeleted,  // the name is unlinked; its metadata is still there
  kOrphan,   // deleted, and the parent folder is gone: path is "$OrphanFiles/..."
};

// Each time the file system knows; absent ones were not stored (not: zero).
struct FileTimes {
  std::optional<Timestamp> modified;
  std::optional<Timestamp> accessed;
  std::optional<Timestamp> changed;  // inode change; NTFS: MFT entry modified
  std::optional<Timestamp> created;
  std::optional<Timestamp> deleted;  // ext dtime
};

struct StreamInfo {
  std::string name;  // WTF-8, without the colon
  std::uint64_t size = 0;
};

// One file, directory or other object. A plain value; owns its strings.
struct Entry {
  std::string path;  // inside the volume, '/' separated, no leading '/'; root is "". Raw bytes;
                     // UTF-16 names come as WTF-8 (lone surrogates as their 3-byte form).
  FileType type = FileType::kUnknown;
  Allocation allocation = Allocation::kAllocated;
  bool cloud_placeholder = false;  // the data is not on this volume: never open, never hash
  std::uint64_t size = 0;
  std::uint64_t inode = 0;     // inode number or MFT entry
  std::uint32_t sequence = 0;  // NTFS sequence number, else 0
  std::uint64_t device = 0;    // with inode, the identity of a live file; 0 elsewhere
  std::uint32_t mode = 0;      // POSIX permission bits incl. setuid and sticky, without the type
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t link_count = 0;
  std::uint32_t attributes = 0;     // FILE_ATTRIBUTE_* [MS-FSCC 2.6]; POSIX: inode_flags.h
  std::uint32_t reparse_tag = 0;    // [MS-FSCC 2.1.2.1]; 0 when none
  std::string owner;                // SID text on Windows volumes, else empty
  FileTimes times;                  // $STANDARD_INFORMATION, or the inode's
  FileTimes name_times;             // $FILE_NAME; all absent elsewhere
  std::string link_target;          // symlinks and junctions, raw bytes
  std::vector<StreamInfo> streams;  // alternate data streams only

  std::string_view name() const {
    auto slash = path.rfind('/');
    return std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  }
};

enum class PathStyle { kPosix, kWindows };

struct VolumeInfo {
  std::string mount;  // display prefix: "C:", "" (Linux root), "/var", "$fs$/fs0", "/$fs$/fs0"
  PathStyle style = PathStyle::kPosix;  // kWindows: names compare case-blind
  std::string type;                     // "ntfs", "ext4", ...; "directory" where unknown
  std::string label;
  std::string serial;         // volume serial or UUID, as the field writes it; may be empty
  std::uint64_t offset = 0;   // bytes from the start of the image; 0 elsewhere
  std::uint64_t size = 0;     // bytes; 0 when unknown
  std::string access_method;  // how bytes are read: "os", "tsk", "bundle"

  // The path people see and files.jsonl uses: "C:/Windows/x", "/etc/passwd".
  std::string display_path(std::string_view path) const;
};

enum class WalkAction { kContinue, kSkipSubtree, kStop };

// Called with an Entry that is only valid during the call (walkers reuse its buffers).
using EntryVisitor = std::function<WalkAction(const Entry&)>;
// Told of what could not be listed; the walk goes on.
using WalkErrorHandler = std::function<void(std::string_view path, const Error& error)>;

struct WalkOptions {
  std::string start;             // directory to start below; "" = the root
  bool include_deleted = false;  // deleted and orphan entries too, where the volume knows them
  WalkErrorHandler on_error;     // may be empty
  std::stop_token stop;
};

// One volume (or snapshot) of a Source. Used by one thread at a time. Every path is in the form
// of Entry::path; on kWindows volumes look-ups are case-blind and answer the stored spelling.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual const VolumeInfo& info() const = 0;

  // The entry itself, links not followed. NotFound when absent.
  virtual Result<Entry> stat(std::string_view path) = 0;

  // Direct children, in an order that is the same on every run. kSkipSubtree acts as kContinue.
  virtual Result<void> list(std::string_view directory, const EntryVisitor& visit) = 0;

  // Every entry below options.start (not itself), each once per name, never following links and
  // never entering other volumes; any order that is the same on every run. Walkers that do not
  // go directory by directory may ignore kSkipSubtree. The default recurses with list().
  virtual Result<void> walk(const WalkOptions& options, const EntryVisitor& visit);

  // The content of a regular file or of one of its alternate streams. Deleted entries: only
  // where every cluster is unallocated now, else kUnsupported. Placeholders: kUnsupported.
  virtual Result<std::unique_ptr<ByteReader>> open(const Entry& entry,
                                                   std::string_view stream = {}) = 0;
};

}  // namespace konseki
