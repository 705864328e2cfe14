// LinuxTree::walk: one pass over a tree with few system calls and few allocations.
#include <fcntl.h>

#include <cerrno>
#include <string>
#include <vector>

#include "agent/source/live/linux/linux_tree.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

// Names taken from a directory before they are looked at: bounds the memory of one with
// millions of files, and is far more than sorting by inode needs to help.
constexpr std::size_t kBatch = 65536;

// So many levels apart, directories on the way down stay open: the ones below are reached from
// there, else a deep tree would cost the square of its depth.
constexpr std::uint32_t kAnchorDistance = 64;

}  // namespace

// Directories still to be read lie on a stack as bare names: the path of the directory at hand
// holds those of all its ancestors, and a child is taken before its parent's siblings.
class TreeWalk {
 public:
  TreeWalk(LinuxTree& tree, const WalkOptions& options, const EntryVisitor& visit)
      : tree_(tree), options_(options), visit_(visit) {}

  Result<void> run() {
    path_ = options_.start;
    lengths_ = {path_.size()};
    auto start = open_start();
    if (!start && !options_.on_error) return fail(std::move(start).error());
    if (!start) {
      options_.on_error(path_, start.error());
      return {};
    }
    StatAnswer answer{};
    if (const int error = look_at(start->get(), "", answer)) {
      return fail(read_error(error, path_));
    }
    read_directory(start->get(), answer.mount_id, 1);
    start = FileDescriptor();
    while (!pending_.empty() && !stopped_) {
      const Pending next = pending_.back();
      pending_.pop_back();
      path_.resize(lengths_[next.depth - 1]);
      if (!path_.empty()) path_ += '/';
      path_.append(names_, next.name);
      names_.resize(next.name);
      lengths_.resize(next.depth);
      lengths_.push_back(path_.size());
      auto directory = open_next(next.depth);
      if (!directory) {
        report(path_, directory.error());
        continue;
      }
      read_directory(directory->get(), next.mount_id, next.depth + 1);
    }
    if (options_.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    return {};
  }

 private:
  struct Pending {
    std::size_t name;  // offset in names_; runs to the end, for it is always the last
    std::uint64_t mount_id;
    std::uint32_t depth;
  };

  Result<FileDescriptor> open_start() {
    KONSEKI_TRY(tree_.check_way(path_));
    return tree_.open_directory(path_);
  }

  Result<FileDescriptor> open_next(std::uint32_t depth) {
    while (!anchors_.empty() && anchors_.back().depth >= depth) anchors_.pop_back();
    auto directory =
        anchors_.empty()
            ? tree_.open_directory(path_)
            : tree_.open_directory_at(anchors_.back().directory,
                                      std::string_view(path_).substr(anchors_.back().length + 1));
    if (directory && depth % kAnchorDistance == 0) {
      FileDescriptor kept(::fcntl(directory->get(), F_DUPFD_CLOEXEC, 0));
      if (kept) anchors_.push_back({depth, path_.size(), std::move(kept)});
    }
    return directory;
  }

  void report(const std::string& path, const Error& error) {
    if (options_.on_error) options_.on_error(path, error);
  }

  void read_directory(int directory, std::uint64_t mount_id, std::uint32_t depth) {
    const std::size_t first_child = children_.size();
    const auto* barriers = tree_.barriers_.names_in(path_);
    bool more = true;
    int first_error = 0;
    while (more && !stopped_) {
      if (options_.stop.stop_requested()) {
        stopped_ = true;
        break;
      }
      batch_.clear();
      auto read = source_.read(directory, kBatch, batch_);
      more = read && *read;
      if (!read) report(path_, Error{read.error().code, path_ + ": " + read.error().detail, {}});
      batch_.sort_by_inode();
      for (std::size_t index = 0; index < batch_.size() && !stopped_; ++index) {
        visit_name(directory, batch_[index], barriers, mount_id, depth, first_error);
      }
    }
    if (first_error != 0) report(path_, read_error(first_error, path_));
    // Backwards, so that the stack gives them in the order they were seen.
    while (children_.size() > first_child) {
      const Child& child = children_.back();
      pending_.push_back({names_.size(), child.mount_id, depth});
      names_.append(child_names_, child.name);
      child_names_.resize(child.name);
      children_.pop_back();
    }
  }

  void visit_name(int directory, const NameBatch::Name& name,
                  const std::vector<std::string>* barriers, std::uint64_t mount_id,
                  std::uint32_t depth, int& first_error) {
    const char* text = batch_.text(name);
    entry_.path.assign(path_);
    if (!path_.empty()) entry_.path += '/';
    entry_.path += text;
    if (barriers != nullptr) {
      if (const SkippedPlace* place = tree_.barriers_.covering(entry_.path)) {
        if (place->reason == "excluded") return;
        fill_unseen(name.type, 0, entry_);
        stopped_ = visit_(entry_) == WalkAction::kStop;
        return;
      }
    }
    int error = 0;
    const auto found = tree_.look(directory, name, text, mount_id, entry_, answer_, error);
    if (found == LinuxTree::Look::kGone) return;
    if (error != 0 && first_error == 0) first_error = error;
    const bool enter = entry_.type == FileType::kDirectory && found == LinuxTree::Look::kFound;
    const WalkAction action = visit_(entry_);
    stopped_ = action == WalkAction::kStop;
    if (!enter || action != WalkAction::kContinue) return;
    if (depth >= tree_.seams_.max_depth) {
      report(entry_.path, Error{ErrorCode::kLimitExceeded, "directory depth", {}});
      return;
    }
    children_.push_back({child_names_.size(), answer_.mount_id});
    child_names_ += text;
  }

  struct Child {
    std::size_t name;  // offset in child_names_
    std::uint64_t mount_id;
  };

  struct Anchor {
    std::uint32_t depth;
    std::size_t length;  // of its path
    FileDescriptor directory;
  };

  LinuxTree& tree_;
  const WalkOptions& options_;
  const EntryVisitor& visit_;
  bool stopped_ = false;
  std::string path_;
  std::vector<std::size_t> lengths_;  // of path_ at each depth
  std::vector<Pending> pending_;
  std::string names_;
  std::vector<Anchor> anchors_;
  std::vector<Child> children_;
  std::string child_names_;
  DirectoryNames source_;
  NameBatch batch_;
  Entry entry_;
  StatAnswer answer_;
};

Result<void> LinuxTree::walk(const WalkOptions& options, const EntryVisitor& visit) {
  return TreeWalk(*this, options, visit).run();
}

}  // namespace konseki
