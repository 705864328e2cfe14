#include "agent/bundle/writer.h"

#include <algorithm>
#include <array>
#include <string>

#include "agent/base/digest.h"
#include "agent/base/json_writer.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/segments.h"
#include "agent/bundle/tar_header.h"
#include "agent/seal/signature.h"

namespace konseki {
namespace {

constexpr std::array<std::byte, 64 * 1024> kZeros{};

void hash_zeros(Sha256Pass& pass, std::uint64_t count) {
  while (count > 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, kZeros.size()));
    pass.update(std::span(kZeros).first(part));
    count -= part;
  }
}

class TarBundleWriter : public BundleWriter {
 public:
  TarBundleWriter(OutputStream& out, const BundleWriterOptions& options)
      : frames_(out, options.frames),
        time_(options.time),
        signing_key_(options.signing_key),
        comment_(options.comment) {}

  Result<void> add(const MemberHeader& header, std::span<const std::byte> content) override {
    if (content.size() != stored_size(header)) {
      return fail(ErrorCode::kInternal, "content of " + header.name + " has another length");
    }
    KONSEKI_TRY(begin(header));
    KONSEKI_TRY(write(content));
    KONSEKI_TRY(end(std::nullopt));
    return {};
  }

  Result<void> begin(const MemberHeader& header) override {
    if (open_ || sealed_) {
      return fail(ErrorCode::kInternal, "member " + header.name + " begun out of turn");
    }
    KONSEKI_TRY(check_member_header(header));
    header_ = header;
    header_bytes_.clear();
    append_tar_header(header_bytes_, header_);
    headers_.update(header_bytes_);
    KONSEKI_TRY(frames_.append(std::as_bytes(std::span(header_bytes_))));
    open_ = true;
    left_ = stored_size(header_);
    has_content_ = header_.type == MemberType::kFile;
    hashing_ = has_content_ && !header_.sha256 && !header_.digest_follows;
    range_ = 0;
    range_written_ = 0;
    hashed_ = 0;
    return {};
  }

  Result<void> write(std::span<const std::byte> content) override {
    if (!open_) return fail(ErrorCode::kInternal, "write without a member");
    if (content.size() > left_) {
      return fail(ErrorCode::kInternal, "more content than announced for " + header_.name);
    }
    if (hashing_) hash(content);
    left_ -= content.size();
    return frames_.append(content);
  }

