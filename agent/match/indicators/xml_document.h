// XML feeds: parsed within limits, without DTD and without entities, names by namespace URI.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "agent/match/indicators/feed_text.h"
#include "konseki/result.h"

namespace konseki {

inline constexpr std::size_t kMaxXmlBytes = std::size_t{128} << 20;
inline constexpr std::size_t kMaxXmlDepth = 128;
inline constexpr std::size_t kMaxXmlElements = 5'000'000;

// A parsed document. Declared entities are never expanded and nothing outside the text is read.
class XmlDocument {
 public:
  // Errors: kLimitExceeded for size, depth or number of elements; kCorrupt, with the line, where
  // the text is no XML. In that case what was read before the damage stays and `damage` is set.
  static Result<XmlDocument> read(FeedText& text);

  pugi::xml_node root() const { return document_.document_element(); }
  const std::optional<Error>& damage() const { return damage_; }
  bool declares_entities() const { return declares_entities_; }

 private:
  pugi::xml_document document_;
  std::optional<Error> damage_;
  bool declares_entities_ = false;
};

// The name without its prefix.
std::string_view local_name(const char* name);
// The URI that the prefix of `node` stands for; empty when nobody says.
std::string namespace_of(const pugi::xml_node& node);
// The URI that `prefix` stands for at `node`.
std::string namespace_of_prefix(pugi::xml_node node, std::string_view prefix);

// First child, or text of it, by local name. Prefixes vary between producers.
pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name);
std::string child_text(const pugi::xml_node& node, std::string_view name);
// All text inside `node`, trimmed.
std::string text_of_node(const pugi::xml_node& node);
// An attribute by local name; "" when absent.
std::string_view attribute_of(const pugi::xml_node& node, std::string_view name);

}  // namespace konseki
