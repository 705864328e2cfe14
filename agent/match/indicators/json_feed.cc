#include "agent/match/indicators/json_feed.h"

#include <fmt/format.h>

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace konseki {
namespace {

using stix::Value;

constexpr std::size_t kMaxDepth = 256;
constexpr std::size_t kMaxValueDepth = 64;
constexpr std::size_t kMaxValueBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxTokenBytes = std::size_t{64} << 20;

// Characters of a FeedText, and how far they have been read.
class Characters {
 public:
  explicit Characters(FeedText& text) : text_(text) { fill(); }

  bool at_end() const { return run_.empty(); }
  char current() const { return run_.front(); }
  void advance() {
    if (run_.front() == '\n') ++line_;
    run_.remove_prefix(1);
    if (++since_event_ > kMaxTokenBytes) {
      too_long_ = true;
      run_ = {};
    } else if (run_.empty()) {
      fill();
    }
  }
  void event() { since_event_ = 0; }
  // To the next value of several: white space, and the separators of RFC 7464.
  void skip_space() {
    while (!at_end() && std::string_view(" \t\r\n\x1E").find(current()) != std::string_view::npos) {
      advance();
      event();
    }
  }
  void skip_line() {
    while (!at_end() && current() != '\n') {
      advance();
      event();
    }
  }
  std::uint64_t line() const { return line_; }
  bool too_long() const { return too_long_; }
  const Result<void>& state() const { return state_; }

 private:
  void fill() {
    auto next = text_.next();
    if (next) {
      run_ = *next;
    } else {
      state_ = fail(next.error());
      run_ = {};
    }
  }

  FeedText& text_;
  std::string_view run_;
  std::uint64_t line_ = 1;
  std::size_t since_event_ = 0;
  bool too_long_ = false;
  Result<void> state_;
};

// What nlohmann-json asks of its input.
class CharacterIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit CharacterIterator(Characters* characters) : characters_(characters) {}
  char operator*() const { return characters_->current(); }
  CharacterIterator& operator++() {
    characters_->advance();
    return *this;
  }
  CharacterIterator operator++(int) {
    characters_->advance();
    return *this;
  }
  // Only ever compared with the end.
  bool operator==(const CharacterIterator& other) const {
    const Characters* one = characters_ != nullptr ? characters_ : other.characters_;
    return one == nullptr || one->at_end();
  }
  bool operator!=(const CharacterIterator& other) const { return !(*this == other); }

 private:
  Characters* characters_;
};

// Turns the events of the parser into what the visitor wants.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(Characters& characters, JsonVisitor& visitor)
      : characters_(characters), visitor_(visitor) {}

  bool null() override { return scalar({}); }
  bool boolean(bool given) override {
    Value value;
    value.kind = Value::Kind::kBoolean;
    value.boolean = given;
    return scalar(std::move(value));
  }
  bool number_integer(number_integer_t given) override { return scalar(Value::of(given)); }
  bool number_unsigned(number_unsigned_t given) override {
    if (given > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return number_float(static_cast<double>(given), {});
    }
    return scalar(Value::of(static_cast<std::int64_t>(given)));
  }
  bool number_float(number_float_t given, const string_t&) override {
    Value value;
    value.kind = Value::Kind::kFloat;
    value.real = given;
    return scalar(std::move(value));
  }
  bool string(string_t& given) override { return scalar(Value::of(std::move(given))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Kind::kDictionary); }
  bool start_array(std::size_t) override { return open(Value::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    characters_.event();
    Frame& frame = frames_.back();
    if (frame.take == JsonTake::kEnter) {
      path_.resize(frame.path_size);
      path_ += '/';
      path_ += name;
    } else if (frame.take == JsonTake::kWhole && !dropping_) {
      built_ += name.size();
      open_.back().names.push_back(std::move(name));
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    // "... at line 3, column 9: ..."
    const std::string_view words = error.what();
    const std::size_t from = words.find("line ");
    if (from != std::string_view::npos) {
      where_ = words.substr(from, words.find(':', from) - from);
    }
    return false;
  }

  bool too_deep() const { return too_deep_; }
  const std::string& where() const { return where_; }

 private:
  struct Frame {
    JsonTake take = JsonTake::kEnter;
    bool is_list = false;
    std::size_t path_size = 0;
  };

  // The path of the value that begins now, and what is to be done with it.
  JsonTake begin(JsonShape shape) {
    characters_.event();
    if (frames_.empty()) return visitor_.wants(path_, shape);
    const Frame& frame = frames_.back();
    if (frame.take != JsonTake::kEnter) return frame.take;
    if (frame.is_list) {
      path_.resize(frame.path_size);
      path_ += "/*";
    }
    return visitor_.wants(path_, shape);
  }

  bool inside_whole() const { return !frames_.empty() && frames_.back().take == JsonTake::kWhole; }

  void drop() {
    dropping_ = true;
    open_.clear();
  }

  bool scalar(Value value) {
    const bool inside = inside_whole();
    if (begin(JsonShape::kScalar) != JsonTake::kWhole) return true;
    if (!inside) {
      visitor_.take({path_, characters_.line()}, std::move(value));
      return true;
    }
    if (dropping_) return true;
    built_ += value.text.size() + sizeof(Value);
    if (built_ > kMaxValueBytes) {
      drop();
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  bool open(Value::Kind kind) {
    if (frames_.size() >= kMaxDepth) {
      too_deep_ = true;
      return false;
    }
    const bool inside = inside_whole();
    const JsonTake take = begin(kind == Value::Kind::kList ? JsonShape::kList : JsonShape::kObject);
    if (take == JsonTake::kWhole) {
      if (!inside) {
        dropping_ = false;
        built_ = 0;
        line_ = characters_.line();
      }
      if (!dropping_) {
        built_ += sizeof(Value);
        if (open_.size() >= kMaxValueDepth || built_ > kMaxValueBytes) {
          drop();
        } else {
          Value value;
          value.kind = kind;
          open_.push_back(std::move(value));
        }
      }
    }
    frames_.push_back({take, kind == Value::Kind::kList, path_.size()});
    return true;
  }

  bool close() {
    characters_.event();
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (frame.take == JsonTake::kEnter) {
      path_.resize(frame.path_size);
      visitor_.leave(path_);
    }
    if (frame.take != JsonTake::kWhole) return true;
    const bool is_outermost = !inside_whole();
    if (dropping_) {
      if (is_outermost) visitor_.too_large({path_, line_});
      return true;
    }
    Value value = std::move(open_.back());
    open_.pop_back();
    if (is_outermost) {
      visitor_.take({path_, line_}, std::move(value));
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  Characters& characters_;
  JsonVisitor& visitor_;
  std::vector<Frame> frames_;
  std::vector<Value> open_;  // the value being built, from its root to where we are
  std::string path_;
  std::uint64_t line_ = 0;
  std::size_t built_ = 0;
  bool dropping_ = false;
  bool too_deep_ = false;
  std::string where_;
};

}  // namespace

Result<void> read_json_feed(FeedText& text, JsonVisitor& visitor) {
  Characters characters(text);
  std::optional<Error> first;
  std::uint64_t damaged = 0;
  // One value, or one after another: JSON Lines. Among those a damaged line costs itself alone.
  for (std::uint64_t values = 0;; ++values) {
    Handler handler(characters, visitor);
    bool is_whole = false;
    try {
      is_whole =
          nlohmann::json::sax_parse(CharacterIterator(&characters), CharacterIterator(nullptr),
                                    &handler, nlohmann::json::input_format_t::json, false);
    } catch (const nlohmann::json::exception&) {
      is_whole = false;
    }
    KONSEKI_TRY(characters.state());
    const std::string line = "line " + std::to_string(characters.line());
    if (!is_whole && (handler.too_deep() || characters.too_long())) {
      return fail(
          ErrorCode::kLimitExceeded, line,
          {"The JSON is nested too deep, or one text in it is longer than 64 MiB. What comes "
           "before has been read.",
           "JSON の入れ子が深すぎるか、64 MiB を超える文字列があります。"
           "その手前までを読み込みました。"});
    }
    if (!is_whole) {
      ++damaged;
      const bool knows_place = values == 0 && !handler.where().empty();
      if (!first) {
        first = Error{ErrorCode::kCorrupt,
                      knows_place ? handler.where() : line,
                      {"This is not well-formed JSON. What comes before has been read.",
                       "正しい JSON ではありません。その手前までを読み込みました。"}};
      }
      if (values == 0) return fail(*std::move(first));
      characters.skip_line();
    }
    characters.skip_space();
    if (characters.at_end()) break;
  }
  KONSEKI_TRY(characters.state());
  if (!first) return {};
  first->detail = fmt::format("{} ({})", first->detail, damaged);
  first->advice = {
      "Lines of the file are not well-formed JSON (the first one and how many are "
      "named). The others have been read.",
      "正しい JSON でない行があります (最初の行と行数を表示)。"
      "ほかの行は読み込みました。"};
  return fail(*std::move(first));
}

}  // namespace konseki
