#include "agent/source/image/lvm.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "agent/base/cursor.h"
#include "agent/source/image/lvm_metadata.h"

namespace konseki {
namespace {

constexpr std::size_t kSector = 512;
constexpr std::size_t kMaxAreas = 16;
constexpr std::uint64_t kMaxMetadataSize = 16 << 20;
constexpr std::uint64_t kMaxExtents = std::uint64_t{1} << 40;

// A run of a logical volume: `stripes` pieces of each stretch lie side by side.
struct Segment {
  struct Stripe {
    std::size_t physical = 0;  // index of the place
    std::uint64_t offset = 0;
  };
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::uint64_t stripe_size = 0;
  std::vector<Stripe> stripes;
};

class LogicalVolume : public ByteReader {
 public:
  LogicalVolume(std::uint64_t size, std::vector<Segment> segments,
                std::map<std::size_t, std::unique_ptr<ByteReader>> physical)
      : size_(size), segments_(std::move(segments)), physical_(std::move(physical)) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    std::size_t filled = 0;
    while (filled < out.size()) {
      const std::uint64_t at = offset + filled;
      const auto after = std::upper_bound(
          segments_.begin(), segments_.end(), at,
          [](std::uint64_t wanted, const Segment& segment) { return wanted < segment.start; });
      if (after == segments_.begin() || at - (after - 1)->start >= (after - 1)->size) {
        return fail(ErrorCode::kCorrupt, "LVM: no segment for offset " + std::to_string(at));
      }
      const Segment& segment = *(after - 1);
      const std::uint64_t into = at - segment.start;
      std::uint64_t left = segment.size - into;
      std::uint64_t position = into;
      std::size_t stripe = 0;
      if (segment.stripes.size() > 1) {
        const std::uint64_t number = into / segment.stripe_size;
        const std::uint64_t within = into % segment.stripe_size;
        stripe = static_cast<std::size_t>(number % segment.stripes.size());
        position = number / segment.stripes.size() * segment.stripe_size + within;
        left = std::min(left, segment.stripe_size - within);
      }
      const auto piece = out.subspan(
          filled, static_cast<std::size_t>(std::min<std::uint64_t>(out.size() - filled, left)));
      const Segment::Stripe& source = segment.stripes[stripe];
      KONSEKI_ASSIGN(const std::size_t count,
                     physical_.at(source.physical)->read_at(source.offset + position, piece));
      filled += count;
      if (count < piece.size()) break;
    }
    return filled;
  }

