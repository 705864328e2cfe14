#include "agent/match/indicators/cybox_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "agent/base/unicode.h"
#include "agent/match/indicators/xml_document.h"

namespace konseki {
namespace {

constexpr std::array kProperties = std::to_array<CyboxProperty>({
    {"FileObject", "File_Name", {"file:name", FieldKind::kFileName}},
    {"FileObject", "File_Path", {"file", FieldKind::kWholePath}},
    {"FileObject", "Full_Path", {"file", FieldKind::kWholePath}},
    {"FileObject", "File_Extension", {"file:name", FieldKind::kFileName}},
    {"FileObject", "Size_In_Bytes", {"file:size", FieldKind::kNumber}},
    {"FileObject", "Modified_Time", {"file:mtime", FieldKind::kTime}},
    {"FileObject", "Accessed_Time", {"file:atime", FieldKind::kTime}},
    {"FileObject", "Created_Time", {"file:ctime", FieldKind::kTime}},
    {"AddressObject",
     "Address_Value",
     {"ipv4-addr:value", FieldKind::kExact, AtomType::kIpAddress}},
    {"DomainNameObject", "Value", {"domain-name:value", FieldKind::kText, AtomType::kDomain}},
    {"HostnameObject",
     "Hostname_Value",
     {"domain-name:value", FieldKind::kText, AtomType::kDomain}},
    {"URIObject", "Value", {"url:value", FieldKind::kText, AtomType::kUrl}},
    {"LinkObject", "Value", {"url:value", FieldKind::kText, AtomType::kUrl}},
    {"EmailMessageObject",
     "Header/From/Address_Value",
     {"email-message:from_ref.value", FieldKind::kText, AtomType::kEmailAddress}},
    {"EmailMessageObject",
     "Header/Sender/Address_Value",
     {"email-message:sender_ref.value", FieldKind::kText, AtomType::kEmailAddress}},
    {"EmailMessageObject",
     "Header/Reply_To/Address_Value",
     {"email-message:additional_header_fields.'Reply-To'", FieldKind::kText,
      AtomType::kEmailAddress}},
    {"EmailMessageObject", "Header/To/Recipient/Address_Value", {"email-message:to_refs[*].value"}},
    {"EmailMessageObject", "Header/CC/Recipient/Address_Value", {"email-message:cc_refs[*].value"}},
    {"EmailMessageObject",
     "Header/Subject",
     {"email-message:subject", FieldKind::kText, AtomType::kEmailSubject}},
    {"EmailMessageObject", "Header/Message_ID", {"email-message:message_id"}},
    {"EmailMessageObject", "Header/Date", {"email-message:date", FieldKind::kTime}},
    {"EmailMessageObject",
     "Header/X_Mailer",
     {"email-message:additional_header_fields.'X-Mailer'"}},
    {"EmailMessageObject",
     "Header/User_Agent",
     {"email-message:additional_header_fields.'User-Agent'"}},
    {"EmailMessageObject",
     "Header/X_Originating_IP/Address_Value",
     {"email-message:additional_header_fields.'X-Originating-IP'", FieldKind::kText,
      AtomType::kIpAddress}},
    {"EmailMessageObject", "Raw_Body", {"email-message:body"}},
    {"WinRegistryKeyObject",
     "Key",
     {"windows-registry-key:key", FieldKind::kText, AtomType::kRegistryKey}},
    {"WinRegistryKeyObject", "Values/Value/Name", {"windows-registry-key:values[*].name"}},
    {"WinRegistryKeyObject", "Values/Value/Data", {"windows-registry-key:values[*].data"}},
    {"MutexObject", "Name", {"mutex:name", FieldKind::kText, AtomType::kMutex}},
    {"PipeObject", "Name", {"", FieldKind::kText, AtomType::kNamedPipe}},
    {"ProcessObject", "Name", {"process:image_ref.name", FieldKind::kFileName}},
    {"ProcessObject", "PID", {"process:pid", FieldKind::kNumber}},
    {"ProcessObject", "Username", {"process:creator_user_ref.account_login"}},
    {"ProcessObject",
     "Image_Info/Command_Line",
     {"process:command_line", FieldKind::kText, AtomType::kCommandLine}},
    {"ProcessObject", "Image_Info/File_Name", {"process:image_ref.name", FieldKind::kFileName}},
    {"ProcessObject", "Image_Info/Path", {"file", FieldKind::kWholePath}},
    {"ProcessObject",
     "Argument_List/Argument",
     {"process:command_line", FieldKind::kText, AtomType::kCommandLine}},
    {"WinServiceObject",
     "Service_Name",
     {"process:extensions.'windows-service-ext'.service_name", FieldKind::kText,
      AtomType::kServiceName}},
    {"WinServiceObject", "Display_Name", {"process:extensions.'windows-service-ext'.display_name"}},
    {"WinServiceObject", "Service_DLL", {"file", FieldKind::kWholePath}},
    {"WinServiceObject",
     "Startup_Command_Line",
     {"process:command_line", FieldKind::kText, AtomType::kCommandLine}},
    {"WinTaskObject", "Name", {"", FieldKind::kText, AtomType::kTaskName}},
    {"PortObject", "Port_Value", {"network-traffic:dst_port", FieldKind::kNumber}},
    {"SocketAddressObject",
     "IP_Address/Address_Value",
     {"network-traffic:dst_ref.value", FieldKind::kExact, AtomType::kIpAddress}},
    {"SocketAddressObject",
     "Hostname/Hostname_Value",
     {"network-traffic:dst_ref.value", FieldKind::kText, AtomType::kDomain}},
    {"SocketAddressObject", "Port/Port_Value", {"network-traffic:dst_port", FieldKind::kNumber}},
    {"NetworkConnectionObject",
     "Destination_Socket_Address/IP_Address/Address_Value",
     {"network-traffic:dst_ref.value", FieldKind::kExact, AtomType::kIpAddress}},
    {"NetworkConnectionObject",
     "Destination_Socket_Address/Hostname/Hostname_Value",
     {"network-traffic:dst_ref.value", FieldKind::kText, AtomType::kDomain}},
    {"NetworkConnectionObject",
     "Destination_Socket_Address/Port/Port_Value",
     {"network-traffic:dst_port", FieldKind::kNumber}},
    {"NetworkConnectionObject",
     "Source_Socket_Address/IP_Address/Address_Value",
     {"network-traffic:src_ref.value", FieldKind::kExact}},
    {"NetworkConnectionObject",
     "Source_Socket_Address/Hostname/Hostname_Value",
     {"network-traffic:src_ref.value"}},
    {"NetworkConnectionObject",
     "Source_Socket_Address/Port/Port_Value",
     {"network-traffic:src_port", FieldKind::kNumber}},
    {"NetworkConnectionObject", "Layer4_Protocol", {"network-traffic:protocols[*]"}},
    {"NetworkSocketObject",
     "Remote_Address/IP_Address/Address_Value",
     {"network-traffic:dst_ref.value", FieldKind::kExact, AtomType::kIpAddress}},
    {"NetworkSocketObject",
     "Remote_Address/Hostname/Hostname_Value",
     {"network-traffic:dst_ref.value", FieldKind::kText, AtomType::kDomain}},
    {"NetworkSocketObject",
     "Remote_Address/Port/Port_Value",
     {"network-traffic:dst_port", FieldKind::kNumber}},
    {"NetworkSocketObject",
     "Local_Address/IP_Address/Address_Value",
     {"network-traffic:src_ref.value", FieldKind::kExact}},
    {"NetworkSocketObject",
     "Local_Address/Hostname/Hostname_Value",
     {"network-traffic:src_ref.value"}},
    {"NetworkSocketObject",
     "Local_Address/Port/Port_Value",
     {"network-traffic:src_port", FieldKind::kNumber}},
    {"NetworkSocketObject", "Protocol", {"network-traffic:protocols[*]"}},
    {"HTTPSessionObject",
     "HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Header/Parsed_Header/User_Agent",
     {"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", FieldKind::kText,
      AtomType::kUserAgent}},
    {"HTTPSessionObject",
     "HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Header/Parsed_Header/Host/Domain_Name/"
     "Value",
     {"network-traffic:extensions.'http-request-ext'.request_header.Host", FieldKind::kText,
      AtomType::kDomain}},
    {"HTTPSessionObject",
     "HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Header/Parsed_Header/Referer/Value",
     {"network-traffic:extensions.'http-request-ext'.request_header.Referer"}},
    {"HTTPSessionObject",
     "HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Line/HTTP_Method",
     {"network-traffic:extensions.'http-request-ext'.request_method"}},
    {"HTTPSessionObject",
     "HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Line/Value",
     {"network-traffic:extensions.'http-request-ext'.request_value"}},
    {"NetworkConnectionObject",
     "Layer7_Connections/HTTP_Session/HTTP_Request_Response/HTTP_Client_Request/"
     "HTTP_Request_Header/Parsed_Header/User_Agent",
     {"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", FieldKind::kText,
      AtomType::kUserAgent}},
    {"NetworkConnectionObject",
     "Layer7_Connections/HTTP_Session/HTTP_Request_Response/HTTP_Client_Request/"
     "HTTP_Request_Header/Parsed_Header/Host/Domain_Name/Value",
     {"network-traffic:extensions.'http-request-ext'.request_header.Host", FieldKind::kText,
      AtomType::kDomain}},
    {"NetworkConnectionObject",
     "Layer7_Connections/HTTP_Session/HTTP_Request_Response/HTTP_Client_Request/"
     "HTTP_Request_Header/Parsed_Header/Referer/Value",
     {"network-traffic:extensions.'http-request-ext'.request_header.Referer"}},
    {"NetworkConnectionObject",
     "Layer7_Connections/HTTP_Session/HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Line/"
     "HTTP_Method",
     {"network-traffic:extensions.'http-request-ext'.request_method"}},
    {"NetworkConnectionObject",
     "Layer7_Connections/HTTP_Session/HTTP_Request_Response/HTTP_Client_Request/HTTP_Request_Line/"
     "Value",
     {"network-traffic:extensions.'http-request-ext'.request_value"}},
    {"X509CertificateObject", "Certificate/Subject", {"x509-certificate:subject"}},
    {"X509CertificateObject", "Certificate/Issuer", {"x509-certificate:issuer"}},
    {"X509CertificateObject", "Certificate/Serial_Number", {"x509-certificate:serial_number"}},
    {"UserAccountObject",
     "Username",
     {"user-account:account_login", FieldKind::kText, AtomType::kUserAccount}},
    {"UserAccountObject", "Full_Name", {"user-account:display_name"}},
    {"AccountObject",
     "Username",
     {"user-account:account_login", FieldKind::kText, AtomType::kUserAccount}},
    {"AccountObject", "Full_Name", {"user-account:display_name"}},
    {"DNSQueryObject",
     "Question/QName/Value",
     {"domain-name:value", FieldKind::kText, AtomType::kDomain}},
    {"DNSRecordObject",
     "Domain_Name/Value",
     {"domain-name:value", FieldKind::kText, AtomType::kDomain}},
    {"DNSRecordObject",
     "IP_Address/Address_Value",
     {"ipv4-addr:value", FieldKind::kExact, AtomType::kIpAddress}},
});

// Objects that extend another one and hold its properties.
constexpr std::array<std::array<std::string_view, 2>, 12> kExtensions = {{
    {"WinFileObject", "FileObject"},
    {"WinExecutableFileObject", "FileObject"},
    {"UnixFileObject", "FileObject"},
    {"PDFFileObject", "FileObject"},
    {"ImageFileObject", "FileObject"},
    {"ArchiveFileObject", "FileObject"},
    {"WinProcessObject", "ProcessObject"},
    {"UnixProcessObject", "ProcessObject"},
    {"WinMutexObject", "MutexObject"},
    {"WinPipeObject", "PipeObject"},
    {"UnixPipeObject", "PipeObject"},
    {"WinUserAccountObject", "UserAccountObject"},
}};

constexpr int kMaxReferences = 4;
constexpr std::string_view kComma = "##comma##";

// "FileObject", from the namespace of xsi:type, or from its name where the prefix is not declared.
std::string object_of(const pugi::xml_node& properties) {
  std::string_view type;
  for (const pugi::xml_attribute& attribute : properties.attributes()) {
    const std::string_view name = attribute.name();
    if (name.ends_with(":type")) type = attribute.value();
  }
  const std::size_t colon = type.find(':');
  std::string object;
  if (colon != std::string_view::npos) {
    const std::string uri = namespace_of_prefix(properties, type.substr(0, colon));
    const std::size_t hash = uri.find('#');
    if (hash != std::string::npos) object = uri.substr(hash + 1, uri.rfind('-') - hash - 1);
    type.remove_prefix(colon + 1);
  }
  if (object.empty() && type.ends_with("Type")) object = type.substr(0, type.size() - 4);
  for (const auto& [extended, base] : kExtensions) {
    if (object == extended) return std::string(base);
  }
  return object;
}

const Field* field_of(std::string_view object, std::string_view element) {
  for (const CyboxProperty& each : kProperties) {
    if (each.object == object && each.element == element) return &each.field;
  }
  return nullptr;
}

PatternNode joined(PatternNode::Kind kind, std::vector<PatternNode> children) {
  if (children.size() == 1) return std::move(children[0]);
  PatternNode out;
  out.kind = kind;
  out.children = std::move(children);
  return out;
}

std::vector<std::string> values_of(const pugi::xml_node& element) {
  std::string_view delimiter = attribute_of(element, "delimiter");
  if (delimiter.empty()) delimiter = kComma;
  const std::string text = text_of_node(element);
  std::vector<std::string> out;
  std::size_t from = 0;
  for (;;) {
    const std::size_t to = std::min(text.find(delimiter, from), text.size());
    std::string value = text.substr(from, to - from);
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (first != std::string::npos) {
      out.push_back(value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1));
    }
    if (to == text.size()) return out;
    from = to + delimiter.size();
  }
}

struct ConditionRow {
  std::string_view word;
  FieldCondition condition;
  bool negated;
};

constexpr std::array kConditions = std::to_array<ConditionRow>({
    {"Equals", FieldCondition::kIs, false},
    {"DoesNotEqual", FieldCondition::kIs, true},
    {"Contains", FieldCondition::kContains, false},
    {"DoesNotContain", FieldCondition::kContains, true},
    {"StartsWith", FieldCondition::kStartsWith, false},
    {"EndsWith", FieldCondition::kEndsWith, false},
    {"GreaterThan", FieldCondition::kGreater, false},
    {"GreaterThanOrEqual", FieldCondition::kGreaterEqual, false},
    {"LessThan", FieldCondition::kLess, false},
    {"LessThanOrEqual", FieldCondition::kLessEqual, false},
    {"FitsPattern", FieldCondition::kMatches, false},
});

tl::unexpected<Error> no_condition(std::string_view word) {
  return fail(ErrorCode::kUnsupported, std::string(word),
              {"this CybOX condition is not applied", "この CybOX の条件は適用しません"});
}

// InclusiveBetween and ExclusiveBetween: two values.
Result<PatternNode> between(const Field& field, std::string_view word,
                            const std::vector<std::string>& values) {
  if (values.size() != 2) return no_condition(word);
  const bool inclusive = word == "InclusiveBetween";
  KONSEKI_ASSIGN(
      PatternNode low,
      field_node(field, {inclusive ? FieldCondition::kGreaterEqual : FieldCondition::kGreater},
                 values[0]));
  KONSEKI_ASSIGN(PatternNode high,
                 field_node(field, {inclusive ? FieldCondition::kLessEqual : FieldCondition::kLess},
                            values[1]));
  std::vector<PatternNode> both;
  both.push_back(std::move(low));
  both.push_back(std::move(high));
  return joined(PatternNode::Kind::kAnd, std::move(both));
}

Result<PatternNode> element_node(const Field& field, const pugi::xml_node& element,
                                 std::string_view name) {
  std::string_view word = attribute_of(element, "condition");
  if (word.empty()) word = "Equals";
  const std::vector<std::string> values = values_of(element);
  if (word.ends_with("Between")) return between(field, word, values);
  const auto* const row = std::find_if(kConditions.begin(), kConditions.end(),
                                       [&](const ConditionRow& each) { return each.word == word; });
  if (row == kConditions.end()) return no_condition(word);
  FieldTest test{row->condition, row->negated,
                 attribute_of(element, "is_case_sensitive") == "true"};
  const std::string_view apply = attribute_of(element, "apply_condition");
  if (apply == "NONE") test.negated = !test.negated;
  const bool is_extension = name == "File_Extension";
  if (is_extension && test.condition == FieldCondition::kIs) {
    test.condition = FieldCondition::kEndsWith;
  }
  std::vector<PatternNode> nodes;
  for (const std::string& value : values) {
    const bool dot = is_extension && !value.starts_with('.');
    KONSEKI_ASSIGN(PatternNode node, field_node(field, test, dot ? "." + value : value));
    nodes.push_back(std::move(node));
  }
  if (nodes.empty()) {
    return fail(ErrorCode::kInvalidArgument, std::string(name),
                {"the value is empty", "値が空です"});
  }
  const bool all = apply == "ALL" || apply == "NONE" || row->negated;
  return joined(all ? PatternNode::Kind::kAnd : PatternNode::Kind::kOr, std::move(nodes));
}

// Address_Value by its category; an address without one is IPv4 unless it looks otherwise.
Field address_field(const pugi::xml_node& address, const Field& field) {
  const std::string_view category = attribute_of(address, "category");
  const bool is_own_object = field.path == "ipv4-addr:value";
  if (category == "e-mail") {
    return {is_own_object ? "email-addr:value" : field.path, FieldKind::kText,
            AtomType::kEmailAddress};
  }
  if (category == "mac") return {"mac-addr:value", FieldKind::kText};
  const std::string text = child_text(address, "Address_Value");
  if (is_own_object && text.find('@') != std::string::npos) {
    return {"email-addr:value", FieldKind::kText, AtomType::kEmailAddress};
  }
  if (is_own_object && (category.starts_with("ipv6") || text.find(':') != std::string::npos)) {
    return {"ipv6-addr:value", FieldKind::kExact, AtomType::kIpAddress};
  }
  return field;
}

Result<PatternNode> hash_node(const pugi::xml_node& hash) {
  struct Kind {
    std::size_t digits;
    Field field;
  };
  static constexpr std::array<Kind, 4> kKinds{
      {{32, {"file:hashes.MD5", FieldKind::kExact, AtomType::kMd5}},
       {40, {"file:hashes.'SHA-1'", FieldKind::kExact, AtomType::kSha1}},
       {64, {"file:hashes.'SHA-256'", FieldKind::kExact, AtomType::kSha256}},
       {128, {"file:hashes.'SHA-512'", FieldKind::kExact, AtomType::kSha512}}}};
  const pugi::xml_node value = child_of(hash, "Simple_Hash_Value");
  const std::vector<std::string> values = values_of(value);
  const std::string type = child_text(hash, "Type");
  if (values.empty()) {
    return fail(ErrorCode::kUnsupported, type.empty() ? "Hash" : type,
                {"digests of this kind are not computed", "この種類のハッシュ値は計算しません"});
  }
  for (const Kind& kind : kKinds) {
    if (values[0].size() == kind.digits) return element_node(kind.field, value, "Hash");
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} {}", type, values[0].substr(0, 80)),
              {"This is no digest of a known kind.", "既知の種類のハッシュ値ではありません。"});
}

