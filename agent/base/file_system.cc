#include "konseki/file_system.h"

namespace konseki {
namespace {

// Deeper than any real tree (PATH_MAX / 2); stops loops that a damaged file system may hold.
constexpr int kMaxDepth = 2048;

// Lists one directory, then its children, without recursion on the C++ stack.
Result<void> walk_by_listing(FileSystem& file_system, const WalkOptions& options,
                             const EntryVisitor& visit) {
  struct Pending {
    std::string path;
    int depth;
  };
  std::vector<Pending> pending{{options.start, 0}};
  while (!pending.empty()) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    const Pending current = std::move(pending.back());
    pending.pop_back();
    std::vector<Pending> children;
    bool stop = false;
    auto listed = file_system.list(current.path, [&](const Entry& entry) {
      if (!options.include_deleted && entry.allocation != Allocation::kAllocated) {
        return WalkAction::kContinue;
      }
      const WalkAction action = visit(entry);
      if (action == WalkAction::kStop) {
        stop = true;
      } else if (action == WalkAction::kContinue && entry.type == FileType::kDirectory &&
                 entry.allocation == Allocation::kAllocated && entry.reparse_tag == 0) {
        children.push_back({entry.path, current.depth + 1});
      }
      return action == WalkAction::kStop ? WalkAction::kStop : WalkAction::kContinue;
    });
    if (stop) return {};
    if (!listed && options.on_error) options.on_error(current.path, listed.error());
    if (current.depth >= kMaxDepth && !children.empty()) {
      if (options.on_error) {
        options.on_error(current.path, Error{ErrorCode::kLimitExceeded, "directory depth", {}});
      }
      continue;
    }
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      pending.push_back(std::move(*child));
    }
  }
  return {};
}

}  // namespace

std::string VolumeInfo::display_path(std::string_view path) const {
  std::string out = mount;
  out += '/';
  out += path;
  return out;
}

Result<void> FileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  return walk_by_listing(*this, options, visit);
}

}  // namespace konseki
