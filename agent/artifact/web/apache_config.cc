#include "agent/artifact/web/apache_config.h"

#include <map>

#include "agent/artifact/glob.h"
#include "agent/artifact/linux_facts.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr int kDeepestInclude = 16;
constexpr std::size_t kMostSites = 10'000;

// Arguments of one directive: blanks apart, quotes and the '\' before them removed.
std::vector<std::string> arguments_of(std::string_view line) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (true) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) return out;
    std::string word;
    if (line[at] == '"' || line[at] == '\'') {
      const char quote = line[at++];
      while (at < line.size() && line[at] != quote) {
        if (line[at] == '\\' && at + 1 < line.size() && line[at + 1] == quote) ++at;
        word += line[at++];
      }
      ++at;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
      word = line.substr(at, end - at);
      at = end;
    }
    out.push_back(std::move(word));
    if (at >= line.size()) return out;
  }
}

// The log that a piped command writes, as far as its words tell: "|/usr/bin/rotatelogs /l/x 86400".
std::string piped_log(std::string_view command) {
  const std::vector<std::string> words = arguments_of(command);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.starts_with('/') || (word.size() > 2 && word[1] == ':')) {
      return word.substr(0, word.find('%'));  // strftime's part names the rotation
    }
  }
  return {};
}

class ApacheReader {
 public:
  ApacheReader(ConfigFiles& files, std::string_view root) : files_(files), root_(root) {}

  std::vector<WebSite> read(std::string_view main, std::string_view environment) {
    if (!environment.empty()) environment_ = files_.read(environment);
    main_.server = "apache";
    main_.configuration = files_.display(main);
    parse(main, 0);
    finish();
    return std::move(sites_);
  }

 private:
  void parse(std::string_view path, int depth) {
    const std::string text = files_.read(path);
    const std::string file = files_.display(path);
    std::string line;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view part = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (part.ends_with('\r')) part.remove_suffix(1);
      const bool goes_on = part.ends_with('\\');
      if (goes_on) part.remove_suffix(1);
      line += part;
      if (goes_on && line.size() < (1 << 16)) continue;
      apply(line, file, depth);
      line.clear();
    }
  }

  // ${NAME} by Define, else by the environment that the start script sets.
  std::string with_values(std::string_view text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end =
          text.substr(at).starts_with("${") ? text.find('}', at) : std::string_view::npos;
      if (end == std::string_view::npos) {
        out += text[at++];
        continue;
      }
      const std::string name(text.substr(at + 2, end - at - 2));
      const auto defined = values_.find(name);
      std::string value = defined != values_.end() ? defined->second : assigned(name);
      out += value;
      at = end + 1;
    }
    return out;
  }

  std::string assigned(std::string_view name) const {
    std::string value = shell_assignment(environment_, "export " + std::string(name));
    if (value.empty()) value = shell_assignment(environment_, name);
    // Debian's "$SUFFIX" is empty but for instances with a name.
    if (const std::size_t dollar = value.find('$'); dollar != std::string::npos) {
      value.resize(dollar);
    }
    return value;
  }

  WebSite& current() { return in_site_ ? sites_.back() : main_; }

  std::string path_of(std::string_view named) const {
    return files_.display(files_.inside(escape_glob(with_values(named)), root_));
  }

  void apply(std::string_view line, const std::string& file, int depth) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos || line[start] == '#') return;
    line.remove_prefix(start);
    std::vector<std::string> words = arguments_of(line);
    const std::string name = fold_case(words[0]);
    if (name == "<virtualhost") {
      if (sites_.size() >= kMostSites) return;
      WebSite site;
      site.server = "apache";
      site.configuration = file;
      sites_.push_back(std::move(site));
      in_site_ = true;
      return;
    }
    if (name.starts_with("</virtualhost")) {
      in_site_ = false;
      return;
    }
    if (words.size() < 2) return;
    if (name == "include" || name == "includeoptional") {
      if (depth >= kDeepestInclude) return;
      std::string pattern = files_.inside(with_values(words[1]), root_);
      if (files_.is_directory(pattern)) pattern += "/*";
      for (const std::string& path : files_.matching(pattern)) parse(path, depth + 1);
    } else if (name == "serverroot") {
      root_ = files_.inside(with_values(words[1]), "");
    } else if (name == "define" && words.size() >= 3) {
      values_[words[1]] = with_values(words[2]);
    } else if (name == "user") {
      main_.user = with_values(words[1]);
    } else if (name == "documentroot") {
      current().roots.push_back(path_of(words[1]));
    } else if ((name == "alias" || name == "scriptalias" || name == "wsgiscriptalias") &&
               words.size() >= 3) {
      current().roots.push_back(path_of(words[2]));
    } else if (name == "servername" || name == "serveralias") {
      for (std::size_t i = 1; i < words.size(); ++i) current().names.push_back(words[i]);
    } else if (name == "logformat" && words.size() >= 3) {
      formats_[words[2]] = words[1];
    } else if (name == "customlog" || name == "transferlog") {
      add_log(words);
    }
  }

  void add_log(const std::vector<std::string>& words) {
    WebSite::Log log;
    std::string target = with_values(words[1]);
    if (target.starts_with('|')) target = piped_log(std::string_view(target).substr(1));
    if (target.empty() || target.starts_with("syslog:")) return;
    log.path = files_.display(files_.inside(target, root_));
    if (words.size() >= 3) log.format = words[2];
    current().access_logs.push_back(std::move(log));
  }

  void finish() {
    const auto resolve = [&](WebSite& site) {
      for (WebSite::Log& log : site.access_logs) {
        const auto found = formats_.find(log.format);
        if (found != formats_.end()) log.format = found->second;
        if (log.format.find('%') == std::string::npos) log.format.clear();
      }
    };
    resolve(main_);
    for (WebSite& site : sites_) {
      resolve(site);
      site.user = main_.user;
      if (site.roots.empty()) site.roots = main_.roots;
      if (site.access_logs.empty()) site.access_logs = main_.access_logs;
    }
    if (!main_.roots.empty() || !main_.access_logs.empty()) sites_.insert(sites_.begin(), main_);
  }

  ConfigFiles& files_;
  std::string root_;
  std::string environment_;
  WebSite main_;
  std::vector<WebSite> sites_;
  std::map<std::string, std::string> values_;
  std::map<std::string, std::string> formats_;
  bool in_site_ = false;
};

}  // namespace

std::vector<WebSite> read_apache_config(ConfigFiles& files, std::string_view main,
                                        std::string_view root, std::string_view environment) {
  return ApacheReader(files, root).read(main, environment);
}

}  // namespace konseki
