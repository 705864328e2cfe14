// linux.authorized_keys: the keys that open accounts over SSH.
#include <algorithm>
#include <array>

#include "collectors/linux/authorized_keys/authorized_keys_file.h"
#include "collectors/linux/authorized_keys/schema.h"
#include "collectors/linux/shared/command_target.h"
#include "collectors/linux/shared/evidence_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 16U << 20;

struct KeyPlace {
  std::string_view home;  // of the account; empty when `user` is known from the name
  std::string_view user;
  bool usual_name = true;
};

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Directories that AuthorizedKeysFile is commonly pointed at, a file or folder a user.
bool is_central(std::string_view directory) {
  constexpr auto kDirectories = std::to_array<std::string_view>(
      {"/etc/ssh/authorized_keys", "/etc/ssh/authorized_keys.d", "/etc/ssh/keys",
       "/etc/ssh/authorized-keys", "/etc/ssh/auth_keys", "/var/lib/ssh/authorized_keys"});
  return std::find(kDirectories.begin(), kDirectories.end(), directory) != kDirectories.end();
}

std::optional<KeyPlace> key_place(std::string_view path) {
  const std::string_view directory = parent_of(path);
  const std::string_view name = name_of(path);
  const bool usual = name == "authorized_keys" || name == "authorized_keys2";
  if (name_of(directory) == ".ssh" && name.starts_with("authorized_keys")) {
    return KeyPlace{parent_of(directory), {}, usual};
  }
  if (directory == "/etc/dropbear" && usual) return KeyPlace{{}, "root", true};
  if (is_central(directory)) return KeyPlace{{}, name, true};
  if (is_central(parent_of(directory)) && usual) return KeyPlace{{}, name_of(directory), true};
  return std::nullopt;
}

class AuthorizedKeysCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxAuthorizedKeySchema,
                                                       &kPersistenceSchema};
    static const CollectorInfo kInfo{
        "linux.authorized_keys",
        OperatingSystem::kLinux,
        Volatility::kFile,
        true,
        kSchemas,
        {"Keys that open accounts over SSH, with their options and forced commands",
         "SSH でアカウントにログインできる公開鍵（オプション・強制コマンドを含む）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { users_ = context.host.users; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && key_place(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const std::string_view path = system_path(file);
    const auto place = key_place(path);
    if (!place) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    const std::string user = place->user.empty() ? user_of(place->home) : std::string(place->user);
    if (file.entry.type == FileType::kSymlink) {
      emit_link(file, path, user, emit);
      return {};
    }
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxFile));
    parse_authorized_keys(
        text.text, [&](const AuthorizedKey& key) { emit_key(file, *place, user, key, emit); });
    if (text.cut) {
      Record record(kLinuxAuthorizedKeySchema);
      record.status = ParseStatus::kPartial;
      record.note = cut_note(kMaxFile);
      emit(std::move(record));
    }
    return {};
  }

 private:
  static void emit_link(const FileItem& file, std::string_view path, const std::string& user,
                        const RecordEmitter& emit) {
    Record record(kLinuxAuthorizedKeySchema);
    set_unless_empty(record, "user", user);
    record.set("remarks", std::vector<std::string>{"symlink to " + file.entry.link_target});
    PersistenceEntry entry = persistence_of(file, "linux.authorized_key", "T1098.004");
    entry.user = user;
    entry.trigger = "ssh logon";
    entry.target = display_target(file.volume, resolve_link(path, file.entry.link_target));
    emit_with_persistence(std::move(record), entry, emit);
  }

  static void emit_key(const FileItem& file, const KeyPlace& place, const std::string& user,
                       const AuthorizedKey& key, const RecordEmitter& emit) {
    Record record(kLinuxAuthorizedKeySchema);
    record.source.range = key.range;
    set_unless_empty(record, "user", user);
    set_unless_empty(record, "key_type", key.key.type);
    if (key.key.bits != 0) record.set("bits", std::uint64_t{key.key.bits});
    set_unless_empty(record, "fingerprint", key.key.fingerprint);
    set_unless_empty(record, "comment", key.comment);
    std::vector<std::string> options;
    std::string command;
    for (const KeyOption& option : key.options) {
      options.push_back(option.text);
      if (option.name == "command") command = option.value;
      if (option.name == "from") record.set("from", option.value);
    }
    set_unless_empty(record, "command", command);
    set_unless_empty(record, "options", std::move(options));
    record.set("line", std::uint64_t{key.line});
    std::vector<std::string> remarks = key.remarks;
    if (!place.usual_name) remarks.emplace_back("sshd does not read a file of this name by itself");
    set_unless_empty(record, "remarks", std::move(remarks));
    if (!key.problem.empty()) {
      record.set("text", std::string(key.raw));
      record.status = ParseStatus::kCorrupt;
      record.note = key.problem;
      emit(std::move(record));
      return;
    }
    PersistenceEntry entry = persistence_of(file, "linux.authorized_key", "T1098.004");
    entry.name = key.comment.empty() ? key.key.fingerprint : key.comment;
    entry.command = command;
    const std::string target = command_target(command);
    if (!target.empty()) entry.target = display_target(file.volume, target);
    entry.user = user;
    entry.trigger = "ssh logon";
    if (!place.usual_name) entry.enabled = false;
    emit_with_persistence(std::move(record), entry, emit);
  }

  // The accounts whose home it is, else the home's own name.
  std::string user_of(std::string_view home) const {
    std::string names;
    for (const HostUser& user : users_) {
      if (user.home != home) continue;
      if (!names.empty()) names += ',';
      names += user.name;
    }
    return names.empty() ? std::string(name_of(home)) : names;
  }

  std::vector<HostUser> users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_authorized_keys() {
  return std::make_unique<AuthorizedKeysCollector>();
}

}  // namespace konseki
