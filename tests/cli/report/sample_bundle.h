// A made-up bundle of a Linux host with everything a report shows, hostile names included.
#pragma once

#include "tests/support/fake_bundle.h"

namespace konseki::testing {

FakeBundle sample_bundle();

// What the hostile names of the sample would do if a browser ran them: set this attribute.
inline constexpr char kBrokenOutMark[] = "data-broken-out";

}  // namespace konseki::testing
