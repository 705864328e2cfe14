// HtmlText: text as content of an element or of a quoted attribute [HTML, 13.3 escaping].
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// Appends `text` to `out`; the five characters that mean something in markup become references, all
// other bytes stay. Whether they are well-formed UTF-8, or may be shown at all, is the caller's
// care.
inline void append_html_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace konseki
