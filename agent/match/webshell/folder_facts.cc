#include "agent/match/webshell/folder_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/match/webshell/site_path.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::size_t kEnoughSiblings = 3;

// Where sites keep what visitors send, and what is never code.
constexpr auto kUploadNames = std::to_array<std::string_view>(
    {"upload", "uploads", "uploaded", "userfiles", "attachments", "avatars", "images", "image",
     "img", "pictures", "photos", "media", "css", "fonts", "font"});
// Where frameworks keep code of their own making, too.
constexpr auto kLooseNames = std::to_array<std::string_view>({"cache", "tmp", "temp", "static"});

constexpr auto kServerNames =
    std::to_array<std::string_view>({"www-data", "apache", "httpd", "nginx", "www", "http",
                                     "lighttpd", "caddy", "tomcat", "iusr", "iwam"});
// As usual systems number and name them: Debian's www-data, Red Hat's apache; NETWORK SERVICE,
// IUSR [MS-DTYP 2.4.2.4].
constexpr auto kServerIds = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"33", "www-data"}, {"48", "apache"}, {"S-1-5-20", "NETWORK SERVICE"}, {"S-1-5-17", "IUSR"}});
constexpr std::string_view kPoolSids = "S-1-5-82-";

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

std::string second_of(Timestamp time) { return time.iso8601().substr(0, 19) + "Z"; }

Witness witness(std::string_view name, int score, std::string en, std::string ja) {
  Witness out;
  out.name = name;
  out.score = score;
  out.text = {std::move(en), std::move(ja)};
  return out;
}

}  // namespace

FolderFacts::FolderFacts(std::size_t most_files) : files_(most_files) {}

void FolderFacts::begin(const MatchContext& context) {
  const auto roots = context.variables.find("web.root");
  if (roots != context.variables.end()) roots_ = roots->second;
  std::set<std::string> names(kServerNames.begin(), kServerNames.end());
  for (const WebSite& site : context.host.web_sites) {
    roots_.insert(roots_.end(), site.roots.begin(), site.roots.end());
    if (!site.user.empty() && site.user != "root") names.insert(lower_case(site.user));
  }
  for (const HostUser& user : context.host.users) {
    if (user.id != "0" && names.contains(lower_case(user.name))) {
      server_users_[user.id] = user.name;
    }
  }
  for (const auto& [id, name] : kServerIds) {
    const bool taken = std::any_of(context.host.users.begin(), context.host.users.end(),
                                   [id = id](const HostUser& user) { return user.id == id; });
    if (!taken) server_users_.try_emplace(std::string(id), name);
  }
}

bool FolderFacts::is_server(const std::string& owner) const {
  return server_users_.contains(owner) || owner.starts_with(kPoolSids);
}

void FolderFacts::see(const MatchFile& file) {
  const Entry& entry = file.item.entry;
  if (entry.type != FileType::kRegular || entry.allocation != Allocation::kAllocated ||
      !file.item.stream.empty()) {
    return;
  }
  const auto parts = components_of(file.item.path);
  bool known = false;
  if (site_begin(parts, roots_, known) >= parts.size()) return;
  File facts;
  facts.path = file.item.path;
  facts.owner = !entry.owner.empty()                          ? entry.owner
                : file.item.volume.style == PathStyle::kPosix ? std::to_string(entry.uid)
                                                              : std::string();
  facts.modified = entry.times.modified;
  if (file.item.volume.style == PathStyle::kWindows) facts.created = entry.times.created;
  facts.packaged = !file.package.empty();
  facts.changed = file.package_state == "changed";
  // Scripts first: a picture more or less says little.
  const std::uint64_t rank = (is_script_name(entry.name()) ? 0 : std::uint64_t{1} << 63) |
                             stable_hash(file.item.path) >> 1;
  std::lock_guard lock(mutex_);
  folders_.clear();  // were made for a preview
  if (File* kept = files_.at(file.item.path, rank, [](const File&) {})) *kept = std::move(facts);
}

