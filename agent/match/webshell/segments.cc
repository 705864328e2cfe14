#include "agent/match/webshell/segments.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/script_encoder.h"
#include "agent/match/webshell/site_path.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr std::string_view::size_type kNone = std::string_view::npos;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Position of `word` (lower case) in `text`, letters of any case.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
  if (word.empty() || text.size() < word.size()) return kNone;
  const std::size_t last = text.size() - word.size();  // where it can begin at most
  const char low = word[0];
  const char high = low >= 'a' && low <= 'z' ? static_cast<char>(low - 32) : low;
  const auto next_of = [&](char c, std::size_t at) { return std::min(text.find(c, at), last + 1); };
  std::size_t next_low = next_of(low, from);
  std::size_t next_high = high == low ? last + 1 : next_of(high, from);
  while (next_low <= last || next_high <= last) {
    const std::size_t at = std::min(next_low, next_high);
    std::size_t i = 1;
    while (i < word.size() && lower(text[at + i]) == word[i]) ++i;
    if (i == word.size()) return at;
    if (at == next_low) {
      next_low = next_of(low, at + 1);
    } else {
      next_high = next_of(high, at + 1);
    }
  }
  return kNone;
}

bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != kNone;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == kNone ? std::string_view() : name.substr(dot + 1);
}

// "/* name of the tool */", "// …" or "# …" behind blanks.
bool is_comment(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::string_view rest = text.substr(at);
  return rest.starts_with("/*") || rest.starts_with("//") || rest.starts_with("#");
}

// "$name =", as only PHP and Perl write it.
bool holds_assignment(std::string_view text) {
  for (std::size_t at = text.find('$'); at != kNone; at = text.find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end == at + 1) continue;
    while (end < text.size() && is_blank(text[end])) ++end;
    if (end < text.size() && text[end] == '=') return true;
  }
  return false;
}

// Where PHP begins: past the tag. `sure` asks for <?php or <?= alone.
std::size_t php_start(std::string_view text, bool sure) {
  std::size_t at = 0;
  while ((at = text.find("<?", at)) != kNone) {
    const std::string_view rest = text.substr(at + 2, 64);
    if (rest.size() >= 3 && lower(rest[0]) == 'p' && lower(rest[1]) == 'h' && lower(rest[2]) == 'p')
      return at + 5;
    if (rest.starts_with("=")) {
      if (!sure || rest.find('$') != kNone || rest.find('`') != kNone) return at + 3;
    } else if (!sure && !rest.starts_with("xml") && !rest.empty() &&
               (is_blank(rest[0]) || rest[0] == '@' || rest[0] == '$' || is_alpha(rest[0]) ||
                rest[0] == '/')) {
      return at + 2;
    } else if (sure && is_comment(rest) && holds_assignment(text.substr(at, 4096))) {
      return at + 2;
    } else if (sure && !rest.empty() && (is_blank(rest[0]) || rest[0] == '@' || rest[0] == '$') &&
               (rest.find('$') != kNone || has_word(rest, "eval") || has_word(rest, "include") ||
                has_word(rest, "echo") || has_word(rest, "if") || has_word(rest, "function") ||
                has_word(rest, "print")) &&
               printable_share(rest) > 90) {
      return at + 2;
    }
    at += 2;
  }
  at = 0;
  while ((at = find_word(text, "<script", at)) != kNone) {
    const std::size_t close = text.find('>', at);
    if (close == kNone) return kNone;
    const std::string_view tag = text.substr(at, close - at);
    if (has_word(tag, "language") && has_word(tag, "php")) return close + 1;
    at = close;
  }
  return kNone;
}

