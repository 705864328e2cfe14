#include "agent/match/indicators/info_text.h"

#include <algorithm>
#include <array>

#include "agent/match/indicators/packed.h"

namespace konseki {
namespace {

constexpr std::size_t kUuid = 36;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

// The sixteen bytes of the UUID at the end of `id`; false when there is none.
bool read_uuid(std::string_view id, std::string& out) {
  if (id.size() < kUuid) return false;
  const std::string_view uuid = id.substr(id.size() - kUuid);
  int high = -1;
  for (std::size_t i = 0; i < kUuid; ++i) {
    if (is_dash_place(i)) {
      if (uuid[i] != '-') return false;
      continue;
    }
    const int value = hex_value(uuid[i]);
    if (value < 0) return false;
    if (high < 0) {
      high = value;
    } else {
      out.push_back(static_cast<char>(high * 16 + value));
      high = -1;
    }
  }
  return true;
}

std::string uuid_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_dash_place(out.size())) out.push_back('-');
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

void put_list(PackedWriter& out, const std::vector<std::string>& texts, const TextPlacer& place) {
  out.number(texts.size());
  for (const std::string& text : texts) out.number(place(text));
}

std::vector<std::string> get_list(PackedReader& in, const TextFinder& find) {
  std::vector<std::string> out;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) out.push_back(find(in.small()));
  return out;
}

constexpr std::uint64_t kRevoked = 1;
constexpr std::uint64_t kUuidId = 2;
constexpr std::uint64_t kConfidence = 4;
constexpr std::uint64_t kFrom = 8;
constexpr std::uint64_t kUntil = 16;
constexpr std::uint64_t kModified = 32;

}  // namespace

std::string pack_info(const IndicatorInfo& info, const TextPlacer& place) {
  PackedWriter out;
  std::string uuid;
  const bool has_uuid = read_uuid(info.id, uuid);
  out.number((info.revoked ? kRevoked : 0U) | (has_uuid ? kUuidId : 0U) |
             (info.confidence ? kConfidence : 0U) | (info.valid_from ? kFrom : 0U) |
             (info.valid_until ? kUntil : 0U) |
             (info.modified != stix::kDistantPast ? kModified : 0U));
  if (has_uuid) {
    out.number(place(std::string_view(info.id).substr(0, info.id.size() - kUuid)));
    out.text(uuid);
  } else {
    out.text(info.id);
  }
  out.text(info.name);
  out.text(info.name_ja);
  for (const std::string* text : {&info.source, &info.file, &info.technique}) {
    out.number(place(*text));
  }
  put_list(out, info.types, place);
  put_list(out, info.labels, place);
  put_list(out, info.markings, place);
  if (info.confidence) {
    out.number(static_cast<std::uint64_t>(std::clamp(*info.confidence, 0, 100)));
  }
  if (info.valid_from) out.instant(*info.valid_from);
  if (info.valid_until) out.instant(*info.valid_until);
  if (info.modified != stix::kDistantPast) out.instant(info.modified);
  return out.take();
}

Result<IndicatorInfo> unpack_info(std::string_view bytes, const TextFinder& find) {
  PackedReader in(bytes);
  IndicatorInfo info;
  const std::uint64_t flags = in.number();
  info.revoked = (flags & kRevoked) != 0;
  if ((flags & kUuidId) != 0) {
    info.id = find(in.small());
    info.id += uuid_text(in.text());
  } else {
    info.id = in.text();
  }
  info.name = in.text();
  info.name_ja = in.text();
  for (std::string* text : {&info.source, &info.file, &info.technique}) *text = find(in.small());
  info.types = get_list(in, find);
  info.labels = get_list(in, find);
  info.markings = get_list(in, find);
  if ((flags & kConfidence) != 0) {
    info.confidence = static_cast<int>(std::min<std::uint64_t>(in.number(), 100));
  }
  if ((flags & kFrom) != 0) info.valid_from = in.instant();
  if ((flags & kUntil) != 0) info.valid_until = in.instant();
  if ((flags & kModified) != 0) info.modified = in.instant();
  if (!in.ok() || !in.at_end()) return fail(ErrorCode::kCorrupt, "indicator in the index");
  return info;
}

}  // namespace konseki
