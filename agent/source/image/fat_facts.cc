#include "agent/source/image/fat_facts.h"

#include "agent/base/cursor.h"

namespace konseki {
namespace {

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
std::int64_t days_from_civil(int year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

// `hundredths` (0..199) add up to two seconds to the even second of `time`.
std::optional<Timestamp> dos_time(std::uint16_t date, std::uint16_t time, unsigned hundredths) {
  const unsigned day = date & 31;
  const unsigned month = (date >> 5) & 15;
  const std::int64_t hour = time >> 11;
  const std::int64_t minute = (time >> 5) & 63;
  const std::int64_t second = std::int64_t{time & 31} * 2;
  if (day == 0 || month == 0 || month > 12 || hour > 23 || minute > 59 || second > 58) {
    return std::nullopt;
  }
  if (hundredths > 199) hundredths = 0;
  const std::int64_t seconds = days_from_civil(1980 + (date >> 9), month, day) * 86400 +
                               hour * 3600 + minute * 60 + second + hundredths / 100;
  return Timestamp::from_unix(seconds, static_cast<std::int32_t>(hundredths % 100 * 10'000'000));
}

// Bit 7: the offset is valid; bits 0-6: signed quarters of an hour.
void apply_utc_offset(std::optional<Timestamp>& time, std::uint8_t offset) {
  if (!time || (offset & 0x80) == 0) return;
  const std::int64_t quarters = (offset & 0x40) != 0 ? (offset & 0x7f) - 128 : offset & 0x7f;
  time->seconds -= quarters * 15 * 60;
}

FatFacts decode_exfat(Cursor& cursor) {
  FatFacts facts;
  cursor.seek(4);
  facts.attributes = cursor.u16();
  cursor.skip(2);
  const std::uint32_t created = cursor.u32();
  const std::uint32_t modified = cursor.u32();
  const std::uint32_t accessed = cursor.u32();
  const std::uint8_t created_hundredths = cursor.u8();
  const std::uint8_t modified_hundredths = cursor.u8();
  const auto time = [](std::uint32_t stamp, unsigned hundredths) {
    return dos_time(static_cast<std::uint16_t>(stamp >> 16), static_cast<std::uint16_t>(stamp),
                    hundredths);
  };
  facts.times.created = time(created, created_hundredths);
  facts.times.modified = time(modified, modified_hundredths);
  facts.times.accessed = time(accessed, 0);
  apply_utc_offset(facts.times.created, cursor.u8());
  apply_utc_offset(facts.times.modified, cursor.u8());
  apply_utc_offset(facts.times.accessed, cursor.u8());
  return facts;
}

FatFacts decode_fat(Cursor& cursor) {
  FatFacts facts;
  cursor.seek(11);
  facts.attributes = cursor.u8() & 0x3f;
  cursor.skip(1);
  const std::uint8_t created_hundredths = cursor.u8();
  const std::uint16_t created_time = cursor.u16();
  const std::uint16_t created_date = cursor.u16();
  const std::uint16_t accessed_date = cursor.u16();
  cursor.skip(2);
  const std::uint16_t modified_time = cursor.u16();
  const std::uint16_t modified_date = cursor.u16();
  facts.times.created = dos_time(created_date, created_time, created_hundredths);
  facts.times.accessed = dos_time(accessed_date, 0, 0);
  facts.times.modified = dos_time(modified_date, modified_time, 0);
  return facts;
}

}  // namespace

std::optional<FatFacts> decode_fat_entry(std::span<const std::byte, kFatEntrySize> entry,
                                         bool exfat) {
  Cursor cursor(entry);
  if (exfat) {
    // 0x85 in use, 0x05 deleted.
    if ((cursor.u8() & 0x7f) != 0x05) return std::nullopt;
    return decode_exfat(cursor);
  }
  cursor.seek(11);
  if ((cursor.u8() & 0x3f) == 0x0f) return std::nullopt;  // part of a long name
  return decode_fat(cursor);
}

std::optional<std::uint64_t> fat_entries_offset(std::span<const std::byte, 512> boot_sector,
                                                bool exfat) {
  Cursor cursor(boot_sector);
  if (exfat) {
    cursor.seek(88);
    const std::uint64_t heap = cursor.u32();
    cursor.seek(108);
    const unsigned shift = cursor.u8();
    if (shift < 9 || shift > 12) return std::nullopt;
    return heap << shift;
  }
  cursor.seek(11);
  const std::uint64_t sector = cursor.u16();
  cursor.skip(1);
  const std::uint64_t reserved = cursor.u16();
  const std::uint64_t fats = cursor.u8();
  cursor.seek(22);
  std::uint64_t fat_size = cursor.u16();
  cursor.seek(36);
  if (fat_size == 0) fat_size = cursor.u32();
  if (sector < 512 || sector > 4096 || fat_size == 0) return std::nullopt;
  return (reserved + fats * fat_size) * sector;
}

}  // namespace konseki
