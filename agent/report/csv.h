// One cell of a CSV file after RFC 4180.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// Appends `text`, quoted where it must be.
void append_csv_cell(std::string& out, std::string_view text);

// The same for a file that a spreadsheet will open: hidden characters are shown, and text that a
// spreadsheet would run as a formula (=, +, -, @, also full-width, tab, carriage return) gets an
// apostrophe before it.
void append_spreadsheet_cell(std::string& out, std::string_view text);

}  // namespace konseki
