#include "agent/bundle/frame_writer.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/handles/zstd.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

enum class SlotState { kFree, kFilled, kBusy, kDone };

// One frame on its way: filled by the caller, compressed by a thread, written by the caller.
struct Slot {
  std::unique_ptr<std::byte[]> content;
  std::unique_ptr<std::byte[]> frame;
  std::size_t content_size = 0;
  std::size_t frame_size = 0;
  std::uint64_t digest = 0;
  std::string failure;
  SlotState state = SlotState::kFree;
};

ZstdCompressor make_compressor(int level) {
  ZstdCompressor compressor(ZSTD_createCCtx());
  if (!compressor) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(compressor.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(compressor.get(), ZSTD_c_checksumFlag, 1);
  return compressor;
}

// Leaves the frame, or why there is none, in the slot.
void compress(ZSTD_CCtx* compressor, Slot& slot) {
  const std::size_t bound = ZSTD_compressBound(kFrameContent);
  if (!slot.frame) slot.frame = std::make_unique_for_overwrite<std::byte[]>(bound);
  const std::size_t size =
      ZSTD_compress2(compressor, slot.frame.get(), bound, slot.content.get(), slot.content_size);
  if (ZSTD_isError(size)) {
    slot.failure = ZSTD_getErrorName(size);
    return;
  }
  slot.frame_size = size;
  slot.digest = xxh64(std::span(slot.frame.get(), size));
}

void put_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void put_u64(std::string& out, std::uint64_t value) {
  put_u32(out, static_cast<std::uint32_t>(value));
  put_u32(out, static_cast<std::uint32_t>(value >> 32));
}

}  // namespace

struct FrameWriter::State {
  State(OutputStream& stream, FrameOptions frame_options)
      : out(stream), options(frame_options), slots(options.threads + 2) {
    if (options.threads == 0) own_compressor = make_compressor(options.level);
  }

