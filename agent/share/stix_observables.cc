#include "agent/share/stix_observables.h"

#include <algorithm>

#include "agent/base/unicode.h"
#include "agent/base/uuid.h"
#include "agent/match/stix/ip_network.h"

namespace konseki {
namespace {

class Builder {
 public:
  StixObservables take() { return std::move(out_); }

  // Adds an object, once; answers its id.
  std::string add(std::string_view type, std::string id, StixObject properties) {
    StixObject object = {{"type", type}, {"spec_version", "2.1"}, {"id", id}};
    object.update(properties);
    if (std::find(out_.refs.begin(), out_.refs.end(), id) == out_.refs.end()) {
      out_.refs.push_back(id);
      out_.objects.push_back(std::move(object));
    }
    return id;
  }

  // An object that is what one property says, and nothing more.
  std::string add_simple(std::string_view type, std::string_view property, std::string_view value) {
    const std::string text = to_well_formed(value);
    return add(type, observable_id(type, {{std::string(property), text}}),
               {{std::string(property), text}});
  }

  void add_observable(const Observable& seen);
  void add_file(const SharedFinding& shared);

 private:
  void add_address(const Observable& seen);
  void add_path(std::string_view path);
  void add_digest(std::string_view algorithm, const std::string& hex);
  std::string add_folder(std::string_view path);

  StixObservables out_;
};

struct PathParts {
  std::string folder;  // empty: none
  std::string name;
};

// "C:/a/b.txt" is "b.txt" in "C:/a"; a member of an archive is its name alone.
PathParts parts_of(std::string_view path) {
  const std::size_t member = path.rfind("//");
  if (member != std::string_view::npos && member > 0) path.remove_prefix(member + 2);
  const std::size_t slash = path.rfind('/');
  PathParts out;
  out.name = to_well_formed(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  if (slash != std::string_view::npos && member == std::string_view::npos) {
    out.folder = to_well_formed(slash == 0 ? "/" : path.substr(0, slash));
  }
  return out;
}

// As Windows writes it, where it is of Windows.
std::string native_folder(std::string folder) {
  if (folder.size() < 2 || folder[1] != ':') return folder;
  if (folder.size() == 2) folder += '/';
  std::replace(folder.begin(), folder.end(), '/', '\\');
  return folder;
}

std::string Builder::add_folder(std::string_view path) {
  return add_simple("directory", "path", native_folder(std::string(path)));
}

void Builder::add_address(const Observable& seen) {
  const auto network = stix::parse_ip_network(seen.value);
  if (!network) return;
  const std::string id =
      add_simple(network->is_v6 ? "ipv6-addr" : "ipv4-addr", "value", seen.value);
  if (seen.port == 0) return;
  // Which protocol it was nobody wrote down: the layer that is sure.
  const nlohmann::json traffic = {
      {"dst_ref", id}, {"dst_port", seen.port}, {"protocols", {network->is_v6 ? "ipv6" : "ipv4"}}};
  add("network-traffic", observable_id("network-traffic", traffic), StixObject(traffic));
}

void Builder::add_path(std::string_view path) {
  const PathParts parts = parts_of(path);
  if (parts.name.empty()) return;
  nlohmann::json file = {{"name", parts.name}};
  if (!parts.folder.empty()) file["parent_directory_ref"] = add_folder(parts.folder);
  add("file", observable_id("file", file), StixObject(file));
}

void Builder::add_digest(std::string_view algorithm, const std::string& hex) {
  const nlohmann::json file = {{"hashes", {{std::string(algorithm), hex}}}};
  add("file", observable_id("file", file), StixObject(file));
}

void Builder::add_observable(const Observable& seen) {
  const std::string& type = seen.type;
  if (type == "domain-name" || type == "url") {
    const std::string id = add_simple(type, "value", seen.value);
    if (seen.port != 0 && type == "domain-name") {
      const nlohmann::json traffic = {
          {"dst_ref", id}, {"dst_port", seen.port}, {"protocols", {"ip"}}};
      add("network-traffic", observable_id("network-traffic", traffic), StixObject(traffic));
    }
  } else if (type == "ip-address" || type == "ip-network") {
    add_address(seen);
  } else if (type == "email-addr") {
    add_simple(type, "value", seen.value);
  } else if (type == "mutex") {
    add_simple(type, "name", seen.value);
  } else if (type == "user-account") {
    add_simple(type, "account_login", seen.value);
  } else if (type == "registry-key") {
    add_simple("windows-registry-key", "key", seen.value);
  } else if (type == "file-name" || type == "file-path") {
    add_path(seen.value);
  } else if (type == "md5") {
    add_digest("MD5", seen.value);
  } else if (type == "sha1") {
    add_digest("SHA-1", seen.value);
  } else if (type == "sha256") {
    add_digest("SHA-256", seen.value);
  } else if (type == "email-subject") {
    const std::string subject = to_well_formed(seen.value);
    add("email-message", observable_id("email-message", {{"subject", subject}}),
        {{"is_multipart", false}, {"subject", subject}});
  } else if (type == "command-line") {
    // The specification wants version 4 for processes.
    const std::string text = to_well_formed(seen.value);
    add("process", "process--" + uuid4_of_name({}, text), {{"command_line", text}});
  }
}

void Builder::add_file(const SharedFinding& shared) {
  const SharedFile& facts = *shared.file;
  const PathParts parts = parts_of(shared.finding.path);
  StixObject hashes = StixObject::object();
  if (!facts.md5.empty()) hashes["MD5"] = facts.md5;
  if (!facts.sha1.empty()) hashes["SHA-1"] = facts.sha1;
  if (!facts.sha256.empty()) hashes["SHA-256"] = facts.sha256;
  // Of several digests the first of this order makes the identifier (STIX 2.1, 6.7.1).
  nlohmann::json contributing;
  if (!hashes.empty()) contributing["hashes"] = {{hashes.begin().key(), hashes.begin().value()}};
  StixObject file;
  if (!hashes.empty()) file["hashes"] = hashes;
  if (facts.size) file["size"] = *facts.size;
  if (!parts.name.empty()) contributing["name"] = file["name"] = parts.name;
  if (facts.created) file["ctime"] = facts.created->iso8601();
  if (facts.modified) file["mtime"] = facts.modified->iso8601();
  if (facts.accessed) file["atime"] = facts.accessed->iso8601();
  if (!parts.folder.empty()) {
    contributing["parent_directory_ref"] = file["parent_directory_ref"] = add_folder(parts.folder);
  }
  if (contributing.is_null()) return;
  add("file", observable_id("file", contributing), std::move(file));
}

}  // namespace

StixObservables stix_observables(const SharedFinding& shared) {
  Builder builder;
  if (shared.file) {
    builder.add_file(shared);
    return builder.take();
  }
  for (const Observable& each : shared.finding.seen) builder.add_observable(each);
  // Where it stood; in a record its own source is no file of the host's that means anything.
  if (shared.finding.schema.empty() && !shared.finding.path.empty()) {
    builder.add_observable({"file-path", shared.finding.path});
  }
  return builder.take();
}

}  // namespace konseki