// The page's language among those that write <% … %>.
bool page_language(std::string_view text, std::string_view extension, ScriptLanguage& language) {
  const std::size_t directive = text.find("<%@");
  std::string head = lowered(text.substr(directive == kNone ? 0 : directive, 1024));
  head.erase(std::remove_if(head.begin(), head.end(),
                            [](char c) { return is_blank(c) || c == '"' || c == '\''; }),
             head.end());
  const bool net = head.find("<%@page") != std::string::npos ||
                   head.find("<%@webhandler") != std::string::npos ||
                   head.find("<%@webservice") != std::string::npos ||
                   head.find("<%@control") != std::string::npos ||
                   head.find("<%@servicehost") != std::string::npos ||
                   head.find("<%@application") != std::string::npos ||
                   head.find("<%@master") != std::string::npos;
  const bool java = has_word(text, "java.") || text.find("getParameter") != kNone ||
                    text.find("pageContext") != kNone || has_word(text, "<jsp:") ||
                    text.find("Runtime.") != kNone || text.find("out.print") != kNone;
  const bool java_name =
      is_one_of(extension, {"jsp", "jspx", "jspf", "jspa", "jsw", "jsv", "jtml", "tag"});
  const bool net_name =
      is_one_of(extension, {"aspx", "ashx", "asmx", "ascx", "asax", "soap", "master", "svc"});
  const bool asp_name = is_one_of(extension, {"asp", "asa", "cer", "cdx", "htr"});
  if (java_name ||
      (java && !net_name && !asp_name && head.find("language=c#") == std::string::npos &&
       head.find("language=vb") == std::string::npos)) {
    language = ScriptLanguage::kJava;
    return true;
  }
  const bool net_page = head.find("<%@page") != std::string::npos;
  if (net_name || (net && (!asp_name || net_page))) {
    if (head.find("language=jscript") != std::string::npos ||
        head.find("language=javascript") != std::string::npos ||
        head.find("language=js") != std::string::npos || has_word(text, "language=\"jscript\"")) {
      language = ScriptLanguage::kJScript;
    } else if (head.find("language=vb") != std::string::npos || has_word(text, "end sub") ||
               has_word(text, "end function")) {
      language = ScriptLanguage::kVbNet;
    } else {
      language = ScriptLanguage::kCSharp;
    }
    return true;
  }
  const bool asp = asp_name || has_word(text, "request") || has_word(text, "response.") ||
                   has_word(text, "createobject") || has_word(text, "execute") ||
                   has_word(text, "eval");
  if (!asp) return false;
  const bool jscript =
      head.find("<%@language=jscript") != std::string::npos ||
      head.find("<%@language=javascript") != std::string::npos ||
      (head.find("<scriptrunat=serverlanguage=j") != std::string::npos && directive == kNone);
  language = jscript ? ScriptLanguage::kJScript : ScriptLanguage::kVbScript;
  return true;
}

// <!--#include file="…"-->: https://learn.microsoft.com/previous-versions/iis/6.0-sdk/ms525185
bool includes_pages(std::string_view text) {
  for (std::size_t at = text.find("<!--"); at != kNone; at = text.find("<!--", at)) {
    at += 4;
    while (at < text.size() && is_blank(text[at])) ++at;
    if (find_word(text.substr(at, 8), "#include") == 0) return true;
  }
  return false;
}

// Copies what stands inside the tags to the same places of a blank page.
class PageMask {
 public:
  PageMask(std::string_view page, bool basic)
      : page_(page), mask_(page.size(), ' '), basic_(basic) {
    for (std::size_t i = 0; i < page.size(); ++i) {
      if (page[i] == '\n') mask_[i] = '\n';
    }
  }

  // Code that stands for the markup from `begin` to `end`; nothing where there is no room.
  void put(std::size_t begin, std::size_t end, std::string_view code) {
    if (code.empty() || end > page_.size() || code.size() + 2 > end - begin) return;
    std::memcpy(mask_.data() + begin + 1, code.data(), code.size());
    mask_[begin] = '\n';
    mask_[begin + 1 + code.size()] = '\n';
    any_ = true;
  }

  void copy(std::size_t begin, std::size_t end) {
    end = std::min(end, page_.size());
    if (begin >= end) return;
    std::memcpy(mask_.data() + begin, page_.data() + begin, end - begin);
    any_ = true;
    separate(begin, 1);
    if (end + 1 < mask_.size()) {
      mask_[end] = '\n';  // ends a comment, too
      mask_[end + 1] = basic_ ? ':' : ';';
    }
  }

  bool any() const { return any_; }
  const std::string& text() const { return mask_; }

 private:
  void separate(std::size_t at, std::size_t before) {
    if (at >= before) mask_[at - before] = basic_ ? ':' : ';';
  }

  std::string_view page_;
  std::string mask_;
  bool basic_;
  bool any_ = false;
};

bool is_basic(ScriptLanguage language) {
  return language == ScriptLanguage::kVbScript || language == ScriptLanguage::kVbNet;
}

