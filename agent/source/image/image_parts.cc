#include "agent/source/image/image_parts.h"

#include <algorithm>

#include "agent/base/local_path.h"

namespace konseki {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view extension_of(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos ||
      path.find_first_of(kPathSeparators, dot) != std::string_view::npos) {
    return {};
  }
  return path.substr(dot + 1);
}

// E01, e01, s01, Ex01, ex01: letters, then "01".
bool is_ewf_first(std::string_view extension) {
  if (!extension.ends_with("01")) return false;
  const std::string_view letters = extension.substr(0, extension.size() - 2);
  return letters == "E" || letters == "e" || letters == "S" || letters == "s" || letters == "Ex" ||
         letters == "ex";
}

// Segment 0 is E01, 98 is E99, 99 is EAA, then on in base 26 over all three letters. With Ex01
// the first letter stays: ExAA … ExZZ, EyAA ….
std::optional<std::string> ewf_extension(std::string_view first, std::uint32_t index) {
  std::string letters(first.substr(0, first.size() - 2));
  if (index < 99) {
    const std::uint32_t number = index + 1;
    letters += static_cast<char>('0' + number / 10);
    letters += static_cast<char>('0' + number % 10);
    return letters;
  }
  const std::uint32_t rest = index - 99;
  const char base = letters[0] >= 'a' ? 'a' : 'A';
  char& carried = letters.back();
  const char last = carried >= 'a' ? 'z' : 'Z';
  if (rest / 676 > static_cast<std::uint32_t>(last - carried)) return std::nullopt;
  carried = static_cast<char>(carried + static_cast<char>(rest / 676));
  letters += static_cast<char>(base + rest / 26 % 26);
  letters += static_cast<char>(base + rest % 26);
  return letters;
}

// 000 or 001, any width from two digits.
bool is_number_first(std::string_view extension) {
  return extension.size() >= 2 &&
         std::all_of(extension.begin(), extension.end() - 1, [](char c) { return c == '0'; }) &&
         (extension.back() == '0' || extension.back() == '1');
}

bool is_letter_first(std::string_view extension) {
  return extension == "aa" || extension == "aaa" || extension == "AA" || extension == "AAA";
}

}  // namespace

std::optional<std::string> part_name(const std::string& first, std::uint32_t index) {
  const std::string_view extension = extension_of(first);
  if (extension.empty()) return std::nullopt;
  const std::string stem = first.substr(0, first.size() - extension.size());
  if (is_ewf_first(extension)) {
    auto next = ewf_extension(extension, index);
    if (!next) return std::nullopt;
    return stem + *next;
  }
  if (is_number_first(extension)) {
    const std::uint32_t number = index + static_cast<std::uint32_t>(extension.back() - '0');
    std::string digits = std::to_string(number);
    if (digits.size() < extension.size()) digits.insert(0, extension.size() - digits.size(), '0');
    return stem + digits;
  }
  if (is_letter_first(extension)) {
    std::string letters(extension);
    std::uint32_t rest = index;
    for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
      *letter = static_cast<char>(*letter + rest % 26);
      rest /= 26;
    }
    if (rest != 0) return std::nullopt;
    return stem + letters;
  }
  return std::nullopt;
}

std::vector<std::string> first_part_names(const std::string& path) {
  const std::string_view extension = extension_of(path);
  std::vector<std::string> names;
  if (extension.size() >= 3) {
    const std::string stem = path.substr(0, path.size() - extension.size());
    const std::string head(extension.substr(0, extension.size() - 2));
    if (extension.size() == 3 && std::all_of(extension.begin(), extension.end(), is_digit)) {
      names = {stem + "000", stem + "001"};
    } else if (is_digit(extension.back()) && is_digit(extension[extension.size() - 2]) &&
               is_ewf_first(head + "01")) {
      names = {stem + head + "01"};
    }
  }
  if (names.empty() || names.back() != path) names.push_back(path);
  return names;
}

Result<std::vector<std::unique_ptr<ByteReader>>> open_parts(const std::string& first,
                                                            const FileOpener& open) {
  std::vector<std::unique_ptr<ByteReader>> parts;
  KONSEKI_ASSIGN(auto head, open(first));
  parts.push_back(std::move(head));
  for (std::uint32_t index = 1;; ++index) {
    const auto name = part_name(first, index);
    if (!name) break;
    auto part = open(*name);
    if (!part) {
      if (part.error().code == ErrorCode::kNotFound) break;
      return fail(std::move(part).error());
    }
    parts.push_back(*std::move(part));
  }
  return parts;
}

}  // namespace konseki