 private:
  std::uint64_t size_;
  std::vector<Segment> segments_;  // by start
  std::map<std::size_t, std::unique_ptr<ByteReader>> physical_;
};

struct PhysicalVolume {
  std::string id;
  std::vector<ByteRange> metadata_areas;
};

// Label and header of a physical volume; the label lies in one of the first four sectors.
std::optional<PhysicalVolume> read_header(ByteReader& volume) {
  std::array<std::byte, 8 * kSector> head{};
  auto count = volume.read_at(0, head);
  if (!count) return std::nullopt;
  const std::span<const std::byte> bytes = std::span<const std::byte>(head).first(*count);
  for (std::size_t sector = 0; sector < 4; ++sector) {
    Cursor cursor(bytes);
    cursor.seek(sector * kSector);
    if (as_text(cursor.bytes(8)) != "LABELONE") continue;
    cursor.skip(12);
    cursor.seek(sector * kSector + cursor.u32());
    PhysicalVolume physical;
    physical.id = as_text(cursor.bytes(32));
    cursor.skip(8);
    // Two lists, each ended by zeros: areas of data, areas of metadata.
    for (int list = 0; list < 2; ++list) {
      for (std::size_t i = 0; i < kMaxAreas && cursor.ok(); ++i) {
        const std::uint64_t offset = cursor.u64();
        const std::uint64_t size = cursor.u64();
        if (offset == 0) break;
        if (list == 1) physical.metadata_areas.push_back({offset, size});
      }
    }
    if (!cursor.ok()) return std::nullopt;
    return physical;
  }
  return std::nullopt;
}

// The newest text in one area: a ring behind a header of one sector.
Result<std::string> read_text(ByteReader& volume, const ByteRange& area) {
  std::array<std::byte, kSector> header{};
  KONSEKI_ASSIGN(const std::size_t count, volume.read_at(area.offset, header));
  Cursor cursor(std::span<const std::byte>(header).first(count));
  cursor.skip(4);
  if (as_text(cursor.bytes(16)) != " LVM2 x[5A%r0N*>") {
    return fail(ErrorCode::kCorrupt, "LVM metadata header");
  }
  cursor.seek(40);
  const std::uint64_t offset = cursor.u64();
  const std::uint64_t size = cursor.u64();
  if (!cursor.ok() || offset < kSector || offset >= area.length || size == 0 ||
      size > std::min(kMaxMetadataSize, area.length - kSector)) {
    return fail(ErrorCode::kCorrupt, "LVM metadata: no text");
  }
  std::vector<std::byte> text(static_cast<std::size_t>(size));
  const auto first = static_cast<std::size_t>(std::min(size, area.length - offset));
  KONSEKI_TRY(volume.read_at(area.offset + offset, std::span(text).first(first)));
  if (first < text.size()) {
    KONSEKI_TRY(volume.read_at(area.offset + kSector, std::span(text).subspan(first)));
  }
  return std::string(as_text(text));
}

struct Group {
  std::string name;
  std::unique_ptr<LvmSection> text;
  const LvmSection* section = nullptr;  // inside text
  std::uint64_t sequence = 0;
};

std::optional<Group> parse_group(std::string_view text) {
  auto parsed = parse_lvm_metadata(text);
  if (!parsed) return std::nullopt;
  for (const auto& [name, section] : (*parsed)->sections()) {
    if (section->section("physical_volumes") == nullptr) continue;
    Group group;
    group.name = name;
    group.section = section.get();
    group.sequence = section->number("seqno").value_or(0);
    group.text = *std::move(parsed);
    return group;
  }
  return std::nullopt;
}

std::string plain_id(std::string id) {
  std::erase(id, '-');
  return id;
}

std::string escape_mapper(std::string_view name) {
  std::string escaped;
  for (const char c : name) escaped += c == '-' ? std::string("--") : std::string(1, c);
  return escaped;
}

// Where each physical volume of the group lies and its extents start.
struct Layout {
  struct Physical {
    std::size_t place = 0;
    std::uint64_t extents_at = 0;  // bytes
    bool present = false;
    std::string id;
  };
  std::uint64_t extent = 0;                  // bytes
  std::map<std::string, Physical> physical;  // by the name the metadata gives it
};

Layout layout_of(const Group& group, const std::map<std::string, std::size_t>& place_of) {
  Layout layout;
  layout.extent = group.section->number("extent_size").value_or(0) * kSector;
  for (const auto& [name, section] : group.section->section("physical_volumes")->sections()) {
    Layout::Physical physical;
    physical.id = section->text("id");
    physical.extents_at = section->number("pe_start").value_or(0) * kSector;
    if (const auto found = place_of.find(plain_id(physical.id)); found != place_of.end()) {
      physical.place = found->second;
      physical.present = true;
    }
    layout.physical[name] = physical;
  }
  return layout;
}

Result<Segment> read_segment(const LvmSection& section, const Layout& layout) {
  const auto damage = [] { return fail(ErrorCode::kCorrupt, "LVM metadata: segment"); };
  const std::string type = section.text("type");
  if (type != "striped")
    return fail(ErrorCode::kUnsupported, "LVM segment of type \"" + type + "\"");
  const std::uint64_t start = section.number("start_extent").value_or(kMaxExtents);
  const std::uint64_t count = section.number("extent_count").value_or(kMaxExtents);
  const auto* stripes = section.list("stripes");
  if (start >= kMaxExtents || count >= kMaxExtents || count == 0 || stripes == nullptr ||
      stripes->empty() || stripes->size() % 2 != 0 || layout.extent == 0 ||
      layout.extent > std::uint64_t{1} << 36) {
    return damage();
  }
  Segment segment;
  if (__builtin_mul_overflow(start, layout.extent, &segment.start) ||
      __builtin_mul_overflow(count, layout.extent, &segment.size)) {
    return damage();
  }
  segment.stripe_size = section.number("stripe_size").value_or(0) * kSector;
  for (std::size_t i = 0; i + 1 < stripes->size(); i += 2) {
    const auto* name = std::get_if<std::string>(&(*stripes)[i]);
    const auto* extent = std::get_if<std::uint64_t>(&(*stripes)[i + 1]);
    if (name == nullptr || extent == nullptr || *extent >= kMaxExtents) return damage();
    const auto physical = layout.physical.find(*name);
    if (physical == layout.physical.end()) return damage();
    if (!physical->second.present) {
      return fail(ErrorCode::kNotFound,
                  "LVM: physical volume " + physical->second.id + " is not on this disk");
    }
    Segment::Stripe stripe;
    stripe.physical = physical->second.place;
    if (__builtin_mul_overflow(*extent, layout.extent, &stripe.offset) ||
        __builtin_add_overflow(stripe.offset, physical->second.extents_at, &stripe.offset)) {
      return damage();
    }
    segment.stripes.push_back(stripe);
  }
  if (segment.stripes.size() > 1 && segment.stripe_size == 0) return damage();
  return segment;
}

Result<std::vector<Segment>> read_segments(const LvmSection& volume, const Layout& layout) {
  std::vector<Segment> segments;
  for (const auto& [name, section] : volume.sections()) {
    if (!name.starts_with("segment")) continue;
    KONSEKI_ASSIGN(Segment segment, read_segment(*section, layout));
    segments.push_back(std::move(segment));
  }
  if (segments.empty()) return fail(ErrorCode::kCorrupt, "LVM metadata: no segments");
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.start < b.start; });
  return segments;
}

