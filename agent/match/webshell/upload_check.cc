// What a script lets in: an upload's kind that is compared with kinds which no server runs. Honest
// forms ask so before they store a picture; a means to bring programs in has no reason to.
#include <algorithm>
#include <array>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostPattern = 256;

// Endings of names and second halves of media types, in alphabetical order.
constexpr std::array<std::string_view, 45> kHarmless = {
    "avi",  "bmp",  "csv", "doc", "docx",  "eps", "flv",  "gif", "gz",  "ico",  "jpe",   "jpeg",
    "jpg",  "mov",  "mp3", "mp4", "mpeg",  "mpg", "ods",  "odt", "ogg", "pdf",  "pjpeg", "png",
    "ppt",  "pptx", "psd", "rar", "rtf",   "svg", "swf",  "tar", "tif", "tiff", "txt",   "wav",
    "webm", "webp", "wma", "wmv", "x-png", "xls", "xlsx", "xml", "zip"};
static_assert(std::is_sorted(kHarmless.begin(), kHarmless.end()));
constexpr std::array<std::string_view, 8> kRun = {"php", "pht",   "asp", "jsp",
                                                  "cgi", "shtml", "cer", "htaccess"};

bool is_harmless(std::string_view kind) {
  const std::size_t mark = kind.find_last_of("./");
  if (mark != std::string_view::npos) kind.remove_prefix(mark + 1);
  return std::binary_search(kHarmless.begin(), kHarmless.end(), kind);
}

// A pattern of alternatives: "/\.(jpe?g|png)$/i".
bool allows_harmless(std::string_view pattern) {
  static constexpr std::array<std::string_view, 6> kWords = {"jpg", "jpe?g", "png",
                                                             "gif", "pdf",   "zip"};
  return contains_any(pattern, kWords);
}

}  // namespace

void Interpreter::compare_kind(const Value& given, const Value& allowed) {
  if (kind_compared_ || !given.has(kForeign)) return;
  if (allowed.is_text()) {
    kind_compared_ = allowed.text.size() <= kMostPattern && is_harmless(arena_.lower(allowed.text));
    return;
  }
  if (allowed.array == nullptr) return;
  bool harmless = false;
  for (const auto& [key, element] : allowed.array->elements) {
    if (!element.is_text() || element.text.size() > kMostPattern) continue;
    const std::string_view kind = arena_.lower(element.text);
    if (contains_any(kind, kRun)) return;
    harmless = harmless || is_harmless(kind);
  }
  kind_compared_ = harmless;
}

void Interpreter::observe_check(std::string_view function, const Arguments& list) {
  if (list.count == 0) return;
  if (function == "in_array" && list.count > 1) {
    compare_kind(list.values[0], list.values[1]);
  } else if ((function == "preg_match" || function == "eregi") && list.count > 1) {
    const Value& pattern = list.values[0];
    if (kind_compared_ || !list.values[1].has(kForeign) || !pattern.is_text()) return;
    const std::string_view text = arena_.lower(pattern.text.substr(0, kMostPattern));
    kind_compared_ = allows_harmless(text) && !contains_any(text, kRun);
  } else if (function == "getimagesize" || function == "exif_imagetype") {
    kind_compared_ = kind_compared_ || list.values[0].has(kUpload);
  }
}

}  // namespace konseki::webshell