class ObjectReader {
 public:
  ObjectReader(const CyboxLookup& lookup, int references)
      : lookup_(lookup), references_(references) {}

  Result<PatternNode> read(const pugi::xml_node& properties) {
    object_ = object_of(properties);
    KONSEKI_TRY(walk(properties, {}, 0));
    if (!hashes_.empty()) {  // the name of a file whose digest is known only describes it
      return joined(PatternNode::Kind::kOr, std::move(hashes_));
    }
    if (nodes_.empty()) {
      return fail(ErrorCode::kUnsupported, object_,
                  {"CybOX objects of this type, or without a property to look for, are not applied",
                   "この型の CybOX オブジェクト、または照合できる項目のないものは適用しません"});
    }
    return joined(PatternNode::Kind::kAnd, std::move(nodes_));
  }

 private:
  Result<void> walk(const pugi::xml_node& parent, const std::string& path, int depth) {
    if (depth > 16) return {};
    for (const pugi::xml_node& child : parent.children()) {
      if (child.type() != pugi::node_element) continue;
      const std::string_view name = local_name(child.name());
      const std::string place = path.empty() ? std::string(name) : path + "/" + std::string(name);
      if (name == "Hash") {
        auto node = hash_node(child);
        if (node) {
          hashes_.push_back(*std::move(node));
        } else if (node.error().code == ErrorCode::kInvalidArgument) {
          return fail(node.error());
        }
        continue;
      }
      if (const std::string_view id = attribute_of(child, "object_reference"); !id.empty()) {
        KONSEKI_TRY(follow(id));
        continue;
      }
      KONSEKI_TRY(use(child, name, place));
      KONSEKI_TRY(walk(child, place, depth + 1));
    }
    return {};
  }

