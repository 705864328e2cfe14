#include "agent/match/webshell/release_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "agent/match/webshell/site_path.h"

namespace konseki::webshell {
namespace {

constexpr std::string_view kComposerEnd = "/vendor/composer/installed.json";
constexpr std::string_view kCoreEnd = "/core/signature.json";
constexpr std::string_view kAppEnd = "/appinfo/signature.json";
constexpr std::string_view kWordPressEnd = "/wp-includes/version.php";
constexpr std::string_view kJoomlaEnd = "/administrator/manifests/files/joomla.xml";

// Scripts in the root of WordPress, of all releases since 3.0, and the two that an owner makes.
constexpr auto kWordPressRoot = std::to_array<std::string_view>(
    {"wp-activate.php",      "wp-app.php",          "wp-atom.php",          "wp-blog-header.php",
     "wp-comments-post.php", "wp-commentsrss2.php", "wp-config-sample.php", "wp-config.php",
     "wp-cron.php",          "wp-feed.php",         "wp-links-opml.php",    "wp-load.php",
     "wp-login.php",         "wp-mail.php",         "wp-pass.php",          "wp-rdf.php",
     "wp-register.php",      "wp-rss.php",          "wp-rss2.php",          "wp-settings.php",
     "wp-signup.php",        "wp-trackback.php"});

// "key": "value" pairs of JSON, wherever they stand; "\/" is "/", other escapes stay.
class PairScanner {
 public:
  explicit PairScanner(std::string_view text) : text_(text) {}

  bool next(std::string& key, std::string& value) {
    while (read_text(key)) {
      if (!skip(':')) continue;
      if (at_ < text_.size() && text_[at_] == '"') return read_text(value);
    }
    return false;
  }

 private:
  bool read_text(std::string& out) {
    at_ = std::min(text_.find('"', at_), text_.size());
    if (at_ == text_.size()) return false;
    out.clear();
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (text_[++at_] != '/') out += '\\';
      }
      out += text_[at_];
    }
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  // Past blanks and, when it is next, past `mark` and more blanks.
  bool skip(char mark) {
    const auto blanks = [&] {
      at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    };
    blanks();
    if (at_ == text_.size() || text_[at_] != mark) return false;
    ++at_;
    blanks();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// "symfony/console".
bool is_package_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == '/';
         });
}

bool is_sha512(std::string_view text) {
  return text.size() == 128 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::string_view first_of(std::string_view path) { return path.substr(0, path.find('/')); }

// "a/b" of "a/b/c/d.php"; empty when there are no two folders.
std::string_view two_folders_of(std::string_view path) {
  const std::size_t first = path.find('/');
  if (first == std::string_view::npos) return {};
  const std::size_t second = path.find('/', first + 1);
  return second == std::string_view::npos ? std::string_view() : path.substr(0, second);
}

}  // namespace

std::optional<ReleaseManifests::Place> ReleaseManifests::place_of(std::string_view path) {
  const std::string lower = lower_case(path);
  const auto base = [&](std::string_view end, std::string_view kept) {
    return lower.substr(0, lower.size() - end.size()) + std::string(kept);
  };
  if (lower.ends_with(kComposerEnd)) return Place{Kind::kComposer, base(kComposerEnd, "/vendor/")};
  if (lower.ends_with(kCoreEnd)) return Place{Kind::kSigned, base(kCoreEnd, "/")};
  if (lower.ends_with(kAppEnd)) return Place{Kind::kSigned, base(kAppEnd, "/")};
  if (lower.ends_with(kWordPressEnd)) return Place{Kind::kWordPress, base(kWordPressEnd, "/")};
  if (lower.ends_with(kJoomlaEnd)) return Place{Kind::kJoomla, base(kJoomlaEnd, "/")};
  return std::nullopt;
}

bool ReleaseManifests::is_manifest(std::string_view path) { return place_of(path).has_value(); }

