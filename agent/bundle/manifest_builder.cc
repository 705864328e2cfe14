#include "agent/bundle/manifest_builder.h"

#include <new>
#include <string>
#include <vector>

#include "agent/base/handles/zstd.h"
#include "agent/base/json_writer.h"
#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

struct ManifestBuilder::State {
  State() : compressor(ZSTD_createCCtx()) {
    if (!compressor) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(compressor.get(), ZSTD_c_compressionLevel, 1);
    text = "{\"format\":\"konseki-bundle\",\"version\":1,\"members\":[";
  }

  // Compresses what has gathered in `text`.
  void flush(ZSTD_EndDirective directive) {
    size += text.size();
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    while (true) {
      chunks.emplace_back();
      chunks.back().resize(kPiece);
      ZSTD_outBuffer out{chunks.back().data(), kPiece, 0};
      const std::size_t left = ZSTD_compressStream2(compressor.get(), &out, &in, directive);
      chunks.back().resize(out.pos);
      chunks.back().shrink_to_fit();
      if (out.pos == 0) chunks.pop_back();
      if (ZSTD_isError(left)) throw std::bad_alloc();  // its only cause with plain parameters
      if (in.pos == in.size && (directive == ZSTD_e_continue || left == 0)) break;
    }
    text.clear();
  }

  ZstdCompressor compressor;
  std::string text;
  std::vector<std::string> chunks;
  std::uint64_t size = 0;
  bool first = true;
};

ManifestBuilder::ManifestBuilder() : state_(std::make_unique<State>()) {}
ManifestBuilder::~ManifestBuilder() = default;

void ManifestBuilder::add(const MemberHeader& header, const Sha256* sha256) {
  state_->text += state_->first ? "\n" : ",\n";
  state_->first = false;
  JsonWriter json(state_->text);
  json.begin_object();
  json.field("name", header.name);
  json.field("type", member_type_name(header.type));
  if (header.type == MemberType::kFile || header.type == MemberType::kHardLink) {
    json.field("size", header.size);
  }
  if (sha256 != nullptr) {
    json.key("sha256");
    json.hex(*sha256);
  }
  if (!header.link_target.empty()) json.field("link", header.link_target);
  json.end_object();
  if (state_->text.size() >= kPiece) state_->flush(ZSTD_e_continue);
}

void ManifestBuilder::close(const Sha256& headers, std::string_view trailer) {
  state_->text += "\n],\"headers_sha256\":";
  JsonWriter json(state_->text);
  json.hex(headers);
  state_->text += ",\"run\":";
  state_->text += trailer.empty() ? "{}" : trailer;
  state_->text += "}\n";
  state_->flush(ZSTD_e_end);
}

std::uint64_t ManifestBuilder::size() const { return state_->size; }

Result<void> ManifestBuilder::for_each_piece(
    const std::function<Result<void>(std::span<const std::byte>)>& piece) const {
  const ZstdDecompressor decompressor(ZSTD_createDCtx());
  if (!decompressor) throw std::bad_alloc();
  std::vector<std::byte> buffer(kPiece);
  for (const std::string& chunk : state_->chunks) {
    ZSTD_inBuffer in{chunk.data(), chunk.size(), 0};
    bool full = true;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
      const std::size_t left = ZSTD_decompressStream(decompressor.get(), &out, &in);
      if (ZSTD_isError(left)) return fail(ErrorCode::kInternal, "manifest buffer");
      full = out.pos == out.size;
      if (out.pos > 0) KONSEKI_TRY(piece(std::span(buffer).first(out.pos)));
      if (left == 0) return {};
    }
  }
  return {};
}

}  // namespace konseki
