#include "agent/base/interrupt_signal.h"

#include <windows.h>

#include <atomic>

namespace konseki {
namespace {

std::atomic<bool> wished{false};

// Runs in a thread of the system's making.
BOOL WINAPI on_control(DWORD event) {
  if (wished.exchange(true)) return FALSE;  // the second time the system ends the process
  // A closed window, a logoff and a shutdown end the process as soon as this returns, and in any
  // case after about five seconds: these are for sealing what there is.
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) ::Sleep(INFINITE);
  return TRUE;
}

}  // namespace

void catch_interrupts() {
  wished = false;
  (void)::SetConsoleCtrlHandler(nullptr, FALSE);  // a parent may have switched Ctrl-C off
  (void)::SetConsoleCtrlHandler(on_control, TRUE);
}

void release_interrupts() { (void)::SetConsoleCtrlHandler(on_control, FALSE); }

bool interrupted() { return wished; }

}  // namespace konseki