bool is_visible(const LvmSection& volume) {
  const auto* status = volume.list("status");
  return status != nullptr && std::find(status->begin(), status->end(),
                                        LvmSection::Value(std::string("VISIBLE"))) != status->end();
}

void add_volumes(const Group& group, const std::vector<Place>& physical,
                 const std::map<std::string, std::size_t>& place_of, std::vector<Place>& places,
                 std::vector<UnreadableVolume>& unreadable) {
  const Layout layout = layout_of(group, place_of);
  const LvmSection* volumes = group.section->section("logical_volumes");
  if (volumes == nullptr) return;
  for (const auto& [name, volume] : volumes->sections()) {
    if (!is_visible(*volume)) continue;  // parts of other volumes
    Place place;
    place.name = "logical volume " + group.name + "/" + name;
    place.device_name = "/dev/mapper/" + escape_mapper(group.name) + "-" + escape_mapper(name);
    auto segments = read_segments(*volume, layout);
    if (!segments) {
      place.offset = physical.front().offset;
      unreadable.push_back(unreadable_volume(place, "lvm", segments.error().detail));
      continue;
    }
    const Segment& first = segments->front();
    place.offset = physical[first.stripes.front().physical].offset;
    place.size = segments->back().start + segments->back().size;
    place.open = [physical, size = place.size, segments = *std::move(segments)] {
      std::map<std::size_t, std::unique_ptr<ByteReader>> readers;
      for (const Segment& segment : segments) {
        for (const Segment::Stripe& stripe : segment.stripes) {
          auto& reader = readers[stripe.physical];
          if (reader == nullptr) reader = physical[stripe.physical].open();
        }
      }
      return std::make_unique<LogicalVolume>(size, segments, std::move(readers));
    };
    places.push_back(std::move(place));
  }
}

}  // namespace

void find_logical_volumes(const std::vector<Place>& physical, std::vector<Place>& places,
                          std::vector<UnreadableVolume>& unreadable) {
  std::map<std::string, std::size_t> place_of;
  std::map<std::string, Group> groups;  // by id: the newest text of all its volumes
  std::set<std::size_t> unexplained;
  for (std::size_t i = 0; i < physical.size(); ++i) {
    const auto bytes = physical[i].open();
    const auto header = read_header(*bytes);
    unexplained.insert(i);
    if (!header) continue;
    place_of.emplace(header->id, i);
    for (const ByteRange& area : header->metadata_areas) {
      auto text = read_text(*bytes, area);
      if (!text) continue;
      auto group = parse_group(*text);
      if (!group) continue;
      Group& kept = groups[group->section->text("id")];
      if (kept.section == nullptr || group->sequence > kept.sequence) kept = *std::move(group);
    }
  }
  for (const auto& [id, group] : groups) {
    for (const auto& [name, section] : group.section->section("physical_volumes")->sections()) {
      const auto found = place_of.find(plain_id(section->text("id")));
      if (found != place_of.end()) unexplained.erase(found->second);
    }
    add_volumes(group, physical, place_of, places, unreadable);
  }
  for (const std::size_t i : unexplained) {
    unreadable.push_back(
        unreadable_volume(physical[i], "lvm", "LVM2 physical volume without readable metadata"));
  }
}

}  // namespace konseki
