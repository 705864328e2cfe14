#include "agent/report/event_window.h"

#include <algorithm>

namespace konseki {

// Vectors hold up to twice what is in them while they grow.
struct EventWindow::Cost {
  static constexpr std::size_t kEvent = 2 * sizeof(Event);
  static constexpr std::size_t kRow = 2 * sizeof(Row) + 16;  // and the allocator's own words
};

void EventWindow::begin_pass() {
  before_.reset();
  row_.reset();
  current_ = {};
}

bool EventWindow::next(const Timestamp& time) {
  current_ = {time, current_.sequence + 1};
  return (!after_ || current_ > *after_) && (!before_ || current_ < *before_);
}

void EventWindow::keep(std::string_view desc, const std::function<std::string()>& row_text) {
  if (!row_) row_ = add_row(row_text());
  ++rows_[*row_].uses;
  events_.push_back({current_, desc_index(desc), *row_});
  bytes_ += Cost::kEvent;
  if (bytes_ > bytes_limit_) shrink();
}

bool EventWindow::drain(const Visitor& visit) {
  std::sort(events_.begin(), events_.end(),
            [](const Event& a, const Event& b) { return a.key < b.key; });
  for (const Event& event : events_) {
    visit(event.key.time, descs_[event.desc], rows_[event.row].text);
  }
  if (!events_.empty()) after_ = events_.back().key;
  events_.clear();
  rows_.clear();
  free_rows_.clear();
  row_.reset();
  bytes_ = 0;
  return !before_;
}

std::uint32_t EventWindow::desc_index(std::string_view desc) {
  const auto found = desc_indices_.find(desc);
  if (found != desc_indices_.end()) return found->second;
  const auto index = static_cast<std::uint32_t>(descs_.size());
  const auto added = desc_indices_.emplace(desc, index).first;
  descs_.push_back(added->first);
  return index;
}

std::uint32_t EventWindow::add_row(std::string text) {
  text.shrink_to_fit();
  bytes_ += text.size() + Cost::kRow;
  if (free_rows_.empty()) {
    rows_.push_back({std::move(text), 0});
    return static_cast<std::uint32_t>(rows_.size() - 1);
  }
  const std::uint32_t row = free_rows_.back();
  free_rows_.pop_back();
  rows_[row] = {std::move(text), 0};
  return row;
}

void EventWindow::release(std::uint32_t row) {
  if (--rows_[row].uses > 0) return;
  bytes_ -= rows_[row].text.size() + Cost::kRow;
  rows_[row].text = std::string();
  free_rows_.push_back(row);
  if (row_ == row) row_.reset();
}

// Keeps the earlier half, one event at least, so that every pass makes progress.
void EventWindow::shrink() {
  if (events_.size() < 2) return;
  const auto middle = events_.begin() + static_cast<std::ptrdiff_t>(events_.size() / 2);
  std::nth_element(events_.begin(), middle, events_.end(),
                   [](const Event& a, const Event& b) { return a.key < b.key; });
  before_ = middle->key;
  for (auto event = middle; event != events_.end(); ++event) release(event->row);
  bytes_ -= static_cast<std::size_t>(events_.end() - middle) * Cost::kEvent;
  events_.erase(middle, events_.end());
}

}  // namespace konseki
