// linux.accounts: passwd, shadow, group, gshadow and their backups, joined.
#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "agent/artifact/passwd_file.h"
#include "collectors/linux/accounts/account_set.h"
#include "collectors/linux/accounts/schema.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 16U << 20;

struct AccountPlace {
  std::string_view kind;    // "passwd", "shadow", "group", "gshadow"
  std::string_view suffix;  // "", "-" (shadow-utils), ".bak" (Debian's daily copy)
};

std::optional<AccountPlace> account_place(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view directory = path.substr(0, slash);
  std::string_view name = path.substr(slash + 1);
  std::string_view suffix;
  if (directory == "/etc" && name.ends_with('-')) suffix = "-";
  if (directory == "/var/backups" && name.ends_with(".bak")) suffix = ".bak";
  if (directory != "/etc" && suffix.empty()) return std::nullopt;
  name.remove_suffix(suffix.size());
  for (std::string_view kind : {"passwd", "shadow", "group", "gshadow"}) {
    if (name == kind) return AccountPlace{kind, suffix};
  }
  return std::nullopt;
}

UserLine own(const PasswdEntry& entry) {
  UserLine user;
  user.name = entry.name;
  user.password = {"invalid", {}};
  if (entry.field_count > 1) user.password = password_facts(entry.password);
  user.uid = entry.uid;
  user.gid = entry.gid;
  user.comment = entry.comment;
  user.home = entry.home;
  user.shell = entry.shell;
  user.problem = entry.problem;
  user.nis = entry.is_nis();
  user.line = entry.line;
  user.range = {entry.offset, entry.raw.size()};
  user.remarks = hiding_remarks(entry.raw);
  if (user.shell != trim(user.shell)) user.remarks.emplace_back("shell begins or ends in a blank");
  if (user.nis) user.remarks.emplace_back("NIS line: accounts from elsewhere");
  return user;
}

// Which set a file belongs to: the system it is of and the generation ("" is the current one).
using SetKey = std::pair<std::string, std::string>;

class AccountsCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxUserSchema, &kLinuxGroupSchema};
    static const CollectorInfo kInfo{
        "linux.accounts",
        OperatingSystem::kLinux,
        Volatility::kFile,
        true,
        kSchemas,
        {"Accounts and groups with the state of their passwords; hashes are not recorded",
         "アカウントとグループ、およびパスワードの状態（ハッシュ値そのものは記録しません）"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           account_place(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content, const RecordEmitter&) override {
    const std::string_view path = system_path(file);
    const auto place = account_place(path);
    if (!place) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxFile));
    AccountSet parsed;
    if (place->kind == "passwd") {
      fill(parsed.passwd, file, text);
      parse_passwd(text.text,
                   [&](const PasswdEntry& entry) { parsed.passwd.lines.push_back(own(entry)); });
    } else if (place->kind == "shadow") {
      fill(parsed.shadow, file, text);
      parse_shadow(text.text,
                   [&](ShadowLine&& line) { parsed.shadow.lines.push_back(std::move(line)); });
    } else if (place->kind == "group") {
      fill(parsed.group, file, text);
      parse_group(text.text,
                  [&](GroupLine&& line) { parsed.group.lines.push_back(std::move(line)); });
    } else {
      fill(parsed.gshadow, file, text);
      parse_gshadow(text.text, [&](GroupShadowLine&& line) {
        parsed.gshadow.lines.push_back(std::move(line));
      });
    }
    const std::string prefix(file.path.substr(0, file.path.size() - path.size()));
    std::string generation(place->suffix);
    if (file.entry.allocation != Allocation::kAllocated) {
      generation = "deleted " + std::to_string(file.entry.inode);
    }
    merge({prefix, generation}, std::move(parsed));
    return {};
  }

  Result<void> finish(const RecordEmitter& emit) override {
    for (const auto& [key, set] : sets_) {
      const auto backup = key.second.empty() ? sets_.find({key.first, "-"}) : sets_.end();
      emit_accounts(set, backup == sets_.end() ? nullptr : &backup->second, emit);
    }
    sets_.clear();
    return {};
  }

 private:
  template <class Line>
  static void fill(AccountFile<Line>& out, const FileItem& file, const FileText& text) {
    out.present = true;
    out.cut = text.cut;
    out.address = address_of(file);
  }

  template <class Line>
  static void take(AccountFile<Line>& into, AccountFile<Line>&& from) {
    if (from.present) into = std::move(from);
  }

  void merge(const SetKey& key, AccountSet&& parsed) {
    const std::lock_guard lock(mutex_);
    AccountSet& set = sets_[key];
    set.backup = !key.second.empty();
    take(set.passwd, std::move(parsed.passwd));
    take(set.shadow, std::move(parsed.shadow));
    take(set.group, std::move(parsed.group));
    take(set.gshadow, std::move(parsed.gshadow));
  }

  std::mutex mutex_;
  std::map<SetKey, AccountSet> sets_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_accounts() { return std::make_unique<AccountsCollector>(); }

}  // namespace konseki
