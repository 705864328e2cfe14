// A kit's settings as tests need them.
#pragma once

#include "agent/kit/kit_config.h"

namespace konseki::testing {

inline constexpr std::string_view kCaseKeysOfTests[] = {"case_id", "contact"};

inline KitConfig sample_config(const SigningKey& key) {
  KitConfig config;
  config.program_version = "0.1.0";
  config.created = "2026-11-21T00:00:00.000000000Z";
  config.profile = "triage";
  config.artifacts = {"SiteThing"};
  config.include = {"/srv/\"a b\"/**"};
  config.recipients = {AgeIdentity::generate().recipient().text()};
  config.case_fields = {{"case_id", "2026-014"}, {"contact", "救助チーム"}};
  config.limits = {{"max_time", "30m"}, {"cpu_limit", "50"}};
  config.indicators = 1200;
  config.rules = 34;
  config.public_key = key.verifying;
  config.data_key = AgeIdentity::generate();
  return config;
}

}  // namespace konseki::testing
