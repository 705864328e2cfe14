#include "agent/match/indicators/xml_document.h"

#include <algorithm>
#include <utility>

namespace konseki {
namespace {

tl::unexpected<Error> too_much(std::string detail) {
  return fail(ErrorCode::kLimitExceeded, std::move(detail),
              {"The XML is larger or nested deeper than any honest feed.",
               "XML が大きすぎるか、入れ子が深すぎます。"});
}

// Walks without recursion.
Result<void> check_shape(const pugi::xml_document& document) {
  std::size_t depth = 0;
  std::size_t elements = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    if (++elements > kMaxXmlElements) return too_much("elements");
    if (node.first_child()) {
      if (++depth > kMaxXmlDepth) return too_much("depth");
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      if (!node || node.type() == pugi::node_document) return {};
      --depth;
    }
    node = node.next_sibling();
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

}  // namespace

Result<XmlDocument> XmlDocument::read(FeedText& text) {
  std::string whole;
  for (;;) {
    KONSEKI_ASSIGN(const std::string_view run, text.next());
    if (run.empty()) break;
    if (whole.size() + run.size() > kMaxXmlBytes) return too_much("128 MiB");
    whole.append(run);
  }
  XmlDocument out;
  out.declares_entities_ = whole.find("<!ENTITY") != std::string::npos;
  const auto parsed =
      out.document_.load_buffer(whole.data(), whole.size(),
                                pugi::parse_default | pugi::parse_trim_pcdata, pugi::encoding_utf8);
  KONSEKI_TRY(check_shape(out.document_));
  if (!parsed) {
    const auto offset =
        std::clamp<std::ptrdiff_t>(parsed.offset, 0, static_cast<std::ptrdiff_t>(whole.size()));
    const auto line = 1 + std::count(whole.begin(), whole.begin() + offset, '\n');
    out.damage_ = Error{ErrorCode::kCorrupt,
                        "line " + std::to_string(line) + ": " + parsed.description(),
                        {"This is not well-formed XML. What comes before has been read.",
                         "正しい XML ではありません。その手前までを読み込みました。"}};
  }
  return out;
}

std::string_view local_name(const char* name) {
  const std::string_view whole = name;
  const std::size_t colon = whole.find(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

std::string namespace_of_prefix(pugi::xml_node node, std::string_view prefix) {
  const std::string wanted = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
  for (; node; node = node.parent()) {
    if (const auto attribute = node.attribute(wanted.c_str())) return attribute.value();
  }
  return {};
}

std::string namespace_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return namespace_of_prefix(node, colon == std::string_view::npos ? "" : name.substr(0, colon));
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (local_name(child.name()) == name) return child;
  }
  return {};
}

std::string text_of_node(const pugi::xml_node& node) {
  std::string out;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
  }
  return std::string(trimmed(out));
}

std::string child_text(const pugi::xml_node& node, std::string_view name) {
  return text_of_node(child_of(node, name));
}

std::string_view attribute_of(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (local_name(attribute.name()) == name) return attribute.value();
  }
  return {};
}

}  // namespace konseki
