#include "agent/match/webshell/server_config.h"

#include <algorithm>
#include <array>
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

void add(Facts& facts, FactKind kind, std::string_view detail, std::string_view line,
         std::uint64_t offset) {
  Fact fact;
  fact.kind = kind;
  fact.detail = detail;
  fact.offset = offset;
  fact.excerpt = line.substr(0, 240);
  facts.facts.push_back(std::move(fact));
}

bool names_picture(std::string_view line) {
  static constexpr std::array<std::string_view, 12> kEndings = {
      ".jpg", ".jpeg", ".png", ".gif", ".ico", ".txt",
      ".bmp", ".svg",  ".css", ".pdf", ".log", ".htaccess"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return contains(line, ending); });
}

}  // namespace

void read_server_config(std::string_view text, std::string_view, Facts& facts) {
  std::size_t at = 0;
  bool files_open = false;
  while (at < text.size() && facts.facts.size() < 16) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view raw = text.substr(at, end - at);
    std::string line(raw.substr(0, 2048));
    for (char& c : line) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const std::size_t first = line.find_first_not_of(" \t#");
    const bool comment = line.find_first_not_of(" \t") != std::string::npos &&
                         line[line.find_first_not_of(" \t")] == '#';
    const std::string_view body =
        first == std::string::npos ? std::string_view() : std::string_view(line).substr(first);
    const bool php_type = contains(body, "x-httpd-php") || contains(body, "php-script") ||
                          contains(body, "php5-script") || contains(body, "proxy:fcgi") ||
                          contains(body, "proxy:unix");
    if (!comment &&
        (body.starts_with("addtype") || body.starts_with("addhandler") ||
         body.starts_with("sethandler")) &&
        ((php_type && (names_picture(body) || body.starts_with("sethandler"))) ||
         contains(body, "cgi-script .jpg") || contains(body, "cgi-script .txt"))) {
      add(facts, FactKind::kConfig, names_picture(body) || files_open ? "handler" : "type", raw,
          at);
    } else if (!comment &&
               (contains(body, "auto_prepend_file") || contains(body, "auto_append_file"))) {
      const bool strange = contains(body, "php://") || contains(body, "data:") ||
                           contains(body, "http://") || contains(body, "/tmp/") ||
                           names_picture(body);
      const std::size_t value = body.find_first_of("= \t");
      const bool empty =
          value == std::string_view::npos || contains(body, "none") ||
          body.substr(value).find_first_not_of("= \t\r\"'") == std::string_view::npos;
      if (!empty) add(facts, FactKind::kConfig, strange ? "prepend strange" : "prepend", raw, at);
    } else if (body.starts_with("<files") && names_picture(body)) {
      files_open = true;
      if (contains(body, ".htaccess") && contains(std::string(text), "<?")) {
        add(facts, FactKind::kConfig, "own", raw, at);
      }
    } else if (contains(body, "<add ") && contains(body, "path=") &&
               contains(body, "scriptprocessor") &&
               (names_picture(body) || contains(body, "asp.dll"))) {
      add(facts, FactKind::kConfig, "iis", raw, at);
    }
    at = end + 1;
  }
}

void read_shell_script(std::string_view text, Facts& facts) {
  // CGI in shell: what a request holds reaches eval, sh -c or a substitution.
  const bool request =
      contains(text, "QUERY_STRING") || contains(text, "HTTP_") || contains(text, "CONTENT_LENGTH");
  if (!request) return;
  std::size_t at = 0;
  bool input = false;
  while (at < text.size() && facts.facts.size() < 16) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (contains(line, "QUERY_STRING") || contains(line, "CONTENT_LENGTH") ||
        contains(line, "HTTP_")) {
      input = true;
      add(facts, FactKind::kSource, "request", line, at);
    }
    const std::size_t first = line.find_first_not_of(" \t");
    const std::string_view body =
        first == std::string_view::npos ? std::string_view() : line.substr(first);
    if (input && !body.starts_with("#") &&
        (body.starts_with("eval ") || contains(body, "; eval ") || contains(body, "$(eval ") ||
         contains(body, "sh -c") || contains(body, "| sh") || contains(body, "|sh") ||
         contains(body, "| bash") || body.starts_with("$"))) {
      add(facts, FactKind::kCommandInput, "shell", line, at);
    }
    at = end + 1;
  }
}

}  // namespace konseki::webshell
