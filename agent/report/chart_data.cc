#include "agent/report/chart_data.h"

#include <algorithm>
#include <array>
#include <limits>

#include "agent/base/json_writer.h"
#include "agent/report/record_tables.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

constexpr std::int64_t kFirstDay = 7305;  // 1990-01-01
constexpr std::int64_t kLastDay = kFirstDay + 366 * 100;
constexpr std::int64_t kHourlyDays = 90;
constexpr std::size_t kSchemaLanes = 12;

struct FileLane {
  FileField field;
  std::string_view en;
  std::string_view ja;
};
constexpr auto kFileLanes = std::to_array<FileLane>({
    {FileField::kModified, "File content modified", "ファイル内容の更新"},
    {FileField::kChanged, "File metadata changed", "ファイル属性の変更"},
    {FileField::kCreated, "File created", "ファイルの作成"},
    {FileField::kAccessed, "File accessed", "ファイルへのアクセス"},
    {FileField::kDeleted, "File deleted", "ファイルの削除"},
});

void count(std::uint32_t& bin, std::uint64_t add = 1) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  bin = static_cast<std::uint32_t>(std::min(kMost, bin + add));
}

void write_bins(JsonWriter& json, const std::vector<std::uint32_t>& bins, std::size_t from) {
  json.begin_array();
  std::size_t before = from;
  for (std::size_t i = from; i < bins.size(); ++i) {
    if (bins[i] == 0) continue;
    json.number(std::uint64_t{i - before});
    json.number(std::uint64_t{bins[i]});
    before = i;
  }
  json.end_array();
}

// Days before the first event of any lane, which the page need not know.
std::size_t empty_days(const ChartData& data) {
  std::size_t first = data.lanes.empty() ? 0 : data.lanes.front().days.size();
  for (const ChartLane& lane : data.lanes) {
    for (std::size_t i = 0; i < first; ++i) {
      if (lane.days[i] != 0) first = i;
    }
  }
  return first;
}

}  // namespace

ChartBuilder::ChartBuilder(const Timestamp& end) {
  const std::int64_t last = std::clamp(day_of(end) + 1, kFirstDay + kHourlyDays, kLastDay);
  data_.first_day = kFirstDay;
  data_.first_hour = (last + 1 - kHourlyDays) * 24;
  days_ = static_cast<std::size_t>(last + 1 - kFirstDay);
  for (const FileLane& kind : kFileLanes) {
    files_.push_back(lane({std::string(kind.en), std::string(kind.ja)}));
  }
  rest_ = lane({"Other records", "その他のレコード"});
}

ChartLane ChartBuilder::lane(Bilingual name) const {
  ChartLane lane;
  lane.name = std::move(name);
  lane.days.resize(days_);
  lane.hours.resize(static_cast<std::size_t>(kHourlyDays) * 24);
  return lane;
}

void ChartBuilder::add(ChartLane& lane, const Timestamp& time) {
  const std::int64_t day = day_of(time) - data_.first_day;
  if (day < 0 || day >= static_cast<std::int64_t>(days_)) {
    ++data_.outside;
    return;
  }
  ++data_.events;
  ++lane.events;
  count(lane.days[static_cast<std::size_t>(day)]);
  const std::int64_t hour = time.seconds / 3600 - data_.first_hour;
  if (hour >= 0) count(lane.hours.at(static_cast<std::size_t>(hour)));
}

void ChartBuilder::merge(ChartLane& into, const ChartLane& from) {
  for (std::size_t i = 0; i < into.days.size(); ++i) count(into.days[i], from.days[i]);
  for (std::size_t i = 0; i < into.hours.size(); ++i) count(into.hours[i], from.hours[i]);
  into.events += from.events;
}

void ChartBuilder::add_file_time(FileField field, const Timestamp& time) {
  for (std::size_t i = 0; i < kFileLanes.size(); ++i) {
    if (kFileLanes[i].field == field) add(files_[i], time);
  }
}

void ChartBuilder::begin_schema(std::string_view schema) {
  const RecordTable* table = find_record_table(schema);
  schema_ = lane(table ? Bilingual{std::string(table->en), std::string(table->ja)}
                       : Bilingual{std::string(schema), std::string(schema)});
}

// Lanes are kept for the busiest schemas seen so far only, so that any number of them fits.
void ChartBuilder::end_schema() {
  if (schema_.events == 0) return;
  const auto busier = [](const ChartLane& a, const ChartLane& b) { return a.events > b.events; };
  schemas_.insert(std::upper_bound(schemas_.begin(), schemas_.end(), schema_, busier),
                  std::move(schema_));
  if (schemas_.size() > kSchemaLanes) {
    merge(rest_, schemas_.back());
    schemas_.pop_back();
  }
}

ChartData ChartBuilder::take() {
  const auto keep = [this](ChartLane& lane) {
    if (lane.events > 0) data_.lanes.push_back(std::move(lane));
  };
  std::for_each(files_.begin(), files_.end(), keep);
  std::for_each(schemas_.begin(), schemas_.end(), keep);
  keep(rest_);
  return std::move(data_);
}

std::string chart_json(const ChartData& data) {
  const std::size_t skip = empty_days(data);
  const std::size_t days = data.lanes.empty() ? 0 : data.lanes.front().days.size();
  const std::size_t hours = data.lanes.empty() ? 0 : data.lanes.front().hours.size();
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("day0", data.first_day + static_cast<std::int64_t>(skip));
  json.field("days", std::uint64_t{days - skip});
  json.field("hour0", data.first_hour);
  json.field("hours", std::uint64_t{hours});
  json.key("lanes");
  json.begin_array();
  for (const ChartLane& lane : data.lanes) {
    json.begin_object();
    json.field("en", std::string_view(lane.name.en));
    json.field("ja", std::string_view(lane.name.ja));
    json.key("d");
    write_bins(json, lane.days, skip);
    json.key("h");
    write_bins(json, lane.hours, 0);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  std::string safe;
  for (const char c : out) {
    if (c == '<' || c == '>' || c == '&') {
      safe += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace konseki