// <object runat=server id=shell classid=…> makes a variable of an object: `shell=createobject(…)`.
// Class numbers: HKEY_CLASSES_ROOT\WScript.Shell and \Shell.Application, \CLSID.
std::string object_of_tag(std::string_view tag) {
  struct Class {
    std::string_view mark;
    std::string_view name;
  };
  static constexpr std::array<Class, 5> kClasses = {
      {{"72c24dd5-d70a-438b-8a42-98424b88afb8", "wscript.shell"},
       {"f935dc22-1cf0-11d0-adb9-00c04fd58a0b", "wscript.shell"},
       {"13709620-c279-11ce-a49e-444553540000", "shell.application"},
       {"wscript.shell", "wscript.shell"},
       {"shell.application", "shell.application"}}};
  const std::string low = lowered(tag);
  if (low.find("runat") == std::string::npos) return {};
  const auto* const known = std::find_if(
      kClasses.begin(), kClasses.end(),
      [&](const Class& candidate) { return low.find(candidate.mark) != std::string::npos; });
  std::size_t at = low.find(" id");
  if (known == kClasses.end() || at == std::string::npos) return {};
  at += 3;
  while (at < low.size() && !is_word(low[at])) ++at;
  std::size_t end = at;
  while (end < low.size() && is_word(low[end])) ++end;
  if (end == at) return {};
  return low.substr(at, end - at) + "=createobject(\"" + std::string(known->name) + "\")";
}

void page_segments(std::string_view text, ScriptLanguage language, Arena& arena,
                   std::vector<Segment>& out) {
  PageMask mask(text, is_basic(language));
  PageMask other(text, !is_basic(language));  // <script language="…"> of the other family
  const ScriptLanguage second = language == ScriptLanguage::kVbScript  ? ScriptLanguage::kJScript
                                : language == ScriptLanguage::kJScript ? ScriptLanguage::kVbScript
                                                                       : language;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t tag = text.find('<', at);
    if (tag == kNone || tag + 1 >= text.size()) break;
    at = tag + 1;
    if (text[at] == '%') {
      std::size_t mark = at + 1;
      while (mark < text.size() && mark < at + 4 && is_blank(text[mark])) ++mark;
      const bool directive_mark = mark < text.size() && text[mark] == '@';
      const char kind = directive_mark ? '@' : at + 1 < text.size() ? text[at + 1] : ' ';
      if (text.substr(at + 1).starts_with("--")) {
        const std::size_t end = text.find("--%>", at);
        at = end == kNone ? text.size() : end + 4;
        continue;
      }
      const std::size_t end = std::min(text.find("%>", at), text.size());
      if (kind == '@') {
        // A directive; the class of a handler may follow it as plain code.
        const std::string_view directive = text.substr(at, end - at);
        at = std::min(end + 2, text.size());
        const bool handler = has_word(directive, "webhandler") ||
                             has_word(directive, "webservice") ||
                             has_word(directive, "servicehost") ||
                             (language == ScriptLanguage::kCSharp && has_word(directive, "class") &&
                              has_word(directive, "language") && !has_word(directive, "page"));
        if (handler) {
          // Its strings may hold tags: only a further directive on a line of its own ends it.
          const std::size_t next = text.find("\n<%@", at);
          const std::size_t stop = next == kNone ? text.size() : next;
          mask.copy(at, stop);
          at = stop;
        }
        continue;
      }
      const bool marked = kind == '=' || kind == '!' || kind == '#' || kind == '$';
      mask.copy(at + (marked ? 2 : 1), end);
      at = std::min(end + 2, text.size());
      continue;
    }
    if (lower(text[at]) == 's' && lowered(text.substr(at, 6)) == "script") {
      const std::size_t close = text.find('>', at);
      if (close == kNone) break;
      const std::string_view head = text.substr(at, close - at);
      if (!has_word(head, "runat")) {
        at = close;
        continue;
      }
      std::size_t end = find_word(text, "</script", close);
      if (end == kNone) end = text.size();
      const bool jscript = has_word(head, "jscript") || has_word(head, "javascript");
      const bool vbscript = has_word(head, "vbscript") || has_word(head, "\"vb\"");
      const bool swap = (jscript && is_basic(language)) || (vbscript && !is_basic(language));
      (swap && second != language ? other : mask).copy(close + 1, end);
      at = end;
      continue;
    }
    if (language == ScriptLanguage::kVbScript && lower(text[at]) == 'o' &&
        lowered(text.substr(at, 6)) == "object") {
      const std::size_t close = text.find('>', at);
      if (close == kNone) break;
      if (close - at < 400) mask.put(at, close, object_of_tag(text.substr(at, close - at)));
      at = close;
      continue;
    }
    // <jsp:scriptlet> under any prefix.
    const std::size_t close = text.find('>', at);
    if (close == kNone || close - at > 80 || language != ScriptLanguage::kJava) continue;
    const std::string_view element = text.substr(at, close - at);
    if (element.ends_with(":scriptlet") || element.ends_with(":declaration") ||
        element.ends_with(":expression")) {
      const std::string closing = "</" + std::string(element);
      std::size_t end = text.find(closing, close);
      if (end == kNone) end = text.size();
      std::size_t begin = close + 1;
      while (begin < end && is_blank(text[begin])) ++begin;
      std::size_t stop = end;
      if (text.substr(begin).starts_with("<![CDATA[")) {
        begin += 9;
        const std::size_t data_end = text.rfind("]]>", end);
        if (data_end != kNone && data_end > begin) stop = data_end;
      }
      mask.copy(begin, stop);
      at = end;
    }
  }
  if (mask.any()) out.push_back({language, arena.keep(mask.text()), 0});
  if (other.any()) out.push_back({second, arena.keep(other.text()), 0});
}

