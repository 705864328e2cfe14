#include "collectors/common/logs/log_coverage.h"

#include <array>

#include "collectors/common/logs/log_family.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = 8192;

constexpr auto kFields = std::to_array<FieldSpec>({
    {"kind", FieldType::kText, "What it was read for: dns, proxy, firewall"},
    {"format", FieldType::kText, "How its lines are written: dnsmasq, squid, netfilter, ..."},
    {"family", FieldType::kText, "The log without its number of rotation: what belongs together"},
    {"rotation", FieldType::kText, "Number or date of rotation; absent for the current file"},
    {"first", FieldType::kTime, "Earliest entry", "First Entry In Log"},
    {"last", FieldType::kTime, "Latest entry", "Last Entry In Log"},
    {"lines", FieldType::kUint, "Lines in the file"},
    {"entries", FieldType::kUint, "Lines that were read as an entry of this kind"},
    {"unreadable", FieldType::kUint, "Lines of this kind that could not be read"},
});

}  // namespace

const RecordSchema kLogCoverageSchema{
    "log.coverage", "Which period each log of resolvers, proxies and firewalls covers", kFields};

void LogCoverage::read(const std::optional<Timestamp>& time, std::string_view format) {
  ++entries_;
  if (format_.empty()) format_ = format;
  if (!time) return;
  if (!first_ || *time < *first_) first_ = time;
  if (!last_ || *last_ < *time) last_ = time;
}

void LogCoverage::emit(const Result<void>& damage, LogClock& clock,
                       const RecordEmitter& emit) const {
  Record record(kLogCoverageSchema);
  record.set("kind", std::string(kind_));
  if (!format_.empty()) record.set("format", format_);
  const LogFamily family = log_family(path_);
  record.set("family", family.family);
  if (!family.rotation.empty()) record.set("rotation", family.rotation);
  if (first_) record.set("first", *first_);
  if (last_) record.set("last", *last_);
  record.set("lines", lines_);
  record.set("entries", entries_);
  if (unreadable_ > 0) record.set("unreadable", unreadable_);
  if (!damage) {
    record.status = ParseStatus::kCorrupt;
    record.note = damage.error().detail;
  } else if (clock.unknown_year()) {
    record.status = ParseStatus::kPartial;
    record.note = "the year of its dates is not known";
  } else if (clock.guessed_zone()) {
    record.status = ParseStatus::kPartial;
    record.note = "the host's time zone is not known; its local times are taken for UTC";
  }
  emit(std::move(record));
}

std::string bounded_text(std::string_view text) { return std::string(text.substr(0, kMostText)); }

}  // namespace konseki
