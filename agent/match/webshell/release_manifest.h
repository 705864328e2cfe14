// ReleaseManifests: what an application's own lists say is part of its release, and what is not.
//   Composer: vendor/composer/installed.json (getcomposer.org/doc/faqs, schema of installed.json)
//   Nextcloud, ownCloud: core/signature.json, apps/NAME/appinfo/signature.json (code signing)
//   WordPress: wp-includes/version.php and the names in the root of every release since 3.0
//   Joomla: administrator/manifests/files/joomla.xml
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "konseki/finding.h"
#include "konseki/path_spec.h"

namespace konseki::webshell {

// Whoever can write into a site can write its lists, too: being named there excuses nothing, and
// only being strange to them is told. see() may be called from several threads; witness_of() after
// the last file. What is kept depends on the files, never on their order.
class ReleaseManifests {
 public:
  static constexpr std::size_t kMostManifests = 2000;
  static constexpr std::size_t kMostNames = 200'000;  // of one manifest; a longer one says nothing

  // True for the path of a file that see() would read. Display paths.
  static bool is_manifest(std::string_view path);

  // Reads a manifest; what is none, or is damaged, says nothing. Linear in its length.
  void see(std::string_view path, std::string_view content);

  // "file.not_of_release" for a file that lies where a release names all that belongs there, and
  // that is not named. Nothing where no manifest speaks of the place.
  std::optional<Witness> witness_of(const PathSpec& file) const;

  // Manifests that were read; those beyond the limit.
  std::size_t count() const { return manifests_.size(); }
  std::uint64_t left_out() const { return left_out_; }

 private:
  enum class Kind { kComposer, kSigned, kWordPress, kJoomla };
  struct Manifest {
    Kind kind = Kind::kComposer;
    std::string file;  // its display path
    // Hashes of lower-case paths below the base: packages' folders (Composer), files (signed),
    // files and folders of the root (Joomla).
    std::unordered_set<std::uint64_t> names;
    std::set<std::string, std::less<>> folders;  // signed: first folders that it covers
  };
  struct Place {
    Kind kind;
    std::string base;  // lower-case folder that it speaks of, with '/' at the end
  };

  static std::optional<Place> place_of(std::string_view path);
  static bool is_strange(const Manifest& manifest, std::string_view inside);

  mutable std::mutex mutex_;                                    // of all below
  std::map<std::pair<std::string, Kind>, Manifest> manifests_;  // by base
  std::uint64_t left_out_ = 0;
};

}  // namespace konseki::webshell
