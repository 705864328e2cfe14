// web.access_log: what visitors asked of web servers, and which period each log covers.
#include "konseki/collector.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "collectors/common/logs/log_family.h"
#include "collectors/web/access_log/access_log_file.h"
#include "collectors/web/access_log/schema.h"

namespace konseki {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// By the names that servers and packages give to access logs; content has the last word.
bool is_named_like_access_log(std::string_view path) {
  const std::string whole = lower(path);
  std::string_view name = whole;
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    name.remove_prefix(slash + 1);
  }
  if (name.find("error") != std::string_view::npos) return false;
  const bool log_like = name.find(".log") != std::string_view::npos ||
                        name.find("_log") != std::string_view::npos || name.ends_with(".txt") ||
                        name.find(".json") != std::string_view::npos || name.ends_with(".gz") ||
                        name.ends_with(".bz2") || name.ends_with(".xz") || name.ends_with(".zst") ||
                        name.ends_with("access");
  if (log_like && (name.find("access") != std::string_view::npos ||
                   name.find("ssl_request") != std::string_view::npos)) {
    return true;
  }
  // IIS: u_exYYMMDD.log and its relatives (u_in, u_nc; ex of older versions).
  for (const std::string_view start : {"u_ex", "u_in", "u_nc", "u_extend", "ex", "in", "nc"}) {
    if (name.starts_with(start) && name.size() > start.size() && is_digit(name[start.size()]) &&
        name.ends_with(".log") && whole.find("logfiles") != std::string::npos) {
      return true;
    }
  }
  return false;
}

class WebAccessLogCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kWebAccessSchema, &kWebAccessLogSchema};
    static const CollectorInfo kInfo{
        "web.access_log",
        OperatingSystem::kUnknown,
        Volatility::kFile,
        false,
        kSchemas,
        {"Requests in the access logs of nginx, Apache, IIS and Tomcat",
         "nginx・Apache・IIS・Tomcat のアクセスログに残るリクエスト"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    families_.clear();
    for (const WebSite& site : context.host.web_sites) {
      for (const WebSite::Log& log : site.access_logs) {
        auto& formats = families_[lower(log.path)];
        if (log.format.empty()) continue;
        AccessFormat format = site.server == "nginx" ? AccessFormat::nginx(log.format)
                                                     : AccessFormat::apache(log.format);
        if (format.useful()) formats.push_back({log.format, std::move(format)});
      }
    }
  }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type != FileType::kRegular ||
        is_proxy_access_log(file.path)) {
      return false;
    }
    return is_named_like_access_log(file.path) || configured(file.path) != nullptr;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    static const std::vector<ConfiguredFormat> kNone;
    const auto* formats = configured(file.path);
    return parse_access_log(content, file.path, formats ? *formats : kNone, emit);
  }

 private:
  const std::vector<ConfiguredFormat>* configured(std::string_view path) const {
    if (families_.empty()) return nullptr;
    const std::string whole = lower(path);
    auto found = families_.find(whole);
    if (found == families_.end()) found = families_.find(log_family(whole).family);
    return found == families_.end() ? nullptr : &found->second;
  }

  // Access logs that configuration names, by family, in lower case.
  std::map<std::string, std::vector<ConfiguredFormat>> families_;
};

}  // namespace

std::unique_ptr<Collector> make_web_access_log() {
  return std::make_unique<WebAccessLogCollector>();
}

}  // namespace konseki
