// RecordObjects: a record or a file as the objects of STIX that it speaks of.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/record_fields.h"
#include "agent/match/stix/observation.h"
#include "konseki/matcher.h"
#include "konseki/record.h"

namespace konseki {

// One observation's objects. Neither copies nor moves: observations point into it.
class RecordObjects {
 public:
  RecordObjects() = default;
  RecordObjects(const RecordObjects&) = delete;
  RecordObjects& operator=(const RecordObjects&) = delete;

  // By the table of record_fields.h.
  void add_record(const Record& record, std::span<const FieldMeaning* const> meanings);
  // A file: name, folder, size, times, digests.
  void add_file(const MatchFile& file);
  // A value that stands by itself: "url", "domain-name", "ipv4-addr", "email-addr".
  void add_value(std::string_view type, std::string_view value);

  bool empty() const { return objects_.empty(); }
  const std::deque<stix::ObservedObject>& objects() const { return objects_; }
  // An observation of all of them at `first` to `last`.
  stix::Observation observe(stix::Instant first, stix::Instant last) const;
  // Every text, for a filter of literals; one line each.
  void append_texts(std::string& out) const;

 private:
  stix::ObservedObject& object(std::string_view label);
  stix::ObservedObject& create(std::string_view type);
  void put(const FieldMeaning& meaning, const stix::Value& value);
  void put_path(std::string_view object, std::string_view path);
  void set_path(stix::ObservedObject& file, std::string_view path);
  void refer(std::string_view object, const stix::ObservedObject& target);

  std::deque<stix::ObservedObject> objects_;
  std::vector<std::string> labels_;  // beside objects_; "process#1"
};

// Instant and Timestamp, both ways bounded.
stix::Instant to_instant(const Timestamp& time);

// Every time of a record that belongs on a timeline, ascending, each once.
std::vector<Timestamp> event_times_of(const Record& record);

}  // namespace konseki
