// konseki/run.json: the first member of a bundle, what is known before anything is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/cli/case_file.h"
#include "agent/pipeline/limits.h"
#include "agent/seal/signing_key.h"
#include "konseki/live_host.h"
#include "konseki/source.h"

namespace konseki {

struct RunDescription {
  std::string run_id;
  std::string executable_sha256;  // empty when our own file could not be read
  std::vector<std::string> arguments;
  CaseFile case_fields;
  HostFacts host;
  std::string profile;
  Timestamp started;
  std::optional<ClockState> clock;           // live hosts
  std::optional<Timestamp> clock_reference;  // of a trusted watch, as typed by the operator
  bool privileged = true;
  bool output_on_source = false;
  bool commands = false;        // programs of the host are run, as asked
  bool scan_processes = false;  // the memory of processes is read, as asked
  std::size_t definition_count = 0;
  Limits limits;
  std::optional<VerifyingKey> signing_key;  // the public side of the key that signs the manifest
  bool own_signing_key = false;             // it was given, not made for this run
};

std::string run_json(const RunDescription& run, Source& source);

}  // namespace konseki
