// EseLongValue: one value that lies apart from its record, put together from the nodes of its tree.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace konseki::windows {

// Its nodes are its id, under which its length lies, and the id with the offset of each of its
// pieces; all of that most significant byte first.
class EseLongValue {
 public:
  // `id` as the tree has it; a value of more than `most` bytes is none.
  EseLongValue(std::string id, std::size_t most) : id_(std::move(id)), most_(most) {}

  const std::string& id() const { return id_; }

  // Nodes of the tree in the order of their keys, from the id on or before. False when what
  // follows is of no use.
  bool take(const std::string& key, std::span<const std::byte> content);
  // After the last node. Nothing when pieces are missing or could not be expanded.
  std::optional<std::vector<std::byte>> finish();

 private:
  bool end_piece(std::size_t end);

  const std::string id_;
  const std::size_t most_;
  std::optional<std::size_t> size_;
  std::vector<std::byte> piece_;  // how long it is expanded shows when the next one begins
  std::vector<std::byte> value_;
};

}  // namespace konseki::windows