void ReleaseManifests::see(std::string_view path, std::string_view content) {
  const auto place = place_of(path);
  if (!place) return;
  Manifest manifest;
  manifest.kind = place->kind;
  manifest.file = path;
  const auto add = [&](std::string_view name) {
    if (manifest.names.size() <= kMostNames) manifest.names.insert(stable_hash(lower_case(name)));
  };
  std::string key, value;
  switch (place->kind) {
    case Kind::kComposer:
      for (PairScanner pairs(content); pairs.next(key, value);) {
        if (key == "name" && is_package_name(value)) add(value);
        // Relative to vendor/composer.
        if (key == "install-path" && value.starts_with("../") && !value.starts_with("../../")) {
          add(std::string_view(value).substr(3));
        }
      }
      break;
    case Kind::kSigned:
      for (PairScanner pairs(content); pairs.next(key, value);) {
        if (!is_sha512(value)) continue;
        add(key);
        if (manifest.folders.size() < 1000) {
          manifest.folders.insert(lower_case(key.find('/') == key.npos ? "" : first_of(key)));
        }
      }
      break;
    case Kind::kWordPress:
      if (content.find("$wp_version") != std::string_view::npos) {
        for (const std::string_view name : kWordPressRoot) add(name);
      }
      break;
    case Kind::kJoomla:
      for (const std::string_view tag : {"<file>", "<filename>"}) {
        for (std::size_t at = content.find(tag); at != std::string_view::npos;
             at = content.find(tag, at + 1)) {
          const std::string_view rest = content.substr(at + tag.size());
          add(rest.substr(0, rest.find('<')));
        }
      }
      if (!manifest.names.empty()) add("configuration.php");
      break;
  }
  if (manifest.names.empty() || manifest.names.size() > kMostNames) return;
  std::lock_guard lock(mutex_);
  manifests_.insert_or_assign(std::pair(place->base, place->kind), std::move(manifest));
  if (manifests_.size() > kMostManifests) {
    manifests_.erase(std::prev(manifests_.end()));
    ++left_out_;
  }
}

// `inside`: the lower-case path below the manifest's base.
bool ReleaseManifests::is_strange(const Manifest& manifest, std::string_view inside) {
  const auto named = [&](std::string_view name) {
    return manifest.names.contains(stable_hash(name));
  };
  const bool in_root = inside.find('/') == std::string_view::npos;
  switch (manifest.kind) {
    case Kind::kComposer: {
      // Plug-ins put loaders of their own beside autoload.php, and packages programs into bin.
      if (in_root) return !inside.starts_with("autoload");
      if (inside.starts_with("bin/")) return false;
      const std::string_view package = two_folders_of(inside);
      if (!package.empty()) return !named(package);
      return first_of(inside) != "composer";
    }
    case Kind::kSigned: {
      // Folders that owners fill (config, data, themes) are in no signature.
      const std::string_view folder = in_root ? std::string_view() : first_of(inside);
      if (in_root && !is_script_name(inside)) return false;
      return manifest.folders.contains(folder) && !named(inside) &&
             inside != "core/signature.json" && inside != "appinfo/signature.json";
    }
    case Kind::kWordPress:
      return in_root && inside.starts_with("wp-") && is_script_name(inside) && !named(inside);
    case Kind::kJoomla:
      return in_root && is_script_name(inside) && !named(inside);
  }
  return false;
}

std::optional<Witness> ReleaseManifests::witness_of(const PathSpec& file) const {
  const std::string path = lower_case(file.path);
  std::lock_guard lock(mutex_);
  // Every folder above, the nearest first: an application may hold another.
  for (std::size_t end = path.rfind('/'); end != std::string::npos && end > 0;
       end = path.rfind('/', end - 1)) {
    const std::string base = path.substr(0, end + 1);
    for (auto at = manifests_.lower_bound(std::pair(base, Kind::kComposer));
         at != manifests_.end() && at->first.first == base; ++at) {
      const Manifest& manifest = at->second;
      if (!is_strange(manifest, std::string_view(path).substr(end + 1))) continue;
      Witness witness;
      witness.name = "file.not_of_release";
      switch (manifest.kind) {
        case Kind::kComposer:
          witness.score = 25;
          witness.text = {"lies in Composer's folder and belongs to none of its packages",
                          "Composer のフォルダーにあるが、どのパッケージのものでもない"};
          break;
        case Kind::kSigned:
          witness.score = 30;
          witness.text = {"is not in the signed list of the application's files",
                          "アプリケーションの署名付きファイル一覧に載っていない"};
          break;
        case Kind::kWordPress:
          witness.score = 30;
          witness.text = {"is named like a part of WordPress, and no release has it",
                          "WordPress の一部のような名前だが、どのリリースにも含まれない"};
          break;
        case Kind::kJoomla:
          witness.score = 15;
          witness.text = {"lies beside Joomla's own files and is none of them",
                          "Joomla のルートにあるが、リリースには含まれない"};
          break;
      }
      PathSpec address = file;
      address.path = manifest.file;
      address.stream.clear();
      witness.addresses.push_back(std::move(address));
      return witness;
    }
  }
  return std::nullopt;
}

}  // namespace konseki::webshell
