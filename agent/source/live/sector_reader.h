// SectorReader: a raw device as a ByteReader, whatever the alignment and in spite of bad sectors.
#pragma once

#include <memory>
#include <vector>

#include "agent/source/live/block_device.h"
#include "konseki/medium_reader.h"

namespace konseki {

// Turns any read into reads of whole sectors at sector boundaries into an aligned buffer. Sectors
// that cannot be read are zero in the answer and named by lost(): the run goes on. Around damage
// reads are halved down to single sectors, so that no more is lost than must be; where a long
// stretch is dead, whole pieces are given up at once, for every try may cost a drive seconds.
//
// A device that has gone is told from damage by its own word, or by its first sector, which was
// readable before. From then on every read fails at once with kNotFound.
class SectorReader : public MediumReader {
 public:
  explicit SectorReader(std::unique_ptr<BlockDevice> device);

  std::uint64_t size() const override { return device_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  std::vector<ByteRange> lost(const ByteRange& within) const override;
  bool gone() const override { return gone_; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const noexcept;
  };

  Result<std::size_t> read_sectors(std::uint64_t offset, std::span<std::byte> out);
  Result<std::size_t> salvage(std::uint64_t offset, std::span<std::byte> out);
  void give_up(std::uint64_t offset, std::span<std::byte> out);
  bool known_lost(std::uint64_t offset, std::uint64_t length) const;
  bool still_there();
  tl::unexpected<Error> vanish(const std::string& reason);

  std::unique_ptr<BlockDevice> device_;
  std::unique_ptr<std::byte, Free> buffer_;
  std::vector<ByteRange> lost_;  // in order, merged
  std::size_t failures_ = 0;     // in a row
  bool gone_ = false;
  std::string gone_reason_;
};

}  // namespace konseki
