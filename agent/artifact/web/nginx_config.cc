#include "agent/artifact/web/nginx_config.h"

#include <map>

#include "agent/artifact/glob.h"

namespace konseki {
namespace {

constexpr int kDeepestInclude = 16;
constexpr std::size_t kMostSites = 10'000;
constexpr std::size_t kDeepestBlock = 64;

// Words of nginx's configuration: quotes and '\' removed, ';' '{' '}' as words of their own.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // False at the end. `special` tells ; { } from the same characters in quotes.
  bool next(std::string& word, bool& special) {
    word.clear();
    special = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        ++at_;
      } else {
        break;
      }
    }
    if (at_ >= text_.size()) return false;
    if (is_special(text_[at_])) {
      special = true;
      word = text_[at_++];
      return true;
    }
    if (text_[at_] == '"' || text_[at_] == '\'') {
      const char quote = text_[at_++];
      while (at_ < text_.size() && text_[at_] != quote) take(word);
      if (at_ < text_.size()) ++at_;
      return true;
    }
    while (at_ < text_.size() && !is_special(text_[at_]) && !is_blank(text_[at_])) {
      // "${name}" holds a brace that opens no block.
      if (text_[at_] == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '{') {
        const std::size_t end = std::min(text_.find('}', at_), text_.size() - 1);
        word += text_.substr(at_, end - at_ + 1);
        at_ = end + 1;
        continue;
      }
      take(word);
    }
    return true;
  }

 private:
  static bool is_special(char c) { return c == ';' || c == '{' || c == '}'; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  void take(std::string& word) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    word += text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// "/srv/$host/www" as a pattern for any host.
std::string as_pattern(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] != '$') {
      const std::size_t end = std::min(path.find('$', at), path.size());
      out += escape_glob(path.substr(at, end - at));
      at = end;
      continue;
    }
    ++at;
    if (at < path.size() && path[at] == '{') {
      at = std::min(path.find('}', at), path.size() - 1) + 1;
    } else {
      while (at < path.size() &&
             (std::isalnum(static_cast<unsigned char>(path[at])) || path[at] == '_')) {
        ++at;
      }
    }
    if (!out.ends_with('*')) out += '*';
  }
  return out;
}

class NginxReader {
 public:
  NginxReader(ConfigFiles& files, std::string_view main, std::string_view prefix)
      : files_(files), prefix_(prefix) {
    const std::size_t slash = main.rfind('/');
    folder_ = slash == std::string_view::npos ? "" : std::string(main.substr(0, slash));
  }

  std::vector<WebSite> read(std::string_view main) {
    outside_.server = "nginx";
    outside_.configuration = files_.display(main);
    parse(main, 0);
    while (!blocks_.empty()) close_block();
    finish();
    return std::move(sites_);
  }

 private:
  void parse(std::string_view path, int depth) {
    const std::string text = files_.read(path);
    const std::string file = files_.display(path);
    Words words(text);
    std::vector<std::string> directive;
    std::string word;
    bool special = false;
    while (words.next(word, special)) {
      if (!special) {
        if (directive.size() < 256) directive.push_back(word);
        continue;
      }
      if (word == ";") {
        apply(directive, depth);
      } else if (word == "{") {
        open_block(directive.empty() ? "" : directive[0], file);
      } else if (!blocks_.empty()) {
        close_block();
      }
      directive.clear();
    }
  }

  void open_block(const std::string& name, const std::string& file) {
    if (blocks_.size() >= kDeepestBlock) return;
    blocks_.push_back(name);
    if (name != "server" || sites_.size() >= kMostSites) return;
    WebSite site;
    site.server = "nginx";
    site.configuration = file;
    sites_.push_back(std::move(site));
    in_site_ = true;
  }

  void close_block() {
    if (blocks_.back() == "server") in_site_ = false;
    blocks_.pop_back();
  }

  WebSite& current() { return in_site_ ? sites_.back() : outside_; }

  void apply(const std::vector<std::string>& words, int depth) {
    if (words.size() < 2) return;
    const std::string& name = words[0];
    if (name == "include") {
      if (depth >= kDeepestInclude) return;
      for (const std::string& path : files_.matching(files_.inside(words[1], folder_))) {
        parse(path, depth + 1);
      }
    } else if (name == "user") {
      outside_.user = words[1];
    } else if (name == "root" || name == "alias") {
      const std::string path = files_.inside(as_pattern(words[1]), prefix_);
      current().roots.push_back(files_.display(path));
    } else if (name == "server_name") {
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] != "_" && !words[i].empty()) current().names.push_back(words[i]);
      }
    } else if (name == "log_format" && words.size() >= 3) {
      std::string format;
      for (std::size_t i = 2; i < words.size(); ++i) {
        if (i > 2 || !words[i].starts_with("escape=")) format += words[i];
      }
      formats_[words[1]] = std::move(format);
    } else if (name == "access_log") {
      add_log(words);
    }
  }

  void add_log(const std::vector<std::string>& words) {
    if (words[1] == "off" || words[1].starts_with("syslog:") || words[1].starts_with("/dev/")) {
      return;
    }
    WebSite::Log log;
    log.path = files_.display(files_.inside(as_pattern(words[1]), prefix_));
    // Named formats are looked up at the end: they may be defined below.
    if (words.size() >= 3 && words[2].find('=') == std::string::npos) log.format = words[2];
    current().access_logs.push_back(std::move(log));
  }

  void finish() {
    const auto resolve = [&](WebSite& site) {
      for (WebSite::Log& log : site.access_logs) {
        const auto found = formats_.find(log.format);
        log.format = found == formats_.end() ? "" : found->second;
      }
    };
    resolve(outside_);
    for (WebSite& site : sites_) {
      resolve(site);
      site.user = outside_.user;
      if (site.roots.empty()) site.roots = outside_.roots;
      if (site.access_logs.empty()) site.access_logs = outside_.access_logs;
    }
    if (sites_.empty() && (!outside_.roots.empty() || !outside_.access_logs.empty())) {
      sites_.push_back(outside_);
    }
  }

  ConfigFiles& files_;
  const std::string prefix_;
  std::string folder_;
  WebSite outside_;  // of the http block: what sites inherit
  std::vector<WebSite> sites_;
  std::vector<std::string> blocks_;
  std::map<std::string, std::string> formats_;
  bool in_site_ = false;
};

}  // namespace

std::vector<WebSite> read_nginx_config(ConfigFiles& files, std::string_view main,
                                       std::string_view prefix) {
  return NginxReader(files, main, prefix).read(main);
}

}  // namespace konseki
