// Moved to agent/base; this name stays until its last users have followed.
#pragma once

#include "agent/base/file_row_view.h"
