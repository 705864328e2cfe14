// KitDesk: the person in front of the host, and the host, as the run of a rescue kit needs them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/process.h"
#include "agent/base/terminal.h"
#include "agent/kit/kit_check.h"
#include "konseki/host.h"
#include "konseki/result.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

// What is known before anything is collected.
struct KitOutlook {
  std::string hostname;
  bool privileged = false;
  bool output_allowed = true;  // not on a volume under examination
  Bilingual output_reason;     // why not
  Bilingual profile;           // what it takes
};

struct KitCollection {
  int code = 0;         // exit code of `konseki collect`
  bool sealed = false;  // the bundle is whole
};

class KitDesk {
 public:
  virtual ~KitDesk() = default;

  virtual OperatingSystem system() const = 0;
  virtual TerminalShape shape() const = 0;
  virtual bool can_ask() const = 0;  // someone sits at a terminal
  virtual bool window_ends_with_program() const = 0;
  virtual void say(std::string_view text) = 0;           // a line or several
  virtual std::string ask(std::string_view prompt) = 0;  // the answer, without blanks
  virtual void wait_for_key(std::string_view prompt) = 0;

  virtual Result<KitCheck> check(const std::string& folder) = 0;
  virtual Result<KitOutlook> look_ahead(const KitConfig& config, const std::string& output) = 0;
  // run_elevated().
  virtual ElevatedRun elevate(const std::vector<std::string>& words, bool wait) = 0;
  virtual Timestamp now() const = 0;        // by the clock of the host
  virtual std::string program() const = 0;  // path of this program
  // The folder for the bundles is made where it is not there.
  virtual Result<void> make_output(const std::string& output) = 0;
  // `konseki collect` with these words.
  virtual KitCollection collect(const std::vector<std::string>& words, Language language) = 0;
};

}  // namespace konseki
