// Setting fields of records that stay unset when the value is unknown.
#pragma once

#include "collectors/live/record_fields.h"

namespace konseki::procfs {

using live::set_list;
using live::set_text;
using live::set_uint;

}  // namespace konseki::procfs
