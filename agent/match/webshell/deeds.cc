// Deeds: calls that tell by themselves what a script is for, whatever flows into a sink: it opens
// the list of the system's accounts, links into other sites, gives every visitor an administrator's
// session, copies whole tables out of a database, speaks the protocol of a chat that steers bots.
#include <algorithm>
#include <array>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

enum class Deed : std::uint8_t {
  kReads,      // argument `at` is a file that is opened or read
  kLinks,      // argument `at` is what a new name is made for
  kChanges,    // argument `at` is a file that is deleted, renamed or given other rights
  kOption,     // an option of a transfer: argument 1 its name, argument 2 its value
  kHost,       // argument `at` is an address that is asked
  kForwards,   // argument `at` goes to another host
  kQueries,    // argument `at` is a statement for a database
  kConnects,   // argument `at` is the account of a database
  kMails,      // argument `at` is whom a message goes to
  kPuts,       // argument `at` goes into a file or a connection
  kLogsIn,     // gives the caller somebody's session
  kComObject,  // argument `at` names an object of Windows
  kStyles,     // lets style sheets and paths call functions
  kHandlers,   // arguments are functions that the server will call
  kListens,    // opens a port
  kLists,      // argument `at` is a folder that is listed
  kOptions,    // argument 1 has the options of a transfer
  kPromotes,   // the arguments name the role that an account gets
  kSettings,   // argument 0 is a setting
  kPreloads,   // argument `at` sets a variable of the environment
};

struct DeedEntry {
  std::string_view name;
  Deed deed;
  std::uint8_t at = 0;
};

// https://www.php.net/manual/en/funcref.php, https://developer.wordpress.org/reference/functions/
constexpr std::array kDeeds = std::to_array<DeedEntry>({
    {"fopen", Deed::kReads},
    {"file", Deed::kReads},
    {"file_get_contents", Deed::kReads},
    {"readfile", Deed::kReads},
    {"show_source", Deed::kReads},
    {"highlight_file", Deed::kReads},
    {"opendir", Deed::kLists},
    {"scandir", Deed::kLists},
    {"glob", Deed::kLists},
    {"chdir", Deed::kLists},
    {"symlink", Deed::kLinks},
    {"link", Deed::kLinks},
    {"unlink", Deed::kChanges},
    {"rmdir", Deed::kChanges},
    {"rename", Deed::kChanges},
    {"chmod", Deed::kChanges},
    {"curl_setopt", Deed::kOption},
    {"curl_setopt_array", Deed::kOptions},
    {"wp_remote_get", Deed::kReads},
    {"wp_insert_user", Deed::kPromotes},
    {"wp_update_user", Deed::kPromotes},
    {".set_role", Deed::kPromotes},
    {"ini_set", Deed::kSettings},
    {"curl_init", Deed::kHost},
    {"get_headers", Deed::kHost},
    {"dns_get_record", Deed::kHost},
    {"gethostbyaddr", Deed::kHost},
    {"stream_context_create", Deed::kForwards},
    {"session_set_save_handler", Deed::kHandlers},
    {"yaml_parse", Deed::kHandlers},
    {"socket_bind", Deed::kListens},
    {"socket_create_listen", Deed::kListens},
    {"stream_socket_server", Deed::kListens},
    {"mysql_query", Deed::kQueries},
    {"mysqli_query", Deed::kQueries, 1},
    {"mysql_db_query", Deed::kQueries, 1},
    {"mysql_unbuffered_query", Deed::kQueries},
    {"mysql_connect", Deed::kConnects, 1},
    {"mysql_pconnect", Deed::kConnects, 1},
    {"mysqli_connect", Deed::kConnects, 1},
    {"mysqli", Deed::kConnects, 1},
    {"mail", Deed::kMails},
    {"imap_mail", Deed::kMails},
    {"mb_send_mail", Deed::kMails},
    {"fwrite", Deed::kPuts, 1},
    {"fputs", Deed::kPuts, 1},
    {"socket_write", Deed::kPuts, 1},
    {"file_put_contents", Deed::kPuts, 1},
    {"putenv", Deed::kPreloads},
    {"wp_set_auth_cookie", Deed::kLogsIn},
    {"com", Deed::kComObject},
    {".registerphpfunctions", Deed::kStyles},
});

// Lists of accounts and of the sites of a host.
bool is_account_list(std::string_view path) {
  static constexpr std::array<std::string_view, 8> kLists = {
      "/etc/passwd",      "/etc/shadow",          "/etc/valiases",       "/etc/named.conf",
      "/etc/userdomains", "/etc/trueuserdomains", "/etc/vdomainaliases", "/etc/virtual/"};
  return std::any_of(kLists.begin(), kLists.end(),
                     [&](std::string_view list) { return path.starts_with(list); });
}