// "Run<![CDATA[time]]>" is "Runtime".
std::string without_cdata_marks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 9) == "<![CDATA[") {
      at += 9;
    } else if (text.substr(at, 3) == "]]>") {
      at += 3;
    } else {
      out += text[at++];
    }
  }
  return out;
}

bool looks_perl(std::string_view text) {
  const std::string_view head = text.substr(0, 16384);
  return has_word(head, "use strict") || has_word(head, "use cgi") || has_word(head, "$env{") ||
         has_word(head, "my $") || has_word(head, "sub ") || has_word(head, "use socket") ||
         has_word(head, "use io::") || has_word(head, "system(") || has_word(head, "print ");
}

// "eval unpack u=>q{…}": how uuencoded Perl is kept, whatever the file's name.
bool is_packed_perl(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(first).starts_with("eval unpack");
}

bool looks_python(std::string_view text) {
  const std::string_view head = text.substr(0, 16384);
  return has_word(head, "import ") || has_word(head, "def ");
}

// The extension that tells a script's language: of "page.asp.txt" it is "asp". Such names are what
// a copy set aside has, and Apache's AddHandler runs them: mod_mime looks at every extension.
std::string_view script_extension_of(std::string_view name) {
  const std::string_view last = extension_of(name);
  if (!is_one_of(last, {"txt", "bak", "old", "orig", "suspected", "jpg", "png", "gif"}))
    return last;
  const std::string_view inner = extension_of(name.substr(0, name.size() - last.size() - 1));
  return is_one_of(inner, {"php", "php3", "php4", "php5", "php7", "pht", "phtml", "asp", "aspx",
                           "ashx", "asmx", "asa", "cer", "jsp", "jspx", "cfm"})
             ? inner
             : last;
}

// Whether `at` stands inside <% … %>: what looks like another language's tag is a text there.
bool inside_page_code(std::string_view text, std::size_t at) {
  const std::size_t open = text.substr(0, at).rfind("<%");
  return open != kNone && text.substr(open, at - open).find("%>") == kNone;
}

}  // namespace

std::string_view as_bytes_of_text(std::string_view content, Arena& arena) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(content[i]); };
  if (content.size() < 4) return content;
  const bool little = byte(0) == 0xff && byte(1) == 0xfe;
  const bool big = byte(0) == 0xfe && byte(1) == 0xff;
  const bool unmarked = !little && !big && content[1] == 0 && content[3] == 0 && content[0] == '<';
  if (!little && !big && !unmarked) return content;
  std::string out;
  out.reserve(content.size() / 2);
  for (std::size_t i = unmarked ? 0 : 2; i + 1 < content.size(); i += 2) {
    const std::uint32_t unit = big ? byte(i) << 8U | byte(i + 1) : byte(i + 1) << 8U | byte(i);
    append_utf8(out, unit);
  }
  return arena.keep(out);
}

