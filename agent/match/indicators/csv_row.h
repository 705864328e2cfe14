// Rows of CSV and its relatives (RFC 4180, any delimiter).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// Splits one row. False when a quoted field is still open at its end: then the row goes on with
// the next line. Cells are trimmed; "" inside quotes is one quote.
bool split_csv(std::string_view line, char delimiter, std::vector<std::string>& cells);

}  // namespace konseki
