#include "agent/pipeline/match_workers.h"

#include <algorithm>
#include <utility>

namespace konseki {

MatchWorkers::MatchWorkers(unsigned threads) : most_waiting_(std::max(1U, threads) * 4) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

MatchWorkers::~MatchWorkers() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void MatchWorkers::add(std::function<void()> piece) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < most_waiting_; });
    waiting_.push_back(std::move(piece));
  }
  changed_.notify_all();
}

void MatchWorkers::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && running_ == 0; });
}

void MatchWorkers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::function<void()> piece = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    lock.unlock();
    piece();
    lock.lock();
    --running_;
    changed_.notify_all();
  }
}

}  // namespace konseki