bool on_fixed_host(const Value& address) {
  return address.has(kWebAddress) || (address.is_text() && is_web_address(address.text));
}

// The folder of all accounts' homes, whose sites lie below it.
bool is_list_of_homes(std::string_view path) {
  return path == "/home" || path == "/home/" || path == "/home/*" || path == "/var/www/vhosts" ||
         path == "/var/www/vhosts/";
}

// Settings that make a server run other files, written from a script.
bool makes_run(std::string_view settings) {
  static constexpr std::array<std::string_view, 4> kMarks = {
      "AddHandler cgi-script", "+ExecCGI", "application/x-httpd-php", "x-httpd-cgi"};
  return contains_any(settings, kMarks);
}

}  // namespace

// The first constant in the call that is followed.
std::string_view Interpreter::first_text_of_call() const {
  const Tokens& tokens = code_->tokens;
  for (std::uint32_t i = site_; i < tokens.size() && i < site_ + 12; ++i) {
    if (tokens[i].kind == TokenKind::kText) return tokens[i].text;
    if (tokens[i].is(";")) break;
  }
  return {};
}

// Whether the script takes secrets of people out of a request: what only a bank would ask for, or a
// password beside another one.
bool Interpreter::asks_secrets() {
  if (secrets_ >= 0) return secrets_ != 0;
  static constexpr std::array<std::string_view, 12> kOfBanks = {
      "cvv",  "cvc", "ccnum",  "cc_num", "cardnum",    "card_num",
      "ccno", "ssn", "atmpin", "mother", "cardholder", "securitycode"};
  int banks = 0;
  const Tokens& tokens = code_->tokens;
  std::vector<std::string_view> seen;
  for (std::size_t i = 0; i + 2 < tokens.size() && seen.size() < 64; ++i) {
    const Token& array = tokens[i];
    if (array.kind != TokenKind::kVariable || !tokens[i + 1].is("[")) continue;
    if (array.text != "_POST" && array.text != "_REQUEST" && array.text != "_GET" &&
        array.text != "HTTP_POST_VARS") {
      continue;
    }
    const Token& field = tokens[i + 2];
    if (field.kind != TokenKind::kText && field.kind != TokenKind::kName) continue;
    if (std::find(seen.begin(), seen.end(), field.text) != seen.end()) continue;
    seen.push_back(field.text);
    if (contains_any(arena_.lower(field.text), kOfBanks)) ++banks;
  }
  secrets_ = banks >= 2 ? 1 : 0;
  return secrets_ != 0;
}

// Whether the script takes passwords out of a request and notes the address of whoever sends them:
// what a counterfeit form does with its catch.
bool Interpreter::asks_passwords() {
  if (passwords_ >= 0) return passwords_ != 0;
  bool password = false;
  bool address = false;
  const Tokens& tokens = code_->tokens;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::kText && token.text == "REMOTE_ADDR") address = true;
    if (token.kind != TokenKind::kVariable || !tokens[i + 1].is("[") ||
        (token.text != "_POST" && token.text != "_REQUEST" && token.text != "_GET")) {
      continue;
    }
    const Token& field = tokens[i + 2];
    if (field.kind != TokenKind::kText && field.kind != TokenKind::kName) continue;
    const std::string_view name = arena_.lower(field.text.substr(0, 64));
    password |= contains(name, "pass") || contains(name, "pwd") || contains(name, "pswd");
  }
  passwords_ = password && address ? 1 : 0;
  return passwords_ != 0;
}

// What a request brings is kept or sent on by `function`: a fact where the script asks for secrets.
void Interpreter::harvest(std::string_view function) {
  if (asks_secrets()) {
    fact(FactKind::kHarvest, function);
  } else if (asks_passwords()) {
    fact(FactKind::kHarvest, "passwords");
  }
}

// Whether the script has names of search engines' programs in it, or of search engines beside what
// tells a visitor's program.
bool Interpreter::knows_robots() {
  if (robots_ >= 0) return robots_ != 0;
  static constexpr std::array<std::string_view, 8> kRobots = {
      "googlebot", "bingbot", "yandexbot", "baiduspider", "google|", "bot|", "|spider", "|crawl"};
  static constexpr std::array<std::string_view, 6> kEngines = {"google", "bing",  "yahoo",
                                                               "yandex", "baidu", "google.co"};
  robots_ = 0;
  bool agent = false;
  bool engine = false;
  for (const Token& token : code_->tokens) {
    if (token.kind == TokenKind::kName && token.text == "http_user_agent") agent = true;
    if (token.kind != TokenKind::kText || token.text.size() < 4 || token.text.size() > 4096)
      continue;
    const std::string_view text = arena_.lower(token.text);
    if (text == "http_user_agent" || text == "http_referer") agent = true;
    engine |= std::find(kEngines.begin(), kEngines.end(), text) != kEngines.end();
    if (contains_any(text, kRobots)) robots_ = 1;
  }
  if (agent && engine) robots_ = 1;
  return robots_ != 0;
}

