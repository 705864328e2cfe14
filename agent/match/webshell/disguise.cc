#include "agent/match/webshell/disguise.h"

#include <algorithm>
#include <array>

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostNames = 8;     // of one program that are looked at
constexpr std::size_t kStatement = 12;    // tokens of an assignment that are looked at
constexpr std::size_t kLongestName = 64;  // of what the list of processes shows

// "/usr/sbin/httpd -k start", "[httpd]", "bash".
bool names_service(std::string_view text) {
  static constexpr std::array<std::string_view, 21> kServices = {
      "apache", "apache2",  "bash",     "cron",  "crond",   "exim",     "exim4",
      "httpd",  "inetd",    "init",     "klogd", "mail",    "mysqld",   "nginx",
      "proc",   "rsyslogd", "sendmail", "sshd",  "syslogd", "updatedb", "kworker"};
  text = text.substr(0, kLongestName);
  text = text.substr(0, text.find_first_of(std::string_view(" \0\t", 3)));
  const std::size_t slash = text.rfind('/');
  if (slash != std::string_view::npos && slash + 1 < text.size()) text.remove_prefix(slash + 1);
  if (text.starts_with('[') || text.starts_with('-')) text.remove_prefix(1);
  text = text.substr(0, text.find_first_of("]/:"));
  return std::find(kServices.begin(), kServices.end(), text) != kServices.end();
}

bool is_padding(const Token& token) {
  return token.kind == TokenKind::kText && !token.text.empty() &&
         token.text.find_first_not_of(std::string_view(" \0", 2)) == std::string_view::npos;
}

// $name = $names[rand …]
bool is_picked(const Tokens& tokens, std::string_view name) {
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kVariable || tokens[i].text != name || !tokens[i + 1].is("="))
      continue;
    const std::size_t end = std::min(tokens.size(), i + kStatement);
    for (std::size_t k = i + 2; k < end && !tokens[k].is(";"); ++k) {
      if (tokens[k].name("rand")) return true;
    }
  }
  return false;
}

}  // namespace

bool takes_false_name(const Tokens& tokens) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i + 2 < tokens.size() && seen < kMostNames; ++i) {
    if (tokens[i].kind != TokenKind::kVariable || tokens[i].text != "0" || !tokens[i + 1].is("="))
      continue;
    ++seen;
    const std::size_t end = std::min(tokens.size(), i + kStatement);
    for (std::size_t k = i + 2; k < end && !tokens[k].is(";"); ++k) {
      const Token& token = tokens[k];
      if (token.kind == TokenKind::kText && names_service(token.text)) return true;
      if (token.kind == TokenKind::kName && token.text.starts_with('x') &&
          is_padding(tokens[k - 1]))
        return true;
      if (token.kind == TokenKind::kVariable && is_picked(tokens, token.text)) return true;
    }
  }
  return false;
}

}  // namespace konseki::webshell
