// MinerSign: one trace of mining, or of the scripts that bring miners, in a piece of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/miner/miner_data.h"
#include "konseki/byte_reader.h"
#include "konseki/path_spec.h"
#include "konseki/text.h"

namespace konseki {

// What a sign is a sign of. Only signs of kMining and kLoader make a finding; the others add to
// one.
enum class MinerSignKind {
  kMining,      // a miner's options, pool, wallet, configuration
  kLoader,      // fetches a script and runs it, or decodes one and runs it
  kHostChange,  // what mining intrusions do to a host: huge pages, kill lists, immutable files
  kNote,        // worth a word beside something else
};

struct MinerSign {
  std::string name;  // stable: "option.donate_level", "stratum", "wallet.monero"
  MinerSignKind kind = MinerSignKind::kNote;
  int score = 0;
  Bilingual text;
  std::string excerpt = {};              // as it stands there, at most 200 bytes
  ByteRange range = {};                  // in the text that was looked at
  std::optional<PathSpec> address = {};  // where it stands, if that is not the text's own file
};

// How the text comes to run: a job that starts by itself weighs more than a line in a history.
enum class CommandPlace { kScript, kStartsByItself, kProcess, kHistory };

// Signs in one command line. Base64 that it decodes to run is looked into, three layers deep.
// Linear in the length, of which 64 KiB are looked at. Each sign at most once.
std::vector<MinerSign> signs_in_command(std::string_view command, CommandPlace place,
                                        const MinerData& data);

// Signs in a script, unit file, crontab or history: those of its lines and those of the whole
// (kill lists, huge pages, ...). At most 1 MiB is looked at.
std::vector<MinerSign> signs_in_script(std::string_view text, CommandPlace place,
                                       const MinerData& data);

// Signs in a configuration file of a miner, by content: JSON (comments and trailing commas are
// allowed, as miners allow them) or the text forms of xmr-stak. Empty when it is none.
std::vector<MinerSign> signs_in_configuration(std::string_view text, const MinerData& data);

// The first Monero address in `text` at or after `from`: 95 or 106 characters of its alphabet that
// begin with 4 or 8. npos when none.
std::size_t find_monero_address(std::string_view text, std::size_t from, std::size_t& length);

}  // namespace konseki