  Result<void> use(const pugi::xml_node& element, std::string_view name, const std::string& place) {
    if (text_of_node(element).empty()) return {};
    const Field* found = field_of(object_, place);
    if (found == nullptr) {
      // Hive is read with Key; a property without a condition only describes.
      if (name == "Hive" || attribute_of(element, "condition").empty()) return {};
      return fail(ErrorCode::kUnsupported, fmt::format("{}/{}", object_, place),
                  {"a condition on this CybOX property is not applied",
                   "この CybOX の項目に対する条件は適用しません"});
    }
    Field field = *found;
    if (name == "Address_Value") field = address_field(element.parent(), field);
    if (object_ == "URIObject" && attribute_of(element.parent(), "type") == "Domain Name") {
      field = {"domain-name:value", FieldKind::kText, AtomType::kDomain};
    }
    if (object_ == "WinRegistryKeyObject" && name == "Key") return use_key(field, element);
    KONSEKI_ASSIGN(PatternNode node, element_node(field, element, name));
    nodes_.push_back(std::move(node));
    return {};
  }

  // Hive and key stand apart; a condition other than Equals is on the part behind the hive.
  Result<void> use_key(const Field& field, const pugi::xml_node& element) {
    const std::string hive = child_text(element.parent(), "Hive");
    const std::string_view condition = attribute_of(element, "condition");
    if (hive.empty() || (condition != "Equals" && !condition.empty())) {
      KONSEKI_ASSIGN(PatternNode node, element_node(field, element, "Key"));
      nodes_.push_back(std::move(node));
      return {};
    }
    std::vector<PatternNode> nodes;
    for (const std::string& key : values_of(element)) {
      const bool is_whole = fold_case(key).starts_with(fold_case(hive));
      KONSEKI_ASSIGN(const Atom whole,
                     make_atom(AtomType::kRegistryKey, is_whole ? key : hive + "\\" + key));
      KONSEKI_ASSIGN(PatternNode node, field_node(field, {}, whole.value));
      nodes.push_back(std::move(node));
    }
    nodes_.push_back(joined(PatternNode::Kind::kOr, std::move(nodes)));
    return {};
  }

  // An attachment or link of a mail.
  Result<void> follow(std::string_view id) {
    const pugi::xml_node object = lookup_(id);
    const pugi::xml_node properties = child_of(object, "Properties");
    if (!properties || references_ >= kMaxReferences) {
      return fail(
          ErrorCode::kNotFound, std::string(id),
          {"an object that this one refers to is missing", "参照先のオブジェクトがありません"});
    }
    ObjectReader other(lookup_, references_ + 1);
    KONSEKI_ASSIGN(PatternNode node, other.read(properties));
    nodes_.push_back(std::move(node));
    return {};
  }

  const CyboxLookup& lookup_;
  int references_;
  std::string object_;
  std::vector<PatternNode> nodes_;
  std::vector<PatternNode> hashes_;
};

}  // namespace

std::span<const CyboxProperty> cybox_properties() { return kProperties; }

Result<PatternNode> cybox_node(const pugi::xml_node& properties, const CyboxLookup& lookup) {
  ObjectReader reader(lookup, 0);
  return reader.read(properties);
}

}  // namespace konseki
