#include "agent/match/indicators/misp_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/match/indicators/pattern_text.h"

namespace konseki {
namespace {

struct TypeRow {
  std::string_view name;
  AtomType type;
};

constexpr std::array kTypes = std::to_array<TypeRow>({
    {"md5", AtomType::kMd5},
    {"sha1", AtomType::kSha1},
    {"sha256", AtomType::kSha256},
    {"sha512", AtomType::kSha512},
    {"imphash", AtomType::kImphash},
    {"filename", AtomType::kFileName},
    {"email-attachment", AtomType::kFileName},
    {"domain", AtomType::kDomain},
    {"hostname", AtomType::kDomain},
    {"ip-src", AtomType::kIpAddress},
    {"ip-dst", AtomType::kIpAddress},
    {"url", AtomType::kUrl},
    {"link", AtomType::kUrl},
    {"email", AtomType::kEmailAddress},
    {"email-src", AtomType::kEmailAddress},
    {"email-dst", AtomType::kEmailAddress},
    {"email-reply-to", AtomType::kEmailAddress},
    {"dns-soa-email", AtomType::kEmailAddress},
    {"whois-registrant-email", AtomType::kEmailAddress},
    {"email-subject", AtomType::kEmailSubject},
    {"regkey", AtomType::kRegistryKey},
    {"mutex", AtomType::kMutex},
    {"named pipe", AtomType::kNamedPipe},
    {"windows-service-name", AtomType::kServiceName},
    {"windows-service-displayname", AtomType::kServiceName},
    {"windows-scheduled-task", AtomType::kTaskName},
    {"user-agent", AtomType::kUserAgent},
    {"x509-fingerprint-md5", AtomType::kCertificate},
    {"x509-fingerprint-sha1", AtomType::kCertificate},
    {"x509-fingerprint-sha256", AtomType::kCertificate},
    // A wallet stands on the command line or in the settings of a miner.
    {"btc", AtomType::kCommandLine},
    {"xmr", AtomType::kCommandLine},
});

// Kinds of things that are known to MISP and that no evidence of a host shows, with the reason.
struct RefusedRow {
  std::string_view names;  // between bars
  std::string_view en;
  std::string_view ja;
};

constexpr std::array kRefused = std::to_array<RefusedRow>({
    {"|ssdeep|tlsh|impfuzzy|cdhash|vhash|telfhash|pehash|authentihash|sha224|sha384|sha512/224|"
     "sha512/256|sha3-224|sha3-256|sha3-384|sha3-512|filename|ssdeep|",
     "digests of this kind are not computed", "この種類のハッシュ値は計算しません"},
    {"|snort|bro|zeek|sigma|kusto-query|pattern-in-traffic|pattern-in-memory|pattern-in-file|"
     "filename-pattern|",
     "rules and patterns of this kind are not applied here",
     "この種類のルール・パターンはここでは適用しません"},
    {"|ja3-fingerprint-md5|ja4|jarm-fingerprint|hassh-md5|hasshserver-md5|favicon-mmh3|mac-address|"
     "mac-eui-64|AS|port|community-id|http-method|cookie|dkim|dkim-signature|email-mime-boundary|"
     "email-thread-index|email-header|dom-hash|",
     "this cannot be seen on a host by itself", "端末上の証拠だけでは照合できない種類です"},
});

struct FieldRow {
  std::string_view name;
  std::string_view path;
};

constexpr std::array kFields = std::to_array<FieldRow>({
    {"email-message-id", "email-message:message_id"},
    {"email-x-mailer", "email-message:additional_header_fields.'X-Mailer'"},
    {"email-src-display-name", "email-message:from_ref.display_name"},
    {"email-dst-display-name", "email-message:to_refs[*].display_name"},
    {"pdb", "file:extensions.'windows-pebinary-ext'.x_pdb"},
    {"mime-type", "file:mime_type"},
});

Result<MispTarget> one(AtomType type, std::string_view value) {
  KONSEKI_ASSIGN(Atom atom, make_atom(type, value));
  MispTarget out;
  out.atoms.push_back(std::move(atom));
  return out;
}

// "a|b" of a composite type.
Result<MispTarget> composite(std::string_view first, std::string_view second,
                             std::string_view value) {
  const std::size_t bar = value.rfind('|');
  if (bar == std::string_view::npos) {
    return fail(ErrorCode::kInvalidArgument, std::string(value.substr(0, 80)),
                {"a value of a composite type needs two parts, a|b",
                 "複合型の値には a|b の 2 つの部分が必要です"});
  }
  const std::string_view a = value.substr(0, bar);
  const std::string_view b = value.substr(bar + 1);
  if (first == "filename") return misp_target(second, b);  // the digest says all
  if (second == "port") {
    KONSEKI_ASSIGN(MispTarget out, misp_target(first, a));
    KONSEKI_ASSIGN(const Atom with_port,
                   make_atom(AtomType::kIpAddress, "192.0.2.1:" + std::string(b)));
    out.atoms[0].port = with_port.port;
    return out;
  }
  if (first == "regkey") {
    KONSEKI_ASSIGN(const Atom key, make_atom(AtomType::kRegistryKey, a));
    MispTarget out;
    out.pattern = fmt::format(
        "[windows-registry-key:key MATCHES {} AND windows-registry-key:values[*].data = {}]",
        quoted_text("(?i)^" + regex_of_text(key.value) + "$"), quoted_text(b));
    return out;
  }
  KONSEKI_ASSIGN(MispTarget out, misp_target(first, a));
  KONSEKI_ASSIGN(MispTarget more, misp_target(second == "ip" ? "ip-dst" : second, b));
  out.atoms.insert(out.atoms.end(), more.atoms.begin(), more.atoms.end());
  return out;
}

}  // namespace

std::optional<AtomType> misp_atom_type(std::string_view type) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const TypeRow& row) { return row.name == type; });
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

