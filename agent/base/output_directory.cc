#include "agent/base/output_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>
#include <string_view>
#include <utility>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }

 private:
  int number_;
};

std::array<timespec, 2> times_of(const Timestamp& time) {
  // The access time stays what it is.
  return {timespec{0, UTIME_OMIT}, timespec{time.seconds, time.nanoseconds}};
}

mode_t folder_mode(OutputAccess access) { return access == OutputAccess::kEverybody ? 0755 : 0700; }

class PosixExportedFile : public ExportedFile {
 public:
  PosixExportedFile(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0) {
        if (errno == EINTR) continue;
        return fail(system_error(errno, "write " + path_));
      }
      offset += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<void> set_size(std::uint64_t size) override {
    if (size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
      return fail(system_error(EFBIG, "size of " + path_));
    }
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) {
      return fail(system_error(errno, "size of " + path_));
    }
    return {};
  }

  Result<void> set_modified(const Timestamp& time) override {
    if (::futimens(file_.get(), times_of(time).data()) != 0) {
      return fail(system_error(errno, "time of " + path_));
    }
    return {};
  }

 private:
  Descriptor file_;
  std::string path_;
};

struct Place {
  Descriptor folder;
  std::string name;
};

class PosixOutputDirectory : public OutputDirectory {
 public:
  PosixOutputDirectory(Descriptor root, std::string path, OutputAccess access)
      : root_(std::move(root)), path_(std::move(path)), access_(access) {}

  Result<std::unique_ptr<ExportedFile>> create_file(const std::string& path) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    Descriptor file(::openat(place.folder.get(), place.name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             access_ == OutputAccess::kEverybody ? 0755 : 0600));
    if (file.get() < 0) return fail(system_error(errno, "create " + shown(path)));
    return std::make_unique<PosixExportedFile>(std::move(file), shown(path));
  }

  Result<void> create_directory(const std::string& path) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    KONSEKI_TRY(enter(place.folder.get(), place.name, path));
    return {};
  }

  Result<void> create_symlink(const std::string& target, const std::string& path) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    if (::symlinkat(target.c_str(), place.folder.get(), place.name.c_str()) != 0) {
      return fail(system_error(errno, "link " + shown(path)));
    }
    return {};
  }

  Result<void> set_modified(const std::string& path, const Timestamp& time) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    if (::utimensat(place.folder.get(), place.name.c_str(), times_of(time).data(),
                    AT_SYMLINK_NOFOLLOW) != 0) {
      return fail(system_error(errno, "time of " + shown(path)));
    }
    return {};
  }

 private:
  std::string shown(const std::string& path) const { return path_ + '/' + path; }

  // Opens a folder below `folder`, making it first where it is missing.
  Result<Descriptor> enter(int folder, const std::string& name, const std::string& path) const {
    if (::mkdirat(folder, name.c_str(), folder_mode(access_)) != 0 && errno != EEXIST) {
      return fail(system_error(errno, "create " + shown(path)));
    }
    Descriptor entered(
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (entered.get() < 0) return fail(system_error(errno, "enter " + shown(path)));
    return entered;
  }

  Result<Place> place_of(const std::string& path) const {
    Place place{Descriptor(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0)), {}};
    if (place.folder.get() < 0) return fail(system_error(errno, "enter " + path_));
    std::string_view rest = path;
    while (true) {
      const auto slash = rest.find('/');
      place.name = rest.substr(0, slash);
      if (place.name.empty() || place.name == "." || place.name == ".." ||
          place.name.find('\0') != std::string::npos) {
        return fail(ErrorCode::kInvalidArgument, "not a path for export: " + path);
      }
      if (slash == std::string_view::npos) return place;
      KONSEKI_ASSIGN(place.folder, enter(place.folder.get(), place.name, path));
      rest.remove_prefix(slash + 1);
    }
  }

  Descriptor root_;
  std::string path_;
  OutputAccess access_;
};

}  // namespace

Result<std::unique_ptr<OutputDirectory>> OutputDirectory::create(const std::string& path,
                                                                 OutputAccess access) {
  if (::mkdir(path.c_str(), folder_mode(access)) != 0)
    return fail(system_error(errno, "create " + path));
  Descriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (root.get() < 0) return fail(system_error(errno, "open " + path));
  return std::make_unique<PosixOutputDirectory>(std::move(root), path, access);
}

}  // namespace konseki