bool may_hold_script(std::string_view content, std::string_view name) {
  const std::string low_name = lowered(name);
  const std::string_view extension = extension_of(low_name);
  if (is_one_of(low_name, {".htaccess", ".user.ini", "web.config", "php.ini"})) return true;
  if (is_one_of(extension, {"py", "pl", "cgi", "pm", "jspx", "user.ini"})) return true;
  if (content.size() > 1 && content[1] == '\0') return true;  // UTF-16
  std::size_t at = 0;
  while ((at = content.find('<', at)) != kNone && at + 1 < content.size()) {
    const char next = content[at + 1];
    if (next == '?' && at + 2 < content.size() && content.substr(at + 2, 3) != "xml") return true;
    if (next == '%') return true;
    if ((next | 32) == 'c' && at + 2 < content.size() && (content[at + 2] | 32) == 'f') return true;
    if ((next | 32) == 's' && lowered(content.substr(at + 1, 6)) == "script") {
      const std::string_view tag = content.substr(at, 120);
      if (has_word(tag, "runat") || has_word(tag, "php")) return true;
    }
    if (next == 'j' && content.substr(at + 1, 4) == "jsp:") return true;
    ++at;
  }
  if (content.starts_with("#!") || is_packed_perl(content)) return true;
  if (static_cast<unsigned char>(content.empty() ? 0 : content[0]) >= 0xfe) return true;
  return content.size() < 65536 &&
         (has_word(content, "auto_prepend_file") || has_word(content, "x-httpd-php") ||
          has_word(content, "auto_append_file") || has_word(content, ":scriptlet"));
}

