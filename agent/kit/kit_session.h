// KitSession: what the program in a rescue kit does when it is started: check, rights, one
// question, collection, and what to do next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/kit/kit_desk.h"

namespace konseki {

// As the options of `konseki kit run` say.
struct KitRunSettings {
  std::string folder;
  Language language = Language::kEnglish;
  bool language_given = false;  // stronger than what the kit says
  bool ask = true;
  bool elevate = true;
  bool output_on_source = false;
  bool quiet = false;
};

enum class KitEnd {
  kCollected,  // `code` is that of the collection
  kElsewhere,  // an elevated run did it; `code` is its own, where it was waited for
  kDeclined,   // the answer was no
  kNobody,     // there is no terminal to ask at
  kAltered,    // the kit is not as it was made
  kFailed,     // see what was said
};
struct KitRunResult {
  KitEnd end = KitEnd::kFailed;
  int code = 0;
};

class KitSession {
 public:
  KitSession(KitDesk& desk, KitRunSettings settings);

  KitRunResult run();

 private:
  const char* in(const char* en, const char* ja) const;
  bool japanese() const { return settings_.language == Language::kJapanese; }
  void say(const std::string& text);
  void row(const Bilingual& label, const std::string& value);

  Result<KitRunResult> prepared();
  std::optional<KitRunResult> elevated();
  void show(const KitConfig& config, const KitOutlook& outlook);
  void advise_clock(const KitConfig& config);
  void advise_rights();
  bool confirmed();
  KitRunResult collected(const KitConfig& config);
  void show_end(const KitConfig& config, bool sealed);
  void hold_window();

  KitDesk& desk_;
  KitRunSettings settings_;
  std::string output_;
  bool refused_rights_ = false;
};

}  // namespace konseki