bool is_misp_detection_type(std::string_view type) {
  if (type == "link" || type == "email-dst" || type == "whois-registrant-email") return false;
  return misp_atom_type(type).has_value() || type.find('|') != std::string_view::npos ||
         type == "malware-sample" || type == "yara" || type == "stix2-pattern" || type == "uri";
}

Result<MispTarget> misp_target(std::string_view type, std::string_view value) {
  MispTarget out;
  if (type == "yara") {
    out.yara = value;
    return out;
  }
  if (type == "stix2-pattern") {
    out.pattern = value;
    return out;
  }
  if (type == "uri") {
    out.pattern = fmt::format("[url:value MATCHES {}]",
                              quoted_text("(?i)" + regex_of_text(value) + "($|[?#])"));
    return out;
  }
  if (type == "email-body") {
    out.pattern = fmt::format("[email-message:body MATCHES {}]", quoted_text(regex_of_text(value)));
    return out;
  }
  for (const FieldRow& row : kFields) {
    if (row.name != type) continue;
    out.pattern = fmt::format("[{} = {}]", row.path, quoted_text(value));
    return out;
  }
  if (const auto atom = misp_atom_type(type)) return one(*atom, value);
  if (type == "malware-sample") return composite("filename", "md5", value);
  for (const RefusedRow& row : kRefused) {
    if (row.names.find(fmt::format("|{}|", type)) == std::string_view::npos) continue;
    return fail(ErrorCode::kUnsupported, std::string(type),
                {std::string(row.en), std::string(row.ja)});
  }
  if (const std::size_t bar = type.find('|'); bar != std::string_view::npos) {
    return composite(type.substr(0, bar), type.substr(bar + 1), value);
  }
  return fail(ErrorCode::kUnsupported, std::string(type),
              {"attributes of this type are not looked for", "この型の属性は照合しません"});
}

}  // namespace konseki