  Result<std::uint64_t> end(const std::optional<Sha256>& digest) override {
    if (!open_) return fail(ErrorCode::kInternal, "end without a member");
    const std::uint64_t padded = left_;
    while (left_ > 0) {
      KONSEKI_TRY(write(std::span(kZeros).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, kZeros.size())))));
    }
    KONSEKI_TRY(frames_.append_zeros(tar_padding(stored_size(header_))));
    open_ = false;
    std::optional<Sha256> known = header_.sha256 ? header_.sha256 : digest;
    if (hashing_) {
      hash_zeros(pass_, header_.size - hashed_);
      known = pass_.finish();
    }
    manifest_.add(header_, known ? &*known : nullptr);
    if (has_content_ && !known) {
      return fail(ErrorCode::kInternal, "promised digest of " + header_.name + " is missing");
    }
    KONSEKI_TRY(write_full_segments());
    return padded;
  }

  Result<void> append_line(std::string_view stream, std::string_view json) override {
    if (stream == "audit" || !is_stream_name(stream)) {
      return fail(ErrorCode::kInvalidArgument, "stream name: " + std::string(stream));
    }
    return append_checked(stream, json);
  }

  Result<void> audit(Timestamp time, std::string_view event, std::string_view details) override {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.field("seq", ++audit_lines_);
    json.field("time", time);
    json.field("event", event);
    if (!details.empty()) {
      json.key("details");
      json.raw(details);
    }
    json.key("prev");
    json.hex(previous_line_);
    json.end_object();
    KONSEKI_TRY(append_checked("audit", line));
    previous_line_ = sha256_of(std::as_bytes(std::span(line)));
    return {};
  }

  Result<Sha256> seal(std::string_view trailer) override {
    if (open_ || sealed_) return fail(ErrorCode::kInternal, "seal out of turn");
    while (auto segment = segments_.take_any()) KONSEKI_TRY(write_segment(*segment));
    manifest_.close(headers_.finish(), trailer);
    MemberHeader header;
    header.name = kManifestName;
    header.size = manifest_.size();
    header.modified = time_;
    KONSEKI_TRY(begin(header));
    Sha256Pass pass;
    Blake2bPass to_sign;
    KONSEKI_TRY(manifest_.for_each_piece([&](std::span<const std::byte> piece) {
      pass.update(piece);
      to_sign.update(piece);
      return frames_.append(piece);
    }));
    KONSEKI_TRY(frames_.append_zeros(tar_padding(header.size)));
    open_ = false;
    const Sha256 digest = pass.finish();
    if (signing_key_ != nullptr) KONSEKI_TRY(add_signature(digest, to_sign.finish()));
    KONSEKI_TRY(frames_.append_zeros(2 * kTarBlock));
    sealed_ = true;
    KONSEKI_TRY(frames_.finish());
    return digest;
  }

  std::uint64_t content_bytes() const override { return frames_.content_bytes(); }
  std::uint64_t written_bytes() const override { return frames_.written_bytes(); }

 private:
  Result<void> append_checked(std::string_view stream, std::string_view json) {
    if (sealed_) return fail(ErrorCode::kInternal, "line after seal");
    if (json.find('\n') != std::string_view::npos) {
      return fail(ErrorCode::kInvalidArgument,
                  "line break inside a line of " + std::string(stream));
    }
    segments_.append(stream, json);
    return write_full_segments();
  }

  // While a member is open its content must not be cut in two: its end() catches up.
  Result<void> write_full_segments() {
    while (!open_) {
      auto segment = segments_.take_full();
      if (!segment) break;
      KONSEKI_TRY(write_segment(*segment));
      segments_.reuse(std::move(segment->text));
    }
    return {};
  }

  Result<void> add_signature(const Sha256& manifest, const Blake64& digest) {
    const std::string comment = comment_ ? comment_(manifest) : std::string();
    const std::string text = sign_digest(*signing_key_, digest, comment).text();
    MemberHeader header;
    header.name = kSignatureName;
    header.size = text.size();
    header.modified = time_;
    return add(header, std::as_bytes(std::span(text)));
  }

  Result<void> write_segment(const Segments::Segment& segment) {
    MemberHeader header;
    header.name = segment.member;
    header.size = segment.text.size();
    header.modified = time_;
    return add(header, std::as_bytes(std::span(segment.text)));
  }

  // Feeds stored bytes to the digest, zeros for the holes before them.
  void hash(std::span<const std::byte> content) {
    while (!content.empty() && range_ < header_.data.size()) {
      const ByteRange& range = header_.data[range_];
      if (range_written_ == 0) hash_zeros(pass_, range.offset - hashed_);
      const auto part = content.first(static_cast<std::size_t>(
          std::min<std::uint64_t>(content.size(), range.length - range_written_)));
      pass_.update(part);
      range_written_ += part.size();
      hashed_ = range.offset + range_written_;
      if (range_written_ == range.length) {
        ++range_;
        range_written_ = 0;
      }
      content = content.subspan(part.size());
    }
    pass_.update(content);
    hashed_ += content.size();
  }

  FrameWriter frames_;
  Timestamp time_;
  const SigningKey* signing_key_;
  std::function<std::string(const Sha256&)> comment_;
  ManifestBuilder manifest_;
  Segments segments_;
  Sha256Pass headers_;
  std::string header_bytes_;
  std::uint64_t audit_lines_ = 0;
  Sha256 previous_line_{};
  bool sealed_ = false;

  // The open member.
  bool open_ = false;
  bool has_content_ = false;
  bool hashing_ = false;
  MemberHeader header_;
  std::uint64_t left_ = 0;           // stored bytes to come
  std::size_t range_ = 0;            // sparse range being written
  std::uint64_t range_written_ = 0;  // bytes of it
  std::uint64_t hashed_ = 0;         // content offset up to which pass_ has seen
  Sha256Pass pass_;
};

}  // namespace

std::unique_ptr<BundleWriter> make_bundle_writer(OutputStream& out,
                                                 const BundleWriterOptions& options) {
  return std::make_unique<TarBundleWriter>(out, options);
}

}  // namespace konseki
