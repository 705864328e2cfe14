#include "agent/artifact/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <map>
#include <optional>
#include <streambuf>

namespace konseki {
namespace {

constexpr std::size_t kMaxText = 16 << 20;
constexpr std::size_t kMaxDocument = 1 << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100'000;

// Leaves the parser from inside an event; never leaves this file.
struct Refused {
  std::string reason;
  std::uint32_t line;
};

// What a copy costs, in nodes: long texts count as several.
std::size_t weight(const YamlNode& node) {
  std::size_t sum = 1 + (node.text.size() + node.key.size()) / 64;
  for (const YamlNode& item : node.items) sum += weight(item);
  return sum;
}

std::size_t height(const YamlNode& node) {
  std::size_t highest = 0;
  for (const YamlNode& item : node.items) highest = std::max(highest, height(item));
  return highest + 1;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::uint32_t first_line) : first_line_(first_line) {}

  std::optional<YamlNode> take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlNode::Kind::kNull, mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(YamlNode::Kind::kScalar, mark);
    node.text = value;
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto found = anchored_.find(anchor);
    if (found == anchored_.end()) refuse("alias inside its own anchor", mark);
    nodes_ += weight(found->second);
    YamlNode node = make(found->second.kind, mark);
    if (open_.size() + height(found->second) > kMaxDepth) refuse("nested too deeply", mark);
    node.text = found->second.text;
    node.items = found->second.items;
    add(std::move(node), 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::kSequence, mark), anchor, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::kMap, mark), anchor, mark);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    std::optional<YamlNode> key;  // the key whose value comes next
  };

  std::uint32_t line_of(const YAML::Mark& mark) const {
    return first_line_ + static_cast<std::uint32_t>(std::max(mark.line, 0));
  }

  [[noreturn]] void refuse(std::string reason, const YAML::Mark& mark) {
    throw Refused{std::move(reason), line_of(mark)};
  }

  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes) refuse("more than 100000 nodes", mark);
    YamlNode node;
    node.kind = kind;
    node.line = line_of(mark);
    return node;
  }

  void open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (open_.size() + 1 >= kMaxDepth) refuse("nested too deeply", mark);
    open_.push_back({std::move(node), anchor, std::nullopt});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) anchored_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (!parent.node.is_map()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (!node.is_scalar()) throw Refused{"a key must be plain text", node.line};
      if (parent.node.find(node.text) != nullptr) {
        throw Refused{"key given twice: " + node.text, node.line};
      }
      parent.key = std::move(node);
    } else {
      node.key = std::move(parent.key->text);
      parent.key.reset();
      parent.node.items.push_back(std::move(node));
    }
  }

  const std::uint32_t first_line_;
  std::size_t nodes_ = 0;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchored_;
  std::optional<YamlNode> root_;
};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // only ever read: there is no put area
    setg(begin, begin, begin + text.size());
  }
};

// Nothing, or why this is no document. Appends what could be read either way.
std::optional<Refused> parse_events(std::string_view text, std::uint32_t first_line,
                                    std::vector<YamlDocument>& documents) {
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(first_line);
    while (parser.HandleNextDocument(builder)) {
      if (auto root = builder.take_root(); root && !root->is_null()) {
        documents.push_back({std::move(*root), {}, 0});
      }
    }
  } catch (const Refused& refused) {
    return refused;
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 0 : std::max(error.mark.line, 0);
    return Refused{"not valid YAML: " + error.msg, first_line + static_cast<std::uint32_t>(line)};
  } catch (const std::exception& error) {
    return Refused{std::string("not valid YAML: ") + error.what(), first_line};
  }
  return std::nullopt;
}

// "{paths:['x']}" is sound YAML 1.2 (7.4.2: no blank needed before a flow indicator), but yaml-cpp
// wants the blank. Only looks outside quotes, as far as one line can tell.
std::string with_blank_before_flow(std::string_view text) {
  std::string out;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    out += c;
    if (c == '\n') {
      quote = 0;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == ':' && quote == 0 && at + 1 < text.size() &&
               (text[at + 1] == '[' || text[at + 1] == '{')) {
      out += ' ';
    }
  }
  return out;
}

void parse_document(std::string_view text, std::uint32_t first_line,
                    std::vector<YamlDocument>& documents) {
  const std::size_t before = documents.size();
  std::optional<Refused> refused = Refused{"document larger than 1 MiB", first_line};
  if (text.size() <= kMaxDocument) refused = parse_events(text, first_line, documents);
  if (!refused) return;
  if (text.size() <= kMaxDocument) {
    if (const std::string retry = with_blank_before_flow(text); retry != text) {
      std::vector<YamlDocument> again;
      if (!parse_events(retry, first_line, again)) {
        documents.resize(before);
        std::move(again.begin(), again.end(), std::back_inserter(documents));
        return;
      }
    }
  }
  documents.push_back({{}, refused->reason, refused->line});
}

bool starts_document(std::string_view line) {
  return line.starts_with("---") &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const {
  if (!is_map()) return nullptr;
  auto found = std::find_if(items.begin(), items.end(),
                            [&](const YamlNode& item) { return item.key == name; });
  return found == items.end() ? nullptr : &*found;
}

std::vector<YamlDocument> parse_yaml(std::string_view text) {
  std::vector<YamlDocument> documents;
  if (text.size() > kMaxText) return {{{}, "text larger than 16 MiB", 1}};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xFF\xFE") ||
      text.starts_with("\xFE\xFF")) {
    return {{{}, "not UTF-8 text", 1}};
  }
  std::size_t start = 0;
  std::uint32_t start_line = 1;
  std::uint32_t line_number = 1;
  for (std::size_t at = 0; at <= text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (at > start && starts_document(text.substr(at, end - at))) {
      parse_document(text.substr(start, at - start), start_line, documents);
      start = at;
      start_line = line_number;
    }
    at = end + 1;
  }
  parse_document(text.substr(start), start_line, documents);
  return documents;
}

}  // namespace konseki
