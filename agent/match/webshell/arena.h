// Arena: keeps the texts that an analysis makes, up to a limit; views stay valid while it lives.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace konseki::webshell {

// Not thread-safe; one a file.
class Arena {
 public:
  explicit Arena(std::size_t limit) : limit_(limit) {}

  // A lasting copy; empty when the limit is reached (see full()).
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() == 1) return letter(text[0]);
    char* place = take(text.size());
    if (place == nullptr) return {};
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  // An ASCII lower-case copy, or `text` itself when there is nothing to lower.
  std::string_view lower(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && !(text[at] >= 'A' && text[at] <= 'Z')) ++at;
    if (at == text.size()) return text;
    char* place = take(text.size());
    if (place == nullptr) return {};
    for (std::size_t i = 0; i < text.size(); ++i) {
      place[i] = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    }
    return {place, text.size()};
  }

  // `text` followed by `more`. The long text that was kept last grows where it stands, so that a
  // text put together from a thousand pieces costs its size, not a thousand copies.
  std::string_view append(std::string_view text, std::string_view more) {
    if (more.empty()) return text;
    if (!text.empty() && text.data() + text.size() == long_.next && more.size() <= long_.left &&
        more.size() <= limit_ - used_) {
      std::memmove(long_.next, more.data(), more.size());
      long_.next += more.size();
      long_.left -= more.size();
      used_ += more.size();
      return {text.data(), text.size() + more.size()};
    }
    const std::size_t size = text.size() + more.size();
    char* place = take(size, size >= kRoomy ? size : 0);
    if (place == nullptr) return {};
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    std::memcpy(place + text.size(), more.data(), more.size());
    return {place, size};
  }

  // One character; takes no room, so that the text kept last can go on growing.
  static std::string_view letter(char c) {
    static constexpr std::array<char, 256> kLetters = [] {
      std::array<char, 256> letters{};
      for (std::size_t i = 0; i < letters.size(); ++i) letters[i] = static_cast<char>(i);
      return letters;
    }();
    return {&kLetters[static_cast<unsigned char>(c)], 1};
  }

  bool full() const { return full_; }
  // Half of the room is taken: what could grow without end should stop.
  bool crowded() const { return used_ > limit_ / 2; }

 private:
  // What is left of a block.
  struct Rest {
    char* next = nullptr;
    std::size_t left = 0;
  };

  // `room` bytes behind it stay free for append(). Short texts have blocks of their own: the pieces
  // that a loop makes on its way do not end the growth of the text that it gathers.
  char* take(std::size_t size, std::size_t room = 0) {
    if (size > limit_ - used_) {
      full_ = true;
      return nullptr;
    }
    used_ += size;
    Rest& rest = size <= kShort ? short_ : long_;
    if (size + room > rest.left) {
      const std::size_t block = size > kBlock / 4 ? size + room : kBlock;
      blocks_.push_back(std::make_unique<char[]>(block));
      if (block != kBlock && room == 0) return blocks_.back().get();
      rest = {blocks_.back().get(), block};
    }
    char* place = rest.next;
    rest.next += size;
    rest.left -= size;
    return place;
  }

  static constexpr std::size_t kBlock = 64 << 10;
  static constexpr std::size_t kShort = 32;
  static constexpr std::size_t kRoomy = 4 << 10;  // texts from here on are likely to grow further
  std::size_t limit_;
  std::size_t used_ = 0;
  Rest long_;
  Rest short_;
  bool full_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace konseki::webshell