// Whether a text of the script hands a dangerous function to a style sheet or path:
// php:function('name', …) under any prefix.
bool Interpreter::names_a_sink() const {
  for (const Token& token : code_->tokens) {
    if (token.kind != TokenKind::kText) continue;
    const std::size_t call = token.text.find(":function");
    if (call == std::string_view::npos) continue;
    const std::size_t quote = token.text.find_first_of("'\"", call);
    if (quote == std::string_view::npos) continue;
    const std::string_view rest = token.text.substr(quote + 1, 40);
    if (dangerous(arena_.lower(rest.substr(0, rest.find_first_of("'\""))))) return true;
  }
  return false;
}

// A fixed host is asked: with what a visitor asked for, or with the script's own address.
void Interpreter::asked_host(const Value& address) {
  if (address.has(kHiddenHost) ||
      (address.is_text() && is_web_address(address.text) && address.has(kDecoded))) {
    fact(FactKind::kHiddenHost, address.is_text() ? address.text.substr(0, 80) : "address");
  }
  if (!address.has(kWebAddress)) return;
  if (address.has(kSelf)) {
    fact(FactKind::kCallsHome, "address");
  } else if (address.has(kInput)) {
    fact(FactKind::kForwardInput, "address");
  }
}

// Whether the script reads its host's name beside its own path, and nothing of a form.
bool Interpreter::tells_own_address() {
  if (own_address_ >= 0) return own_address_ != 0;
  bool host = false;
  bool path = false;
  bool form = false;
  for (const Token& token : code_->tokens) {
    if (token.kind == TokenKind::kVariable) form |= token.text == "_POST" || token.text == "_FILES";
    if (token.kind != TokenKind::kText) continue;
    host |= token.text == "HTTP_HOST" || token.text == "SERVER_NAME" || token.text == "SERVER_ADDR";
    path |= token.text == "REQUEST_URI" || token.text == "PHP_SELF" ||
            token.text == "SCRIPT_FILENAME" || token.text == "SCRIPT_NAME";
  }
  own_address_ = host && path && !form ? 1 : 0;
  return own_address_ != 0;
}

// An option of a transfer by its name or number: https://curl.se/libcurl/c/curl_easy_setopt.html
void Interpreter::transfer_option(std::string_view option, const Value& setting) {
  if (option == "CURLOPT_URL" || option == "10002") {
    if (setting.has(kInput) && !setting.has(kPrefixed)) fact(FactKind::kConnectInput, "curl");
    asked_host(setting);
    if (on_fixed_host(setting) && knows_robots()) fact(FactKind::kCloak, "curl");
  } else if ((option == "CURLOPT_POSTFIELDS" || option == "10015") && setting.has(kInput)) {
    fact(FactKind::kForwardInput, "curl");
  }
}

