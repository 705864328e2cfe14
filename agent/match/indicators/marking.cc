#include "agent/match/indicators/marking.h"

#include <array>

namespace konseki {
namespace {

struct Marking {
  std::string_view id;
  std::string_view name;
};

constexpr std::array<Marking, 9> kMarkings{{
    {"94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"},
    {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"},
    {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"},
    {"939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"},
    {"e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"},
    {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"},  // TLP 1: WHITE
    {"34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
    {"f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
    {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
}};

}  // namespace

std::string_view tlp_of_marking_ref(std::string_view marking_ref) {
  for (const Marking& marking : kMarkings) {
    if (marking_ref.ends_with(marking.id)) return marking.name;
  }
  return {};
}

std::string_view marking_id_of(std::string_view tlp) {
  for (const Marking& marking : kMarkings) {  // TLP 2 comes first
    if (marking.name == tlp) return marking.id;
  }
  return {};
}

std::string tlp_of_word(std::string_view word) {
  std::string upper;
  for (const char c : word) {
    if (c != ' ' && c != '"') upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  if (upper.starts_with("TLP:") || upper.starts_with("TLP-") || upper.starts_with("TLP=")) {
    upper.erase(0, 4);
  }
  if (upper == "WHITE") upper = "CLEAR";
  for (const std::string_view known : {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"}) {
    if (upper == known) return "TLP:" + upper;
  }
  return {};
}

}  // namespace konseki