  ~State() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    filled.notify_all();
  }

  Slot& current() { return slots[filling % slots.size()]; }

  void work() {
    ZstdCompressor compressor;
    std::unique_lock lock(mutex);
    while (true) {
      filled.wait(lock, [this] { return stopping || next_to_compress < filling; });
      if (stopping) return;
      Slot& slot = slots[next_to_compress++ % slots.size()];
      slot.state = SlotState::kBusy;
      lock.unlock();
      try {
        if (!compressor) compressor = make_compressor(options.level);
        compress(compressor.get(), slot);
      } catch (const std::bad_alloc&) {
        slot.failure = "out of memory";
      }
      lock.lock();
      slot.state = SlotState::kDone;
      done.notify_one();
    }
  }

  Result<void> put(std::span<const std::byte> bytes) {
    auto result = out.write(bytes);
    if (!result) {
      error = result.error();
    } else {
      written += bytes.size();
    }
    return result;
  }

  // Writes the oldest frame that is not written yet and frees its slot.
  Result<void> write_oldest(std::unique_lock<std::mutex>& lock) {
    Slot& slot = slots[next_to_write % slots.size()];
    done.wait(lock, [&] { return slot.state == SlotState::kDone; });
    lock.unlock();
    if (!slot.failure.empty()) {
      error = Error{ErrorCode::kInternal, "zstd: " + slot.failure, {}};
      return fail(*error);
    }
    KONSEKI_TRY(put(std::span(slot.frame.get(), slot.frame_size)));
    put_u32(seek_entries, static_cast<std::uint32_t>(slot.frame_size));
    put_u32(seek_entries, static_cast<std::uint32_t>(slot.content_size));
    // The frame ends with the very checksum that the seek table wants.
    seek_entries.append(reinterpret_cast<const char*>(slot.frame.get()) + slot.frame_size - 4, 4);
    put_u64(digests, slot.digest);
    slot.content_size = 0;
    ++next_to_write;
    lock.lock();
    slot.state = SlotState::kFree;
    return {};
  }

  // Hands the filled slot to the threads and makes the next one ready for filling.
  Result<void> submit() {
    Slot& slot = current();
    if (options.threads == 0) {
      compress(own_compressor.get(), slot);
      slot.state = SlotState::kDone;
    }
    // Threads start with the first whole frame: small bundles need none of them idle.
    while (threads.size() < options.threads) {
      threads.emplace_back([this] { work(); });
    }
    std::unique_lock lock(mutex);
    if (slot.state != SlotState::kDone) slot.state = SlotState::kFilled;
    ++filling;
    filled.notify_one();
    while (current().state != SlotState::kFree ||
           (next_to_write < filling &&
            slots[next_to_write % slots.size()].state == SlotState::kDone)) {
      KONSEKI_TRY(write_oldest(lock));
    }
    return {};
  }

  // Room in the current frame. Never empty.
  std::span<std::byte> room() {
    Slot& slot = current();
    if (!slot.content) slot.content = std::make_unique_for_overwrite<std::byte[]>(kFrameContent);
    return {slot.content.get() + slot.content_size, kFrameContent - slot.content_size};
  }

  Result<void> filled_room(std::size_t count) {
    Slot& slot = current();
    slot.content_size += count;
    content += count;
    return slot.content_size == kFrameContent ? submit() : Result<void>{};
  }

  Result<void> write_tables() {
    const auto frames = static_cast<std::uint32_t>(next_to_write);
    std::string tables;
    put_u32(tables, kFrameDigestMagic);
    put_u32(tables, static_cast<std::uint32_t>(kFrameDigestTag.size() + digests.size()));
    tables += kFrameDigestTag;
    tables += digests;
    put_u32(tables, kSeekTableMagic);
    put_u32(tables, static_cast<std::uint32_t>(seek_entries.size() + kSeekFooter));
    tables += seek_entries;
    put_u32(tables, frames);
    tables += static_cast<char>(kSeekChecksumFlag);
    put_u32(tables, kSeekFooterMagic);
    return put(std::as_bytes(std::span(tables)));
  }

  OutputStream& out;
  FrameOptions options;
  std::vector<Slot> slots;
  ZstdCompressor own_compressor;
  std::optional<Error> error;
  std::uint64_t content = 0;
  std::uint64_t written = 0;
  std::string seek_entries;
  std::string digests;

  // Frames are numbered; frame n lives in slot n % slots.size(). The three counters, `stopping` and
  // the slots' states are guarded by `mutex`.
  std::mutex mutex;
  bool stopping = false;
  std::condition_variable filled;
  std::condition_variable done;
  std::uint64_t filling = 0;
  std::uint64_t next_to_compress = 0;
  std::uint64_t next_to_write = 0;
  std::vector<std::jthread> threads;  // last: joined before anything above goes away
};

FrameWriter::FrameWriter(OutputStream& out, FrameOptions options)
    : state_(std::make_unique<State>(out, options)) {}
FrameWriter::~FrameWriter() = default;

Result<void> FrameWriter::append(std::span<const std::byte> bytes) {
  if (state_->error) return fail(*state_->error);
  while (!bytes.empty()) {
    const std::span<std::byte> room = state_->room();
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    KONSEKI_TRY(state_->filled_room(count));
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> FrameWriter::append_zeros(std::uint64_t count) {
  if (state_->error) return fail(*state_->error);
  while (count > 0) {
    const std::span<std::byte> room = state_->room();
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), count));
    std::memset(room.data(), 0, part);
    KONSEKI_TRY(state_->filled_room(part));
    count -= part;
  }
  return {};
}

Result<void> FrameWriter::finish() {
  if (state_->error) return fail(*state_->error);
  if (state_->current().content_size > 0) KONSEKI_TRY(state_->submit());
  std::unique_lock lock(state_->mutex);
  while (state_->next_to_write < state_->filling) KONSEKI_TRY(state_->write_oldest(lock));
  return state_->write_tables();
}

std::uint64_t FrameWriter::content_bytes() const { return state_->content; }
std::uint64_t FrameWriter::written_bytes() const { return state_->written; }

}  // namespace konseki