void Interpreter::observe(const NameEntry& known, const Arguments& list) {
  const auto* const entry = std::find_if(
      kDeeds.begin(), kDeeds.end(), [&](const DeedEntry& deed) { return deed.name == known.name; });
  if (entry == kDeeds.end()) return;
  if (list.count <= entry->at && entry->deed != Deed::kStyles) return;
  const Value& value = list.values[entry->at];
  const bool whole_input = value.has(kInput) && !value.has(kPrefixed);
  switch (entry->deed) {
    case Deed::kReads:
      if (value.is_text() && is_account_list(value.text)) fact(FactKind::kAccountList, value.text);
      if ((is_web_address(first_text_of_call()) || on_fixed_host(value)) && knows_robots())
        fact(FactKind::kCloak, known.name);
      asked_host(value);
      return;
    case Deed::kLists:
      if (value.is_text() && is_list_of_homes(value.text)) fact(FactKind::kAccountList, value.text);
      if ((known.name == "glob" || known.name == "chdir") && whole_input)
        fact(FactKind::kReadInput, known.name);
      return;
    case Deed::kLinks:
      if (value.has(kInput | kUndefined) || (value.is_text() && value.text == "/") ||
          value.has(kFileData)) {
        fact(FactKind::kLinkOut, known.name);
      }
      return;
    case Deed::kChanges:
      if (whole_input) fact(FactKind::kChangeInput, known.name);
      if (known.name == "unlink" && value.has(kSelf) && !value.is_text())
        fact(FactKind::kDeletesItself, known.name);
      if (known.name == "rename" && value.has(kUpload) && list.count > 1)
        fact(FactKind::kUploadInput, list.values[1].has(kForeign) ? known.name : "fixed");
      return;
    case Deed::kOption:
      if (list.count > 2) {
        if (const auto option = text_of(list.values[1], arena_))
          transfer_option(*option, list.values[2]);
      }
      return;
    case Deed::kOptions:
      if (list.count < 2 || list.values[1].array == nullptr) return;
      for (const auto& [option, setting] : list.values[1].array->elements)
        transfer_option(option, setting);
      return;
    case Deed::kPromotes:
      for (std::size_t i = 0; i < list.count; ++i) {
        const Value* const role =
            list.values[i].array != nullptr ? list.values[i].array->find("role") : &list.values[i];
        if (role != nullptr && role->is_text() && role->text == "administrator" &&
            (list.traits & kParameter) == 0) {
          fact(FactKind::kMakesMaster, known.name);
        }
      }
      return;
    case Deed::kSettings:
      // The header by which a host's owner finds the script that mails.
      if (value.is_text() && value.text == "mail.add_x_header")
        fact(FactKind::kMailInput, "hidden");
      return;
    case Deed::kHost:
      if (whole_input) fact(FactKind::kConnectInput, known.name);
      asked_host(value);
      if (knows_robots()) fact(FactKind::kCloak, known.name);
      return;
    case Deed::kForwards:
      if (value.has(kInput)) fact(FactKind::kForwardInput, known.name);
      return;
    case Deed::kQueries: {
      const std::string_view statement =
          arena_.lower(value.is_text() ? value.text.substr(0, 64) : first_text_of_call());
      if (contains(statement, "show create table") || contains(statement, "show tables"))
        fact(FactKind::kDump, known.name);
      if (value.has(kInput) && (statement.ends_with("from ") || statement.ends_with("from `")))
        fact(FactKind::kDump, known.name);
      return;
    }
    case Deed::kConnects:
      if (value.is_text() || value.has(kInput)) fact(FactKind::kOwnAccount, known.name);
      return;
    case Deed::kMails:
      if (loops_ > 0 && value.has(kInput) && !value.has(kPrefixed))
        fact(FactKind::kMailInput, "each");
      if (value.has(kFileData) && loops_ > 0) fact(FactKind::kMailInput, "list");
      if (list.traits & kInput) harvest(known.name);
      mails_owner_ = mails_owner_ || (value.is_text() && condition_ == 0);
      if (value.is_text() && (list.traits & (kInput | kSelf)) != 0 && tells_own_address())
        fact(FactKind::kCallsHome, known.name);
      return;
    case Deed::kPuts:
      if (value.is_text()) {
        if (makes_run(value.text)) fact(FactKind::kWriteScript, "settings");
        static constexpr std::array<std::string_view, 3> kChat = {"PRIVMSG ", "NICK ", "JOIN #"};
        if (contains_any(value.text, kChat)) fact(FactKind::kBot, known.name);
        if (is_maintenance(value.text.substr(0, kCommandBytes)))
          fact(FactKind::kAccountInput, "ftp service");
      }
      if (value.has(kInput)) harvest(known.name);
      return;
    case Deed::kLogsIn:
      fact(FactKind::kLogIn, known.name);
      return;
    case Deed::kComObject: {
      if (!value.is_text()) return;
      const std::string_view name = arena_.lower(value.text);
      if (name.starts_with("iis://") || name.starts_with("winnt://") ||
          name.starts_with("shell.users") || name.starts_with("winmgmts:")) {
        fact(FactKind::kAccountList, name.substr(0, name.find(':')));
      }
      return;
    }
    case Deed::kHandlers:
      for (std::size_t i = 0; i < list.count; ++i) {
        const Value& handler = list.values[i];
        if (handler.is_text() && dangerous(arena_.lower(handler.text)))
          fact(FactKind::kHiddenName, handler.text);
        if (handler.has(kForeign) && handler.array == nullptr && known.name != "yaml_parse")
          fact(FactKind::kCallInput, known.name);
        if (handler.array == nullptr) continue;
        for (const auto& [key, element] : handler.array->elements) {
          if (element.is_text() && dangerous(arena_.lower(element.text)))
            fact(FactKind::kHiddenName, element.text);
        }
      }
      return;
    case Deed::kListens:
      // Local sockets of one's own have a path that is put together.
      if (known.name == "socket_bind" && (list.count < 2 || !list.values[1].is_text())) return;
      fact(FactKind::kListens, known.name);
      return;
    case Deed::kPreloads:
      if (first_text_of_call().starts_with("LD_PRELOAD=")) fact(FactKind::kPreload, known.name);
      return;
    case Deed::kStyles:
      fact(FactKind::kStyleCalls, names_a_sink() ? "named" : "any");
      return;
  }
}

}  // namespace konseki::webshell