void FolderFacts::sort_into_folders() const {
  if (!folders_.empty()) return;
  server_files_ = 0;
  for (const auto& [path, file] : files_.all()) {
    folders_[folder_of(path)].push_back(&file);
    if (is_server(file.owner)) ++server_files_;
  }
}

FolderStory FolderFacts::story_of(const PathSpec& address, bool runs) const {
  FolderStory story;
  std::lock_guard lock(mutex_);
  sort_into_folders();
  const File* file = files_.find(address.path);
  if (!file || !address.stream.empty() || !address.members.empty()) return story;
  story.birth = file->modified;
  // A copy keeps the time of its original and is born later.
  if (file->created && (!story.birth || *story.birth < *file->created)) {
    story.birth = file->created;
  }
  auto& out = story.witnesses;
  const std::string_view name = base_name(file->path);

  const bool few_of_server = server_files_ * 2 < files_.all().size();
  if (is_server(file->owner) && few_of_server) {
    const auto user = server_users_.find(file->owner);
    const std::string who = user == server_users_.end() ? file->owner : user->second;
    out.push_back(witness("file.owner_is_server", 20,
                          fmt::format("was written by the web server itself ({})", who),
                          fmt::format("Web サーバー自身のアカウント ({}) が作成", who)));
  }

  std::size_t siblings = 0, packaged = 0;
  std::optional<Timestamp> oldest, newest;
  for (const File* each : folders_.at(folder_of(file->path))) {
    if (each == file) continue;
    ++siblings;
    if (each->packaged) ++packaged;
    if (!each->modified) continue;
    if (!oldest || *each->modified < *oldest) oldest = each->modified;
    if (!newest || *newest < *each->modified) newest = each->modified;
  }
  // Far behind the newest neighbour, farther than the neighbours lie apart from each other.
  if (siblings >= kEnoughSiblings && file->modified && newest) {
    const std::int64_t behind = file->modified->seconds - newest->seconds;
    if (behind > kDay && behind > newest->seconds - oldest->seconds) {
      out.push_back(
          witness("file.younger_than_siblings", 15,
                  fmt::format("is younger ({}) than all {} files beside it (the latest is of {})",
                              second_of(*file->modified), siblings, second_of(*newest)),
                  fmt::format("同じフォルダーの {} ファイル (最新 {}) より新しい ({})", siblings,
                              second_of(*newest), second_of(*file->modified))));
    }
  }
  if (packaged >= kEnoughSiblings && packaged * 2 > siblings && !file->packaged) {
    out.push_back(
        witness("file.not_of_package", 25,
                fmt::format("belongs to no package, as {} of the {} files beside it do", packaged,
                            siblings),
                fmt::format("同じフォルダーの {} ファイル中 {} がパッケージのものだが、これは違う",
                            siblings, packaged)));
  }

  if (file->changed) {
    out.push_back(witness("file.differs_from_package", 35,
                          "is not as its package brought it (another digest)",
                          "パッケージのファイルと内容が異なる (ハッシュ値の不一致)"));
  }

  const auto parts = components_of(file->path);
  bool known = false;
  for (std::size_t i = site_begin(parts, roots_, known); runs && i + 1 < parts.size(); ++i) {
    const std::string folder = lower_case(parts[i]);
    const bool upload = is_one_of(folder, kUploadNames);
    if (!upload && !is_one_of(folder, kLooseNames)) continue;
    out.push_back(witness("file.in_upload_folder", upload ? 30 : 10,
                          fmt::format("lies in a folder that is not for code ({})", parts[i]),
                          fmt::format("コードを置かないフォルダー ({}) にある", parts[i])));
    break;
  }
  if (runs && is_picture_name(name)) {
    out.push_back(witness("file.extension_against_content", 35,
                          "is named like a picture and holds code",
                          "画像のような名前だが、内容はコード"));
  }
  return story;
}

}  // namespace konseki::webshell
