// Feed: a file of indicators as it comes from a hub, a vendor or a colleague.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

enum class FeedFormat : std::uint8_t {
  kUnknown,
  kStix2,         // JSON: bundle, TAXII envelope, list, one object, list of patterns
  kStix1,         // XML
  kMispEvent,     // JSON
  kMispManifest,  // of a feed directory
  kMispHashes,    // hashes.csv of a feed directory
  kMispCsv,
  kOpenIoc,
  kWarninglist,
  kYara,
  kCsv,   // values separated by comma, tab, semicolon or bar, with a header
  kList,  // one a line, in any of the dialects of docs/indicators.md
};

// "stix-2", "openioc", ...: stable.
std::string_view feed_format_name(FeedFormat format);

struct FeedInput {
  std::string name;  // as messages show it
  std::function<Result<std::unique_ptr<ByteReader>>()> open;
};

// What became of one file.
struct FeedReport {
  std::string file;
  FeedFormat format = FeedFormat::kUnknown;
  std::string encoding;
  std::uint64_t superseded = 0;     // older versions of an id that another object replaces
  std::uint64_t not_detection = 0;  // MISP attributes that are not meant for detection
  std::vector<Bilingual> notes;
  // The file, or the rest of it from the place that is named, could not be used.
  std::optional<Error> error;
};

struct FeedOptions {
  // False: a pattern stays one even where atoms say the same.
  bool atoms = true;
};

}  // namespace konseki
