#include "agent/report/progress_text.h"

#include <algorithm>
#include <vector>

#include "agent/base/quantities.h"
#include "agent/report/number_text.h"
#include "agent/report/screen_text.h"

namespace konseki {
namespace {

using std::chrono::seconds;

// Earlier than this a rate says nothing.
constexpr double kLeastElapsed = 3;
constexpr std::size_t kLeastPath = 12;  // columns; fewer show nothing of use

double share(std::uint64_t done, std::uint64_t total) {
  return total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

std::string left_text(seconds left, Language language) {
  const bool japanese = language == Language::kJapanese;
  const auto minutes = (left.count() + 59) / 60;
  if (left.count() < 60) return japanese ? "残り 1 分未満" : "less than 1 min left";
  if (minutes < 90) {
    const std::string number = std::to_string(minutes);
    return japanese ? "残り約 " + number + " 分" : "about " + number + " min left";
  }
  const std::string hours = std::to_string((minutes + 30) / 60);
  return japanese ? "残り約 " + hours + " 時間" : "about " + hours + " h left";
}

std::string of_total(const std::string& done, const std::string& total) {
  return total.empty() ? done : done + "/" + total;
}

}  // namespace

std::optional<seconds> time_left(const Progress& progress, std::chrono::duration<double> elapsed) {
  if (progress.items_total == 0 || elapsed.count() < kLeastElapsed) return std::nullopt;
  const double done = std::min(share(progress.items, progress.items_total),
                               share(progress.bytes, progress.bytes_total));
  if (done < 0.01) return std::nullopt;
  return seconds(static_cast<std::int64_t>(elapsed.count() * (1 - done) / done));
}

std::string progress_line(const Progress& progress, std::chrono::duration<double> elapsed,
                          std::optional<seconds> limit, Language language,
                          const TerminalShape& shape) {
  const std::size_t columns = shape.columns > 1 ? shape.columns - 1 : 1;
  struct Part {
    std::string text;
    int rank;  // the highest goes first where the line is too long
  };
  std::vector<Part> parts{{progress.stage.in(language), 2}};
  if (progress.items > 0) {
    parts.push_back({of_total(grouped(progress.items),
                              progress.items_total > 0 ? grouped(progress.items_total) : ""),
                     1});
  }
  if (progress.bytes > 0) {
    parts.push_back({of_total(size_text(progress.bytes),
                              progress.bytes_total > 0 ? size_text(progress.bytes_total) : ""),
                     3});
    if (elapsed.count() > 0.5) {
      const auto rate = static_cast<double>(progress.bytes) / elapsed.count();
      parts.push_back({size_text(static_cast<std::uint64_t>(rate)) + "/s", 4});
    }
  }
  auto left = time_left(progress, elapsed);
  if (limit && (!left || *limit < *left)) left = limit;
  if (left) parts.push_back({left_text(*left, language), 0});

  const auto joined = [&] {
    std::string line;
    for (const Part& part : parts) line += "  " + part.text;
    return line;
  };
  std::string line = joined();
  while (screen_width(line, shape) > columns && parts.size() > 1) {
    parts.erase(std::max_element(parts.begin(), parts.end(),
                                 [](const Part& a, const Part& b) { return a.rank < b.rank; }));
    line = joined();
  }
  const std::size_t used = screen_width(line, shape) + 2;
  if (!progress.current.empty() && used + kLeastPath <= columns) {
    line += "  " + screen_line(progress.current, columns - used, shape);
  }
  return screen_line(line, columns, shape);
}

}  // namespace konseki
