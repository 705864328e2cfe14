// Archives by libarchive.
#include "agent/match/container/archive_stream.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "agent/base/handles/archive.h"
#include "agent/base/utf8_locale.h"
#ifdef _WIN32
#include "agent/base/windows/wide.h"
#endif

namespace konseki {
namespace {

// The member's name as stored; on Windows libarchive has made it Unicode, by the system's code page
// where the archive does not say which.
std::string name_of(archive_entry* entry) {
#ifdef _WIN32
  const wchar_t* name = archive_entry_pathname_w(entry);
  if (name != nullptr) return narrow(name);
#endif
  const char* bytes = archive_entry_pathname(entry);
  return bytes == nullptr ? std::string() : std::string(bytes);
}

class LibarchiveStream : public ArchiveStream {
 public:
  explicit LibarchiveStream(ByteReader& content) : content_(content) {}

  Result<void> open(ArchiveForm form) {
    const Utf8Locale locale;
    handle_.reset(archive_read_new());
    archive* raw = handle_.get();
    if (raw == nullptr) return fail(ErrorCode::kInternal, "libarchive: not enough memory");
    archive_read_support_filter_gzip(raw);
    archive_read_support_filter_bzip2(raw);
    archive_read_support_filter_xz(raw);
    archive_read_support_filter_lzma(raw);
    archive_read_support_filter_zstd(raw);
    if (form == ArchiveForm::kAny) support_archives(raw);
    archive_read_support_format_raw(raw);
    archive_read_set_callback_data(raw, this);
    archive_read_set_read_callback(raw, on_read);
    archive_read_set_seek_callback(raw, on_seek);
    archive_read_set_skip_callback(raw, on_skip);
    if (archive_read_open1(raw) != ARCHIVE_OK) return fail(error());
    return {};
  }

  Result<std::optional<ArchiveMember>> next() override {
    const Utf8Locale locale;
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle_.get(), &entry);
    if (code == ARCHIVE_EOF) return std::optional<ArchiveMember>();
    if (code < ARCHIVE_WARN) return fail(error());
    single_ = archive_format(handle_.get()) == ARCHIVE_FORMAT_RAW;
    // Whatever is no archive is "raw": only a compressed file is worth its name.
    if (single_ && archive_filter_count(handle_.get()) < 2) {
      return fail(ErrorCode::kCorrupt, "begins as an archive and is none");
    }
    ArchiveMember member;
    if (!single_) member.name = name_of(entry);
    member.regular = archive_entry_filetype(entry) == AE_IFREG || single_;
    if (!single_) {
      member.symbolic_link = archive_entry_filetype(entry) == AE_IFLNK;
      const char* target =
          member.symbolic_link ? archive_entry_symlink(entry) : archive_entry_hardlink(entry);
      if (target != nullptr) {
        member.link_target = target;
        member.regular = !member.symbolic_link;  // hard links may come without a type
      }
    }
    member.encrypted = archive_entry_is_encrypted(entry) != 0;
    if (archive_entry_mtime_is_set(entry) != 0) {
      member.modified = Timestamp::from_unix(
          archive_entry_mtime(entry), static_cast<std::uint32_t>(archive_entry_mtime_nsec(entry)));
    }
    return std::optional<ArchiveMember>(std::move(member));
  }

  Result<std::span<const std::byte>> read() override {
    const la_ssize_t got = archive_read_data(handle_.get(), out_.data(), out_.size());
    if (got < 0) return fail(error());
    return std::span<const std::byte>(out_).first(static_cast<std::size_t>(got));
  }

  bool single() const override { return single_; }
  bool compressed() const override { return archive_filter_count(handle_.get()) > 1; }

 private:
  static void support_archives(archive* raw) {
    archive_read_support_format_zip(raw);
    archive_read_support_format_tar(raw);
    archive_read_support_format_7zip(raw);
    archive_read_support_format_cab(raw);
    archive_read_support_format_lha(raw);
    archive_read_support_format_ar(raw);
  }

  Error error() const {
    if (read_error_) return *read_error_;
    const char* why = archive_error_string(handle_.get());
    const std::string text = why == nullptr ? "unknown error" : why;
    // libarchive has no number for it.
    const bool locked =
        text.find("ncrypt") != std::string::npos || text.find("assphrase") != std::string::npos;
    return {locked ? ErrorCode::kUnsupported : ErrorCode::kCorrupt,
            locked ? "needs a password; not looked into" : "libarchive: " + text,
            {}};
  }

  static LibarchiveStream& self(void* user) { return *static_cast<LibarchiveStream*>(user); }

  static la_ssize_t on_read(archive* raw, void* user, const void** out) {
    LibarchiveStream& stream = self(user);
    const auto got = stream.content_.read_at(stream.at_, stream.in_);
    if (!got) {
      stream.read_error_ = got.error();
      archive_set_error(raw, -1, "cannot read");
      return -1;
    }
    stream.at_ += *got;
    *out = stream.in_.data();
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t on_seek(archive*, void* user, la_int64_t offset, int whence) {
    LibarchiveStream& stream = self(user);
    const auto size = static_cast<la_int64_t>(stream.content_.size());
    la_int64_t to = offset;
    if (whence == SEEK_CUR) to += static_cast<la_int64_t>(stream.at_);
    if (whence == SEEK_END) to += size;
    if (to < 0 || to > size) return ARCHIVE_FATAL;
    stream.at_ = static_cast<std::uint64_t>(to);
    return to;
  }

  static la_int64_t on_skip(archive*, void* user, la_int64_t count) {
    LibarchiveStream& stream = self(user);
    const std::uint64_t left =
        stream.content_.size() - std::min(stream.at_, stream.content_.size());
    const std::uint64_t skip =
        std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(count, 0)));
    stream.at_ += skip;
    return static_cast<la_int64_t>(skip);
  }

  ByteReader& content_;
  ArchiveReaderHandle handle_;
  std::uint64_t at_ = 0;
  bool single_ = false;
  std::optional<Error> read_error_;
  std::array<std::byte, 64 << 10> in_;
  std::array<std::byte, 64 << 10> out_;
};

}  // namespace

Result<std::unique_ptr<ArchiveStream>> open_archive(ByteReader& content, ArchiveForm form) {
  auto stream = std::make_unique<LibarchiveStream>(content);
  KONSEKI_TRY(stream->open(form));
  return stream;
}

}  // namespace konseki
