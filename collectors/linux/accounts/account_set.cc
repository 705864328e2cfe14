#include "collectors/linux/accounts/account_set.h"

#include <algorithm>
#include <map>
#include <set>

#include "collectors/linux/accounts/schema.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::uint32_t kFirstPersonalUid = 1'000;  // login.defs(5) UID_MIN, Debian and Red Hat

Timestamp midnight_of(std::int64_t day) {
  // Beyond any calendar the number stays comparable and iso8601() clamps it.
  const std::int64_t bounded = std::clamp<std::int64_t>(day, -100'000'000, 100'000'000);
  return Timestamp::from_unix(bounded * 86'400);
}

bool allows_login(std::string_view shell) {
  const std::string_view name = shell.substr(shell.rfind('/') + 1);
  return name != "nologin" && name != "false" && name != "sync" && name != "shutdown" &&
         name != "halt" && name != "true";
}

class Joiner {
 public:
  Joiner(const AccountSet& set, const AccountSet* previous, const RecordEmitter& emit)
      : set_(set), emit_(emit) {
    for (const UserLine& user : set.passwd.lines) {
      ++names_[user.name];
      if (user.uid) uids_[*user.uid].push_back(user.name);
    }
    for (const ShadowLine& line : set.shadow.lines) shadow_.emplace(line.name, &line);
    for (const GroupLine& group : set.group.lines) {
      ++group_names_[group.name];
      if (group.gid) gids_[*group.gid].push_back(group.name);
      for (const std::string& member : group.members) groups_[member].push_back(group.name);
    }
    for (const GroupShadowLine& line : set.gshadow.lines) gshadow_.emplace(line.name, &line);
    if (previous == nullptr) return;
    if (previous->passwd.present) {
      for (const UserLine& user : previous->passwd.lines) old_users_.insert(user.name);
      have_old_users_ = true;
    }
    if (previous->group.present) {
      for (const GroupLine& group : previous->group.lines) old_groups_.insert(group.name);
      have_old_groups_ = true;
    }
  }

  void run() {
    for (const UserLine& user : set_.passwd.lines) emit_user(user);
    for (const ShadowLine& line : set_.shadow.lines) {
      if (!names_.contains(line.name)) emit_shadow_only(line);
    }
    for (const GroupLine& group : set_.group.lines) emit_group(group);
    note_cut(kLinuxUserSchema, set_.passwd);
    note_cut(kLinuxUserSchema, set_.shadow);
    note_cut(kLinuxGroupSchema, set_.group);
    note_cut(kLinuxGroupSchema, set_.gshadow);
  }

 private:
  void emit_user(const UserLine& user) {
    Record record(kLinuxUserSchema);
    record.source = set_.passwd.address;
    record.source.range = user.range;
    std::vector<std::string> remarks = user.remarks;
    set_unless_empty(record, "name", user.name);
    if (user.uid) record.set("uid", std::uint64_t{*user.uid});
    if (user.gid) record.set("gid", std::uint64_t{*user.gid});
    set_unless_empty(record, "comment", user.comment);
    set_unless_empty(record, "home", user.home);
    set_unless_empty(record, "shell", user.shell);
    if (auto found = groups_.find(user.name); found != groups_.end()) {
      set_unless_empty(record, "groups", found->second);
    }
    const auto found = shadow_.find(user.name);
    const ShadowLine* shadow = found == shadow_.end() ? nullptr : found->second;
    set_password(record, user, shadow, remarks);
    identity_remarks(user, remarks);
    if (set_.backup) record.set("backup", true);
    record.set("line", std::uint64_t{user.line});
    set_unless_empty(record, "remarks", std::move(remarks));
    if (!user.problem.empty()) {
      record.status = ParseStatus::kPartial;
      record.note = user.problem;
    }
    emit_(std::move(record));
  }

  void set_password(Record& record, const UserLine& user, const ShadowLine* shadow,
                    std::vector<std::string>& remarks) {
    // "x" sends to shadow; anything else in passwd is used as it stands.
    const bool own = user.password.state != "none" && !user.nis;
    if (!own && shadow == nullptr) {
      if (set_.shadow.present && !user.nis) remarks.emplace_back("no line in shadow");
      return;
    }
    const PasswordFacts facts = own ? user.password : shadow->password;
    record.set("password", std::string(facts.state));
    set_unless_empty(record, "hash_algorithm", facts.algorithm);
    if (own && facts.state != "empty") remarks.emplace_back("password kept in passwd itself");
    if (facts.state == "empty") remarks.emplace_back("no password needed");
    if (shadow != nullptr) set_ages(record, *shadow, remarks);
    const bool system = user.uid && *user.uid != 0 && *user.uid < kFirstPersonalUid;
    const bool usable = facts.state == "set" || facts.state == "empty";
    if (system && usable && allows_login(user.shell)) {
      remarks.emplace_back("system account that can log in: password and shell");
    }
  }

  static void set_ages(Record& record, const ShadowLine& shadow,
                       std::vector<std::string>& remarks) {
    if (shadow.changed && *shadow.changed > 0) {
      record.set("password_changed", midnight_of(*shadow.changed));
    } else if (shadow.changed && *shadow.changed == 0) {
      remarks.emplace_back("must change the password at the next log-in");
    }
    if (shadow.minimum_age) record.set("minimum_age", *shadow.minimum_age);
    if (shadow.maximum_age) record.set("maximum_age", *shadow.maximum_age);
    if (shadow.inactive) record.set("inactive", *shadow.inactive);
    if (shadow.expires) record.set("expires", midnight_of(*shadow.expires));
    if (!shadow.problem.empty()) remarks.push_back("shadow: " + shadow.problem);
  }

  void identity_remarks(const UserLine& user, std::vector<std::string>& remarks) {
    if (user.uid && *user.uid == 0 && user.name != "root") {
      remarks.emplace_back("uid 0: has all rights of root");
    }
    if (user.uid && uids_[*user.uid].size() > 1) {
      for (const std::string& other : uids_[*user.uid]) {
        if (other != user.name) remarks.push_back("same uid as " + other);
      }
    }
    if (names_[user.name] > 1) remarks.emplace_back("name stands more than once");
    if (have_old_users_ && !old_users_.contains(user.name)) {
      remarks.emplace_back("not in the backup: added by the last change");
    }
  }

  void emit_shadow_only(const ShadowLine& line) {
    Record record(kLinuxUserSchema);
    record.source = set_.shadow.address;
    record.source.range = line.range;
    std::vector<std::string> remarks;
    if (set_.passwd.present) remarks.emplace_back("in shadow only: no line in passwd");
    set_unless_empty(record, "name", line.name);
    record.set("password", std::string(line.password.state));
    set_unless_empty(record, "hash_algorithm", line.password.algorithm);
    set_ages(record, line, remarks);
    if (set_.backup) record.set("backup", true);
    set_unless_empty(record, "remarks", std::move(remarks));
    record.status = line.problem.empty() ? ParseStatus::kComplete : ParseStatus::kPartial;
    record.note = line.problem;
    emit_(std::move(record));
  }

  void emit_group(const GroupLine& group) {
    Record record(kLinuxGroupSchema);
    record.source = set_.group.address;
    record.source.range = group.range;
    std::vector<std::string> remarks;
    set_unless_empty(record, "name", group.name);
    if (group.gid) record.set("gid", std::uint64_t{*group.gid});
    std::vector<std::string> members = group.members;
    PasswordFacts password = group.password;
    if (auto found = gshadow_.find(group.name); found != gshadow_.end()) {
      const GroupShadowLine& shadow = *found->second;
      if (password.state == "none") password = shadow.password;
      set_unless_empty(record, "administrators", shadow.administrators);
      for (const std::string& member : shadow.members) {
        if (std::find(members.begin(), members.end(), member) == members.end()) {
          remarks.push_back("member in gshadow only: " + member);
        }
      }
    }
    set_unless_empty(record, "members", std::move(members));
    if (password.state != "none") record.set("password", std::string(password.state));
    set_unless_empty(record, "hash_algorithm", password.algorithm);
    if (group.gid && *group.gid == 0 && group.name != "root") remarks.emplace_back("gid 0");
    if (group.gid) {
      for (const std::string& other : gids_[*group.gid]) {
        if (other != group.name) remarks.push_back("same gid as " + other);
      }
    }
    if (group_names_[group.name] > 1) remarks.emplace_back("name stands more than once");
    if (have_old_groups_ && !old_groups_.contains(group.name)) {
      remarks.emplace_back("not in the backup: added by the last change");
    }
    if (set_.backup) record.set("backup", true);
    record.set("line", std::uint64_t{group.line});
    set_unless_empty(record, "remarks", std::move(remarks));
    if (!group.problem.empty()) {
      record.status = ParseStatus::kPartial;
      record.note = group.problem;
    }
    emit_(std::move(record));
  }

  template <class Line>
  void note_cut(const RecordSchema& schema, const AccountFile<Line>& file) {
    if (!file.cut) return;
    Record record(schema);
    record.source = file.address;
    record.status = ParseStatus::kPartial;
    record.note = "the file goes on beyond what was read";
    emit_(std::move(record));
  }

  const AccountSet& set_;
  const RecordEmitter& emit_;
  std::map<std::string_view, std::size_t> names_;
  std::map<std::string_view, std::size_t> group_names_;
  std::map<std::uint32_t, std::vector<std::string>> uids_;
  std::map<std::uint32_t, std::vector<std::string>> gids_;
  std::map<std::string_view, std::vector<std::string>> groups_;  // by member
  std::map<std::string_view, const ShadowLine*> shadow_;
  std::map<std::string_view, const GroupShadowLine*> gshadow_;
  std::set<std::string_view> old_users_;
  std::set<std::string_view> old_groups_;
  bool have_old_users_ = false;
  bool have_old_groups_ = false;
};

}  // namespace

void emit_accounts(const AccountSet& set, const AccountSet* previous, const RecordEmitter& emit) {
  Joiner(set, previous, emit).run();
}

}  // namespace konseki
