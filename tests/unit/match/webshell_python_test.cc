// Python: by which ways a request comes in, and what modules and classes do with it. The dangerous
// words are split, so that this file itself is no finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/match/webshell_recipe.h"

namespace konseki::webshell {
namespace {

using testing::Contains;
using testing::Not;

const std::string kOpen = std::string("po") + "pen";
const std::string kRun = std::string("subpro") + "cess";
const std::string kSystem = std::string("sys") + "tem";
const std::string kExec = std::string("ex") + "ec";

std::vector<std::string> seen(const std::string& code) { return seen_in_page(code, "a.py"); }

const char* const kCommandInput = "code.command_input";
const char* const kReverse = "code.reverse";

TEST(WebshellPython, NamesThatImportsMake) {
  const std::string route = "@app.route('/a')\ndef a():\n";
  EXPECT_THAT(seen("from flask import request as r\nfrom os import " + kOpen + " as p\n" + route +
                   "    return p(r.args.get('c')).read()\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("from flask import request\nimport " + kRun + " as s\n" + route +
                   "    return s.getoutput(request.headers.get('X-A'))\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("from flask import request\nimport tools as s\n" + route +
                   "    return s.getoutput(request.headers.get('X-A'))\n"),
              Not(Contains(kCommandInput)));
}

TEST(WebshellPython, ModulesAndFunctionsByText) {
  const std::string head = "import os\nfrom flask import request\n@app.route('/')\ndef a():\n    ";
  EXPECT_THAT(seen(head + "return __import__('os')." + kOpen + "(request.args['c']).read()\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "return getattr(os, 'po' + 'pen')(request.args['c']).read()\n"),
              Contains("code.hidden_name"));
  EXPECT_THAT(seen(head + "m = importlib.import_module('" + kRun +
                   "')\n    return m.check_output(request.args['c'], shell=True)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "f = os." + kOpen + "\n    return f(request.args['c']).read()\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "return getattr(os, 'path')(request.args['c'])\n"),
              Not(Contains("code.hidden_name")));
}

TEST(WebshellPython, TextsWithExpressions) {
  const std::string head = "import os, cgi\nf = cgi.FieldStorage()\n";
  EXPECT_THAT(seen(head + "os." + kSystem + "(f'{f.getvalue(\"c\")!s:>4} 2>&1')\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "if (c := f.getvalue('c')):\n  os." + kSystem + "(c)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "c: str = f.getvalue('c')\nos." + kSystem + "(c)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen(head + "os." + kSystem + "(f'{{f.getvalue}} {len(f.getvalue(\"c\"))}')\n"),
              Not(Contains(kCommandInput)));
}

TEST(WebshellPython, RequestsOfServers) {
  EXPECT_THAT(seen("import os\nclass H(BaseHTTPRequestHandler):\n  def do_POST(s):\n    d = "
                   "s.rfile.read(9)\n    os." +
                   kSystem + "(d)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("import os\ndef application(environ, start_response):\n    b = "
                   "environ['wsgi.input'].read()\n    os." +
                   kSystem + "(b)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("import os\n@app.route('/a/<path:c>')\ndef a(c):\n    os." + kSystem + "(c)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("import os\ndef a(c):\n  return os." + kOpen +
                   "(c).read()\ns = SimpleXMLRPCServer(('', 8))\ns.register_function(a, 'a')\n"),
              Contains(kCommandInput));
  // An object with a path of its own is no request.
  EXPECT_THAT(
      seen("import os\nclass F:\n  def size(self):\n    os." + kSystem + "('du ' + self.path)\n"),
      Not(Contains(kCommandInput)));
}

TEST(WebshellPython, StandardInputOfCgi) {
  const std::string read = "import sys\nb = sys.stdin.read()\n" + kExec + "(b)\n";
  EXPECT_THAT(seen("print('Content-Type: text/plain')\n" + read), Contains("code.run_input"));
  EXPECT_THAT(seen(read), Not(Contains("code.run_input")));
}

TEST(WebshellPython, MethodsAndFields) {
  EXPECT_THAT(seen("import " + kRun +
                   "\nfrom flask import request\nclass C(MethodView):\n"
                   "  def get(self):\n    return self.go(request.args['c'])\n"
                   "  def go(self, c):\n    return " +
                   kRun + ".getoutput(c)\n"),
              Contains(kCommandInput));
  EXPECT_THAT(seen("import socket, os\nclass C:\n  def __init__(self, h):\n    self.s = "
                   "socket.socket()\n  def go(self):\n    self.c = self.s.recv(9)\n"
                   "    self.run()\n  def run(self):\n    os." +
                   kSystem + "(self.c)\nC('h').go()\n"),
              Contains(kReverse));
}

// What follows a branch that returns is read as well.
TEST(WebshellPython, BranchesThatReturn) {
  EXPECT_THAT(seen("import os\ndef a(s):\n  try: w = s.recv(4)\n  except: return\n  if w != 'x':\n"
                   "    return\n  c, d = s.recv(9), 1\n  os." +
                   kSystem + "(c)\n"),
              Contains(kReverse));
}

TEST(WebshellPython, ShellFedByASocket) {
  EXPECT_THAT(seen("import socket, " + kRun +
                   "\ndef a(s, p):\n  while 1:\n    d = s.recv(9)\n"
                   "    p.stdin.write(d)\ns = socket.socket()\np = " +
                   kRun +
                   ".Popen(['sh'])\n"
                   "a(s, p)\n"),
              Contains(kReverse));
}

TEST(WebshellPython, SlicesAndLambdas) {
  // base64 of a line that asks the network for code, written backwards.
  EXPECT_THAT(seen("import base64\nf = lambda t: base64.b64decode(t[::-1])\n" + kExec +
                   "(f('==QKn0TPnkCdyJncnhDdyJHO0JXe0JXe0JXe0JXe0JXe'))\n"),
              Contains(testing::AnyOf("code.unpack", "code.run_opaque")));
}

// Of a list only the program is a command, and not when it lies in a folder that is fixed.
TEST(WebshellPython, ArgumentsOfPrograms) {
  const std::string head = "import os, " + kRun +
                           "\nfrom flask import request\n@app.route('/')\n"
                           "def a():\n    ";
  EXPECT_THAT(seen(head + kRun + ".run(['convert', request.args['c']])\n"),
              Not(Contains(kCommandInput)));
  EXPECT_THAT(seen(head + kRun + ".run([os.path.join('/srv/cgi', request.args['c'])])\n"),
              Not(Contains(kCommandInput)));
  EXPECT_THAT(seen(head + kRun + ".run(['sh', '-c', request.args['c']])\n"),
              Contains(kCommandInput));
}

}  // namespace
}  // namespace konseki::webshell
