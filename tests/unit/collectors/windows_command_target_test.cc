#include <gtest/gtest.h>

#include "collectors/windows/base/command_target.h"

namespace konseki::windows {
namespace {

Environment sample() { return {"C:", "C:/Windows", "C:/Users/taro"}; }

struct Case {
  std::string_view command;
  std::string_view target;
};

TEST(CommandTarget, FindsTheProgram) {
  const Case cases[] = {
      {R"("C:\Program Files\A b\x.exe" /run "y")", "C:/Program Files/A b/x.exe"},
      {R"(C:\Program Files\A b\x.exe /run)", "C:/Program Files/A b/x.exe"},
      {R"(c:\tools\x.exe.config\y.exe -k)", "C:/tools/x.exe.config/y.exe"},
      {R"(%SystemRoot%\system32\svchost.exe -k netsvcs -p)", "C:/Windows/system32/svchost.exe"},
      {R"(%ProgramFiles(x86)%\A\b.exe)", "C:/Program Files (x86)/A/b.exe"},
      {R"("%APPDATA%\x\y.exe")", "C:/Users/taro/AppData/Roaming/x/y.exe"},
      {R"(\??\C:\Windows\x.sys)", "C:/Windows/x.sys"},
      {R"(\SystemRoot\System32\drivers\x.sys)", "C:/Windows/System32/drivers/x.sys"},
      {R"(system32\DRIVERS\x.sys)", "C:/Windows/system32/DRIVERS/x.sys"},
      {R"(\\?\C:\a\b.exe)", "C:/a/b.exe"},
      {R"(\\server\share\x.exe /s)", "//server/share/x.exe"},
      {R"(\Windows\x.exe)", "C:/Windows/x.exe"},
      {"explorer.exe", "C:/Windows/explorer.exe"},
      {"notepad", "C:/Windows/notepad.exe"},
      {"powershell -enc AAAA", "C:/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"},
      {R"(powershell.exe -NoP -File "C:\a b\x.ps1" y)", "C:/a b/x.ps1"},
      {R"(rundll32.exe C:\Users\Public\x.dll,Start)", "C:/Users/Public/x.dll"},
      {R"("C:\Windows\System32\rundll32.exe" "C:\a b\x.dat",#1)", "C:/a b/x.dat"},
      {"rundll32 shell32,Control_RunDLL", "C:/Windows/System32/shell32.dll"},
      {R"(rundll32.exe javascript:"\..\mshtml,RunHTMLApplication ")",
       "C:/Windows/System32/javascript:\"/../mshtml.dll"},
      {R"(regsvr32 /s /u C:\x\y.ocx)", "C:/x/y.ocx"},
      {"regsvr32 /s /n /u /i:http://a/b.sct scrobj.dll", "C:/Windows/System32/scrobj.dll"},
      {R"(wscript.exe //B "C:\x y\z.vbs" arg)", "C:/x y/z.vbs"},
      {"mshta http://host/a.hta", "C:/Windows/System32/mshta.exe"},
      {R"(cmd.exe /c start "" "C:\a b\c.bat")", "C:/a b/c.bat"},
      {R"(cmd /c rundll32 C:\x.dll,A)", "C:/x.dll"},
      {"cmd /c echo hello", "C:/Windows/System32/cmd.exe"},
      {R"(%unknown%\x.exe)", ""},
      {"", ""},
      {"   ", ""},
      {"\"", ""},
      {R"("C:\open quote.exe)", "C:/open quote.exe"},
      {R"(C:\名前 空白\痕跡.exe /x)", "C:/名前 空白/痕跡.exe"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(command_target(one.command, sample()), one.target) << one.command;
  }
}

TEST(CommandTarget, EndsOnCarriersWithoutEnd) {
  std::string command = "x.exe";
  for (int i = 0; i < 1000; ++i) command = "cmd /c cmd.exe /c " + command;
  EXPECT_EQ(command_target(command, sample()), "C:/Windows/System32/cmd.exe");
}

TEST(NormalisePath, PutsBareNamesWhereTheyBelong) {
  EXPECT_EQ(normalise_path("x.sys", sample(), "System32/drivers"),
            "C:/Windows/System32/drivers/x.sys");
  EXPECT_EQ(normalise_path("mscoree.dll", sample()), "C:/Windows/System32/mscoree.dll");
}

TEST(NormalisePath, MapsTheSystemDriveOfUnletteredVolumes) {
  const Environment unlettered{"$fs$/fs0", "$fs$/fs0/Windows", ""};
  EXPECT_EQ(normalise_path(R"(C:\x\y.exe)", unlettered), "$fs$/fs0/x/y.exe");
  EXPECT_EQ(normalise_path(R"(%windir%\y.exe)", unlettered), "$fs$/fs0/Windows/y.exe");
  EXPECT_EQ(normalise_path(R"(D:\y.exe)", unlettered), "D:/y.exe");
}

TEST(ExpandVariables, LeavesUnknownOnesAlone) {
  EXPECT_EQ(expand_variables("100% of %foo%windir%", sample()), "100% of %fooC:/Windows");
  EXPECT_EQ(expand_variables("%SYSTEMDRIVE%", sample()), "C:");
}

}  // namespace
}  // namespace konseki::windows
