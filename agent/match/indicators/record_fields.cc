#include "agent/match/indicators/record_fields.h"

#include <fmt/format.h>

#include <array>

namespace konseki {
namespace {

using enum FieldUse;

constexpr std::array kMeanings = std::to_array<FieldMeaning>({
    // Processes.
    {"linux.process", "pid", "process:pid", kPlain},
    {"linux.process", "name", "process:name", kPlain},
    {"linux.process", "exe", "process:image_ref", kPath},
    {"linux.process", "working_directory", "process:cwd", kPlain},
    {"linux.process", "started", "process:created_time", kPlain},
    {"linux.process", "user", "process:creator_user_ref", kUser},
    {"linux.process", "uid", "user-account:user_id", kPlain},
    {"linux.process", "environment", "process:environment_variables", kPlain},
    {"windows.process", "name", "process:name", kPlain},
    {"windows.process", "working_directory", "process:cwd", kPlain},
    {"windows.process", "started", "process:created_time", kPlain},
    {"windows.process", "user", "process:creator_user_ref", kUser},
    {"windows.process", "user_sid", "user-account:user_id", kPlain},
    {"windows.process", "modules", "file", kPath},
    {"windows.prefetch", "executable", "process:name", kPlain},
    {"windows.prefetch", "executable_path", "process:image_ref", kPath},
    {"windows.prefetch", "files", "file", kPath},
    // Network.
    {"linux.socket", "protocol", "network-traffic:protocols", kPlain},
    {"linux.socket", "local_address", "network-traffic:src_ref", kAddress},
    {"linux.socket", "local_port", "network-traffic:src_port", kPort},
    {"linux.socket", "remote_address", "network-traffic:dst_ref", kAddress},
    {"linux.socket", "remote_port", "network-traffic:dst_port", kPort},
    {"linux.socket", "path", "file", kPath},
    {"linux.socket", "pid", "process:pid", kPlain},
    {"linux.socket", "process", "process:name", kPlain},
    {"linux.socket", "user", "process:creator_user_ref", kUser},
    {"linux.resolver", "value", "ipv4-addr:value", kAddress},
    {"linux.route", "gateway", "ipv4-addr:value", kAddress},
    {"linux.neighbour", "address", "ipv4-addr:value", kAddress},
    {"linux.neighbour", "mac_address", "mac-addr:value", kPlain},
    {"linux.interface", "mac_address", "mac-addr:value", kPlain},
    {"windows.neighbour", "mac_address", "mac-addr:value", kPlain},
    {"windows.interface", "mac_address", "mac-addr:value", kPlain},
    {"windows.interface", "name_servers", "ipv4-addr:value", kAddress},
    {"windows.route", "gateway", "ipv4-addr:value", kAddress},
    {"windows.dns_cache", "name", "domain-name:value", kAddress},
    {"windows.dns_cache", "data", "ipv4-addr:value", kAddress},
    {"linux.address", "address", "ipv4-addr:value", kAddress},
    {"windows.network_profile", "gateway_mac", "mac-addr:value", kPlain},
    {"windows.network_profile", "dns_suffix", "domain-name:value", kAddress},
    // What was visited, asked for and let through.
    {"browser.visit", "browser", "process:name", kPlain},
    {"browser.download", "browser", "process:name", kPlain},
    {"browser.download", "mime_type", "file:mime_type", kPlain},
    {"browser.download", "size", "file:size", kPlain},
    {"browser.cached", "browser", "process:name", kPlain},
    {"browser.cached", "size", "file:size", kPlain},
    {"browser.cookie", "browser", "process:name", kPlain},
    {"browser.cookie", "host", "domain-name:value", kAddress},
    {"dns.query", "name", "domain-name:value", kAddress},
    {"dns.query", "answers", "ipv4-addr:value", kAddress},
    {"hosts.entry", "names", "domain-name:value", kAddress},
    {"proxy.request", "destination_address", "ipv4-addr:value", kAddress},
    {"firewall.packet", "uid", "user-account:user_id", kPlain},
    {"firewall.packet", "size", "network-traffic:src_byte_count", kPlain},
    {"windows.srum_network", "user_sid", "user-account:user_id", kPlain},
    {"windows.srum_network", "bytes_sent", "network-traffic:src_byte_count", kPlain},
    {"windows.srum_network", "bytes_received", "network-traffic:dst_byte_count", kPlain},
    {"windows.srum_application", "user_sid", "user-account:user_id", kPlain},
    // Sessions and accounts.
    {"linux.utmp", "user", "user-account:account_login", kUser},
    {"linux.utmp", "host", "network-traffic:src_ref", kAddress},
    {"linux.utmp", "address", "network-traffic:src_ref", kAddress},
    {"linux.lastlog", "host", "network-traffic:src_ref", kAddress},
    {"linux.session", "remote_host", "network-traffic:src_ref", kAddress},
    {"linux.user", "name", "user-account:account_login", kUser},
    {"linux.user", "uid", "user-account:user_id", kPlain},
    {"linux.user", "comment", "user-account:display_name", kPlain},
    {"linux.user", "home", "directory:path", kPlain},
    {"windows.user_profile", "user", "user-account:account_login", kUser},
    {"windows.user_profile", "sid", "user-account:user_id", kPlain},
    {"windows.account_right", "sid", "user-account:user_id", kPlain},
    // What starts by itself.
    {"persistence", "command", "process:command_line", kCommand},
    {"persistence", "target", "file", kPath},
    {"persistence", "target_size", "file:size", kPlain},
    {"persistence", "target_sha256", "file:hashes.SHA-256", kSha256},
    {"persistence", "target_modified", "file:mtime", kPlain},
    {"persistence", "user", "process:creator_user_ref", kUser},
    {"persistence", "location", "windows-registry-key:key", kKey},
    {"persistence", "name", "windows-registry-key:values", kValueName},
    {"linux.cron", "command", "process:command_line", kCommand},
    {"linux.systemd_unit", "commands", "process:command_line", kCommand},
    {"linux.systemd_unit", "name", "process:name", kService},
    {"linux.authorized_key", "command", "process:command_line", kCommand},
    {"windows.service", "key", "windows-registry-key:key", kKey},
    {"windows.service", "name", "process:extensions.windows-service-ext.service_name", kService},
    {"windows.service", "display_name", "process:extensions.windows-service-ext.display_name",
     kService},
    {"windows.service", "image_path", "process:command_line", kCommand},
    {"windows.service", "service_dll", "file", kPath},
    {"windows.service", "target", "process:image_ref", kPath},
    {"windows.service_state", "name", "process:extensions.windows-service-ext.service_name",
     kService},
    {"windows.service_state", "service_dll", "file", kPath},
    {"windows.service_state", "target", "process:image_ref", kPath},
    {"windows.scheduled_task", "name", "process:name", kTask},
    {"windows.scheduled_task", "actions", "process:command_line", kCommand},
    {"windows.registry_value", "key", "windows-registry-key:key", kKey},
    {"windows.registry_value", "value", "windows-registry-key:values", kValueName},
    {"windows.shortcut", "target", "file", kPath},
    {"windows.shortcut", "arguments", "process:command_line", kCommand},
    {"windows.usb_device", "serial", "x-konseki-device:serial_number", kPlain},
    // Programs that were installed.
    {"linux.package", "name", "software:name", kPlain},
    {"linux.package", "version", "software:version", kPlain},
    {"linux.package", "homepage", "url:value", kText},
    // By name, wherever no row above speaks.
    {"", "command_line", "process:command_line", kCommand},
    {"", "command", "process:command_line", kCommand},
    {"", "process", "process:name", kPlain},
    {"", "process_name", "process:name", kPlain},
    {"", "process_path", "process:image_ref", kPath},
    {"", "image", "process:image_ref", kPath},
    {"", "image_path", "process:image_ref", kPath},
    {"", "executable", "process:image_ref", kPath},
    {"", "exe", "process:image_ref", kPath},
    {"", "parent_image", "process#1:image_ref", kPath},
    {"", "parent_command_line", "process#1:command_line", kCommand},
    {"", "pid", "process:pid", kPlain},
    {"", "path", "file", kPath},
    {"", "file", "file", kPath},
    {"", "file_path", "file", kPath},
    {"", "file_name", "file", kPath},
    {"", "target_path", "file", kPath},
    {"", "local_path", "file", kPath},
    {"", "target", "file", kPath},
    {"", "attachment_names", "file", kPath},
    {"", "md5", "file:hashes.MD5", kMd5},
    {"", "sha1", "file:hashes.SHA-1", kSha1},
    {"", "sha256", "file:hashes.SHA-256", kSha256},
    {"", "user", "user-account:account_login", kUser},
    {"", "user_name", "user-account:account_login", kUser},
    {"", "account", "user-account:account_login", kUser},
    {"", "sid", "user-account:user_id", kPlain},
    {"", "domain", "domain-name:value", kAddress},
    {"", "host", "domain-name:value", kAddress},
    {"", "hostname", "domain-name:value", kAddress},
    {"", "query", "domain-name:value", kAddress},
    {"", "address", "ipv4-addr:value", kAddress},
    {"", "ip", "ipv4-addr:value", kAddress},
    {"", "client", "network-traffic:src_ref", kAddress},
    {"", "client_address", "network-traffic:src_ref", kAddress},
    {"", "source_address", "network-traffic:src_ref", kAddress},
    {"", "source_port", "network-traffic:src_port", kPort},
    {"", "local_address", "network-traffic:src_ref", kAddress},
    {"", "local_port", "network-traffic:src_port", kPort},
    {"", "remote_address", "network-traffic:dst_ref", kAddress},
    {"", "remote_host", "network-traffic:dst_ref", kAddress},
    {"", "remote_port", "network-traffic:dst_port", kPort},
    {"", "destination_address", "network-traffic:dst_ref", kAddress},
    {"", "destination_host", "network-traffic:dst_ref", kAddress},
    {"", "destination_port", "network-traffic:dst_port", kPort},
    {"", "protocol", "network-traffic:protocols", kPlain},
    {"", "url", "url:value", kText},
    {"", "referer", "url#1:value", kText},
    {"", "referrer", "url#1:value", kText},
    {"", "user_agent", "network-traffic:extensions.http-request-ext.request_header.User-Agent",
     kUserAgent},
    {"", "method", "network-traffic:extensions.http-request-ext.request_method", kPlain},
    {"", "key", "windows-registry-key:key", kKey},
    {"", "service", "process:extensions.windows-service-ext.service_name", kService},
    {"", "service_name", "process:extensions.windows-service-ext.service_name", kService},
    {"", "task", "process:name", kTask},
    {"", "task_name", "process:name", kTask},
    {"", "mutex", "mutex:name", kMutex},
    {"", "pipe", "file", kPipe},
    {"", "pipe_name", "file", kPipe},
    {"", "from", "email-message:from_ref", kEmail},
    {"", "sender", "email-message:sender_ref", kEmail},
    {"", "to", "email-message:to_refs", kEmail},
    {"", "cc", "email-message:cc_refs", kEmail},
    {"", "bcc", "email-message:bcc_refs", kEmail},
    {"", "reply_to", "email-message:additional_header_fields.Reply-To", kEmail},
    {"", "subject", "email-message:subject", kSubject},
    {"", "message_id", "email-message:message_id", kPlain},
    {"", "body", "email-message:body", kText},
});

constexpr std::array<std::string_view, 19> kUses = {"addresses in it",
                                                    "as it is",
                                                    "name, path, path expressions",
                                                    "host or IP address",
                                                    "port",
                                                    "user account",
                                                    "command line",
                                                    "MD5",
                                                    "SHA-1",
                                                    "SHA-256",
                                                    "registry key",
                                                    "value of the key",
                                                    "service name",
                                                    "task name",
                                                    "mail address",
                                                    "subject",
                                                    "user agent",
                                                    "mutex",
                                                    "named pipe"};

}  // namespace

std::span<const FieldMeaning> field_meanings() { return kMeanings; }

std::vector<const FieldMeaning*> meanings_of(const RecordSchema& schema) {
  std::vector<const FieldMeaning*> out;
  for (const FieldSpec& field : schema.fields) {
    const FieldMeaning* found = nullptr;
    for (const FieldMeaning& each : kMeanings) {
      if (each.field != field.name || (!each.schema.empty() && each.schema != schema.name)) {
        continue;
      }
      found = &each;
      if (!each.schema.empty()) break;
    }
    out.push_back(found);
  }
  return out;
}

std::string field_meanings_markdown() {
  std::string out = "| schema | field | STIX | indicators looked for |\n|---|---|---|---|\n";
  for (const FieldMeaning& each : kMeanings) {
    out += fmt::format("| {} | {} | {} | {} |\n", each.schema.empty() ? "any" : each.schema,
                       each.field, each.object, kUses[static_cast<std::size_t>(each.use)]);
  }
  return out;
}

}  // namespace konseki
