// Moved to agent/base; this name stays until its last users have followed.
#pragma once

#include "agent/base/json_view.h"