Segments find_segments(std::string_view content, std::string_view file_name, Arena& arena) {
  Segments found;
  const std::string name = lowered(file_name);
  const std::string_view extension = script_extension_of(name);
  std::string_view text = as_bytes_of_text(content, arena);
  if (text.find("#@~^") != kNone && text.find("<") != kNone) {
    found.encoded = true;
    text = arena.keep(decode_encoded_scripts(text));
  }
  static constexpr std::array<std::string_view, 9> kMagic = {
      std::string_view("\xff\xd8\xff", 3), "\x89PNG", "GIF8", "BM", "RIFF", "PK\x03\x04", "%PDF",
      std::string_view("\0\0\1\0", 4),     "\x1f\x8b"};
  // Programs, libraries and fonts hold tags of code as texts of theirs; no server reads them as
  // pages unless the name says so.
  static constexpr std::array<std::string_view, 8> kPrograms = {
      "\x7f"
      "ELF",
      "!<arch>\n",
      "\xca\xfe\xba\xbe",
      "\xcf\xfa\xed\xfe",
      "SQLite format 3",
      "wOFF",
      "wOF2",
      "OTTO"};
  const bool program = (text.starts_with("MZ") && text.substr(0, 512).find('\0') != kNone) ||
                       std::any_of(kPrograms.begin(), kPrograms.end(),
                                   [&](std::string_view magic) { return text.starts_with(magic); });
  if (program && !is_script_name(name)) return found;
  // Names a server runs as PHP, so that a stray tag counts.
  found.named_script =
      is_one_of(extension, {"inc", "module", "cgi", "pl", "py", ""}) ||
      extension.starts_with("ph") ||
      is_one_of(extension, {"asp", "aspx", "ashx", "asmx", "asa", "cer", "jsp", "jspx", "cfm"});
  found.picture = std::any_of(kMagic.begin(), kMagic.end(),
                              [&](std::string_view magic) { return text.starts_with(magic); });

  // Server settings.
  const bool settings_name = is_one_of(name, {".htaccess", ".user.ini", "web.config", "php.ini"}) ||
                             is_one_of(extension, {"htaccess", "config"});
  const bool php_name = extension.starts_with("ph") || extension == "inc" || extension == "module";
  const bool settings_text =
      !php_name && text.size() < 65536 &&
      (has_word(text, "auto_prepend_file") || has_word(text, "auto_append_file") ||
       has_word(text, "application/x-httpd-php"));
  if (settings_name || settings_text)
    found.parts.push_back({ScriptLanguage::kServerConfig, text, 0});

  // PHP: under its own names any tag counts, elsewhere only a sure one.
  const bool page_name =
      is_one_of(extension, {"jsp", "jspx", "asp", "aspx", "ashx", "asmx", "asa", "cer", "cfm",
                            "cfml", "cfc", "soap", "py", "pl", "js"});
  // Perl and Python by name or first line: tags in them are texts of theirs.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool packed_perl = is_packed_perl(text);
  const std::string_view top_line = text.substr(0, std::min<std::size_t>(text.find('\n'), 200));
  const bool hash_line = top_line.starts_with("#!");
  const bool cgi_script =
      packed_perl || (hash_line && (has_word(top_line, "perl") || has_word(top_line, "python"))) ||
      (is_one_of(extension, {"pl", "pm", "py"}) && first != kNone && text[first] != '<' &&
       !(hash_line && has_word(top_line, "php")));
  if (const std::size_t start = cgi_script ? kNone : php_start(text, !php_name); start != kNone) {
    const bool quoted = !php_name && !found.picture && inside_page_code(text, start);
    if (!quoted && (!page_name || has_word(text, "<?php"))) {
      std::string_view code = text.substr(start);
      found.parts.push_back({ScriptLanguage::kPhp, code, start});
    }
  }

  // Pages with <% … %>. Whole pages of PHP are not searched for their marks in vain.
  const bool php_first =
      !found.parts.empty() && found.parts.back().language == ScriptLanguage::kPhp && !page_name;
  const std::string_view top = text.substr(0, 256);
  const bool utf7 = has_word(top, "codepage=65000") || has_word(top, "codepage=\"65000");
  const bool pages =
      !cgi_script && (!php_first || found.picture || utf7) &&
      (text.find("<%") != kNone || has_word(text, "runat") || has_word(text, ":scriptlet") ||
       has_word(text, ":declaration") || has_word(text, ":expression"));
  ScriptLanguage language = ScriptLanguage::kVbScript;
  // "GIF89a" and then text: a page for its server all the same.
  const bool costume =
      found.picture && page_name &&
      printable_share(text.substr(0, std::min<std::size_t>(text.size(), 2048))) > 85;
  if (pages && !php_first && (!found.picture || costume) &&
      page_language(text, extension, language)) {
    std::string_view page = text;
    // XML pages may write their code in entities.
    if (language == ScriptLanguage::kJava && text.find("&#") != kNone)
      page = arena.keep(decode_entities(text));
    if (language == ScriptLanguage::kJava && has_word(text, ":scriptlet") &&
        text.find("<![CDATA[") != kNone) {
      page = arena.keep(without_cdata_marks(page));
    }
    page_segments(page, language, arena, found.parts);
  } else if (pages && found.picture &&
             (has_word(text, "<%eval") || has_word(text, "<%execute") ||
              has_word(text, "<%@page") || has_word(text, "<%@ page") ||
              has_word(text, "<% eval") || has_word(text, "<% execute")) &&
             page_language(text, extension, language)) {
    page_segments(text, language, arena, found.parts);
  }
  if (is_one_of(extension, {"jsp", "jspx"})) {
    for (const std::string_view word :
         {"cp037", "ibm037", "utf-16be", "utf-16le", "cp290", "utf-7", "ibm290", "cp1025"}) {
      const std::string_view head = text.substr(0, 512);
      if (has_word(head, word) &&
          (has_word(head, "pageencoding") || has_word(head, "encoding") ||
           has_word(head, "charset")) &&
          printable_share(text.substr(std::min<std::size_t>(text.size(), 128))) < 80) {
        found.strange_encoding = true;
      }
    }
  }

  // Classic pages: UTF-7 by code page, Microsoft's script encoder.
  if (pages && utf7) found.strange_encoding = true;
  found.includes = pages && includes_pages(text);

  // ColdFusion.
  if (is_one_of(extension, {"cfm", "cfml", "cfc"}) ||
      (!php_first &&
       (has_word(text, "<cfset") || has_word(text, "<cfexecute") || has_word(text, "<cffile")))) {
    found.parts.push_back({ScriptLanguage::kCfml, text, 0});
  }

  // CGI scripts.
  if (found.parts.empty()) {
    const std::string_view line = text.substr(0, std::min<std::size_t>(text.find('\n'), 200));
    const bool hash = line.starts_with("#!");
    if (packed_perl || (hash && has_word(line, "perl")) ||
        (is_one_of(extension, {"pl", "cgi", "pm"}) && !hash && looks_perl(text))) {
      found.parts.push_back({ScriptLanguage::kPerl, text, 0});
    } else if ((hash && has_word(line, "python")) || (extension == "py" && looks_python(text))) {
      found.parts.push_back({ScriptLanguage::kPython, text, 0});
    } else if (hash && (line.ends_with("sh") || line.ends_with("sh\r") || has_word(line, "bash") ||
                        has_word(line, "/sh"))) {
      found.parts.push_back({ScriptLanguage::kShell, text, 0});
    } else if (is_one_of(extension, {"pl", "cgi"}) && hash) {
      found.parts.push_back({ScriptLanguage::kPerl, text, 0});
    }
  }
  found.deep_in_prose = !found.named_script && !found.picture && !found.parts.empty() &&
                        found.parts.front().base > 1000;
  return found;
}

}  // namespace konseki::webshell
