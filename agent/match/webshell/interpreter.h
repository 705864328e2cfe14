// Interpreter: follows a script without running it. Expressions whose parts are constants are
// computed; of all others it knows where they come from (value.h). What flows where becomes facts.
//
// It reads every statement once, in order, whatever conditions say, and computes loops only while
// all that they need is constant. Functions are followed at their calls, and once with unknown
// arguments when nobody calls them. Code that eval() gets as a constant is followed as a further
// layer. Everything is bounded: steps, depth, layers, memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/builtins.h"
#include "agent/match/webshell/fact.h"
#include "agent/match/webshell/names.h"
#include "agent/match/webshell/script_language.h"
#include "agent/match/webshell/token.h"
#include "agent/match/webshell/value.h"

namespace konseki::webshell {

// Code of one layer with its tokens.
struct Code {
  ScriptLanguage language = ScriptLanguage::kPhp;
  std::string_view text;
  std::uint64_t base = 0;  // offset of `text` in the file, for layer 0
  int layer = 0;
  Tokens tokens;
};

// A function or method that the script defines.
struct Function {
  std::string_view name;
  std::string_view owner;  // the class that it is a method of (PHP)
  const Code* code = nullptr;
  std::uint32_t begin = 0;  // its body's tokens
  std::uint32_t end = 0;
  std::vector<std::string_view> parameters;
  std::uint32_t references = 0;  // bit i: parameter i is given back to the caller
  std::vector<std::pair<std::string_view, Value>> captured;  // what a closure takes with it
  bool arrow = false;        // its body is an expression, whose value is its result
  bool method = false;       // of a class of Python: its first parameter is the object
  std::uint32_t served = 0;  // traits of the arguments that a server calls it with
  bool hooked = false;       // called by what is not seen here: its name is given away, objects end
  std::uint32_t runs = 0;
  bool running = false;
  Value result;  // of the last run
};

// Variables of one call, or of the whole script. Fields of objects ("->name") and constants
// ("#NAME") live in the script's.
class Frame {
 public:
  Value* find(std::string_view name);
  Value& at(std::string_view name);  // made when missing

  // `global $name`: the name means the script's variable.
  void share(std::string_view name) { shared_.push_back(name); }
  bool shares(std::string_view name) const {
    return std::find(shared_.begin(), shared_.end(), name) != shared_.end();
  }

  bool foreign = false;  // variables that nobody sets come from the request
  bool has_result = false;
  Value result;

 private:
  std::vector<std::pair<std::string_view, Value>> variables_;
  std::unordered_map<std::string_view, std::size_t> index_;  // once there are many
  std::vector<std::string_view> shared_;
};

struct Limits {
  std::uint32_t steps = 600'000;       // expressions and statements
  std::uint32_t loop_steps = 250'000;  // of them inside computed loops that came to no end
  std::uint32_t kept_steps = 200'000;  // that are left to what follows computed loops
  std::uint32_t rounds = 30'000;       // of computed loops
  std::size_t layer_bytes = 4 << 20;   // of all unpacked layers
  int layers = 24;
};

class Interpreter : private ArrayMaker {
 public:
  Interpreter(Arena& arena, Facts& facts, const Limits& limits = {});

  // The file names PHP as its program ("#!…php"): what it gets as arguments is no request.
  void of_command_line() { command_line_ = true; }
  // Follows code as it stands in the file at `base`.
  void run(ScriptLanguage language, std::string_view code, std::uint64_t base);
  // Follows the functions that nobody called. Call it once, at the end.
  void finish();

 private:
  // Where a value can be stored.
  struct Place {
    enum class Kind : std::uint8_t { kNone, kVariable, kElement, kField };
    Kind kind = Kind::kNone;
    std::string_view name;
    std::string_view key;  // of kElement; empty when not known
    bool known_key = false;
  };
  struct Operand {
    Value value;
    Place place;
    std::string_view path;  // "request.form"; empty for what is no name
  };
  struct Arguments {
    static constexpr std::size_t kMost = 12;  // the rest lends its traits to the last one
    std::array<Value, kMost> values;
    std::array<Place, kMost> places;
    std::array<std::string_view, kMost> keys;
    std::size_t count = 0;
    std::uint32_t traits = 0;
    bool spread = false;  // ...$list among them
    std::span<const Value> span() const { return {values.data(), count}; }
  };

  // Statements (statements.cc, loops.cc, declarations.cc, basic_statements.cc).
  void block(std::uint32_t end);
  void statement();
  void conditional();
  void loop(std::string_view keyword);
  void computed_loop(std::uint32_t condition, std::uint32_t step, std::uint32_t body,
                     std::uint32_t after);
  void for_each();
  bool decodes(std::uint32_t begin, std::uint32_t end) const;
  void class_body();
  void declare_functions(const Code& code);
  bool skip_function();
  void return_value(const Value& value);
  void basic_statement();
  void basic_call();
  void forget_changed(std::uint32_t begin, std::uint32_t end);
  std::uint32_t statement_end(std::uint32_t at) const;

  // Python (python.cc).
  bool python() const { return language() == ScriptLanguage::kPython; }
  std::string dotted_name();
  void python_import();
  void python_with();
  void python_suite();
  bool python_targets();
  std::string_view python_name(std::string_view name);
  std::uint32_t python_served(const Tokens& tokens, std::uint32_t at) const;
  void python_parameters(const Function& function, Arguments& list) const;
  static bool python_reached(const Function& function);
  void python_registers(std::string_view name, const Arguments& list);
  std::uint32_t python_command(const NameEntry& entry, const Arguments& list) const;
  const NameEntry* python_entry(std::string_view path) const;
  Value python_callee(const Operand& callee);
  bool python_slice(Operand& left);
  void python_element(Operand& left, const Value& key);
  std::optional<Value> python_made(std::string_view name, const Arguments& list);
  static Arguments python_method_arguments(const Arguments& list);
  Operand python_lambda();
  bool answers_http() const;
  bool answers_cgi();

  // Expressions (expressions.cc, name_operands.cc, postfix.cc, members.cc, variables.cc,
  // operators.cc, assignments.cc, arguments.cc).
  Value expression(int minimum = 1) { return operand(minimum).value; }
  Operand operand(int minimum);
  Operand unary();
  Operand primary();
  Operand name_operand();
  Operand keyword(std::string_view word, bool& done);
  Operand postfix(Operand left);
  Operand member(Operand left);
  Operand index(Operand left, const Value& key);
  Operand new_object();
  Operand closure();
  Operand arrow_function(std::vector<std::string_view> parameters);
  Operand match_operand();
  Operand include_operand(std::string_view function);
  Value array_literal(std::string_view closing);
  bool skip_cast(bool& number);
  bool assignment(Operand& left);
  int precedence(const Token& token) const;
  Value combine(const Token& op, const Operand& left, const Operand& right);
  Value concatenated(const Value& left, const Value& right);
  Value compared(const Value& left, const Value& right, const Token& op);
  Value bitwise(char op, const Value& left, const Value& right);
  static Value joined(const Value& left, const Value& right, bool both);
  Value merged(const Value& one, const Value& other) const;
  Value variable(std::string_view name);
  Operand variable_operand(std::string_view name);
  bool sent_to_itself(std::string_view name);
  void assign(const Place& place, Value value);
  void assign_list(std::span<const Place> places, const Value& list);
  Frame& owner_of(std::string_view name);
  Operand declared();
  void arguments(Arguments& out, std::string_view closing);
  void implicit_arguments(Arguments& out);
  Value text_value(const Token& token) const;

  // Calls (calls.cc).
  Operand call(const Operand& callee, Arguments& arguments, std::uint32_t offset);
  Value call_name(std::string_view name, Arguments& arguments, const Value* receiver,
                  const Place* receiver_place, bool hidden);
  std::optional<Value> computed_call(std::string_view name, std::span<const Value> arguments);
  Value call_value(const Value& callee, Arguments& arguments);
  Value call_function(Function& function, const Arguments& arguments);
  Function* method_of(const Value& callable) const;
  std::optional<Value> magic_call(std::string_view name, const Arguments& arguments);
  std::string_view written_otherwise(std::string_view name) const;
  const NameEntry* entry(std::string_view name) const {
    return python() ? python_entry(name) : find_name(language(), name);
  }
  bool dangerous(std::string_view name) const;

  // What calls tell by themselves (deeds.cc).
  void observe(const NameEntry& entry, const Arguments& arguments);
  std::string_view first_text_of_call() const;
  bool asks_secrets();
  bool asks_passwords();
  void harvest(std::string_view function);
  bool tells_own_address();
  void asked_host(const Value& address);
  void transfer_option(std::string_view option, const Value& setting);
  bool knows_robots();
  bool names_a_sink() const;

  // What functions do (roles.cc, sinks.cc, callbacks.cc, files.cc, reflection.cc).
  Value apply(const NameEntry& entry, Arguments& arguments, const Value* receiver,
              const Place* receiver_place);
  std::optional<Value> reflection(const NameEntry& entry, const Arguments& arguments,
                                  const Value* receiver);
  void run_value(const Value& value, std::string_view function);
  void command(const NameEntry& entry, const Arguments& arguments);
  bool foreign_connection(const NameEntry& entry, const Arguments& arguments, const Value* receiver,
                          const Place* place) const;
  bool no_basic_code() const;
  void include(const Value& value, std::string_view function);
  bool path_in_escapes() const;
  Value callback(const NameEntry& entry, Arguments& arguments);
  Value made_function(const Value& parameters, const Value& body);
  Value replace(const NameEntry& entry, const Arguments& arguments);
  void write(const Value& name, const Value& content, std::string_view function);
  void infect(const Value& content);
  bool writes_code() const;
  bool names_compiler();
  // What an upload may be (upload_check.cc): a comparison with kinds that no server runs is kept in
  // kind_compared_.
  void compare_kind(const Value& given, const Value& allowed);
  void observe_check(std::string_view function, const Arguments& arguments);
  Value open(const NameEntry& entry, const Arguments& arguments);
  Value read(const NameEntry& entry, const Arguments& arguments, const Value* receiver);
  void extract(const Arguments& arguments);
  Value object(const Value& name);
  void layer(std::string_view code, const Value& value, std::string_view function);

  // Common.
  const Token& now() const { return at_ < end_ ? code_->tokens[at_] : end_token_; }
  const Token& ahead(std::uint32_t by = 1) const {
    return at_ + by < end_ ? code_->tokens[at_ + by] : end_token_;
  }
  ScriptLanguage language() const { return code_->language; }
  bool php() const { return language() == ScriptLanguage::kPhp; }
  bool perl() const { return language() == ScriptLanguage::kPerl; }
  bool sigils() const { return php() || perl(); }
  bool basic() const {
    return language() == ScriptLanguage::kVbScript || language() == ScriptLanguage::kVbNet;
  }
  bool step();
  void fact(FactKind kind, std::string_view detail);
  void fact_source() { fact(FactKind::kSource, "request"); }
  bool script_name(const Value& value) const;
  ValueArray* make_array() override;

  Arena& arena_;
  Facts& facts_;
  Limits limits_;
  const Code* code_ = nullptr;
  std::uint32_t at_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t site_ = 0;  // token of the call that is being followed
  Token end_token_;
  std::deque<std::unique_ptr<Code>> codes_;
  std::deque<Function> functions_;
  std::unordered_map<std::string_view, Function*> function_of_;
  std::unordered_set<std::string_view> classes_;  // that the script defines (PHP)
  const Function* current_ = nullptr;             // the function that is followed
  std::deque<ValueArray> arrays_;
  std::size_t elements_ = 0;
  Frame global_;
  Frame* frame_ = &global_;
  Value with_;  // the object of VBScript's With
  int depth_ = 0;
  int calls_ = 0;
  int condition_ = 0;                     // how many conditions hold the current statement
  int loops_ = 0;                         // how many of them are loops
  int computed_ = -1;                     // condition_ of the loop whose rounds are computed now
  bool next_round_ = false;               // `continue` in such a round
  std::vector<std::string_view> fields_;  // form_fields() of *fields_of_
  const Code* fields_of_ = nullptr;
  std::vector<std::string_view> written_;  // files that got what a request or the network sent
  bool temporary_written_ = false;         // a file without a name did
  bool wrote_input_ = false;               // a file got what a request sent
  signed char compiler_ = -1;              // names_compiler(), once known
  signed char secrets_ = -1;               // asks_secrets(), once known
  signed char passwords_ = -1;             // asks_passwords(), once known
  signed char own_address_ = -1;           // tells_own_address(), once known
  signed char robots_ = -1;                // knows_robots(), once known
  signed char cgi_ = -1;                   // answers_cgi(), once known
  // Names that Python's imports made, and what they stand for.
  std::unordered_map<std::string_view, std::string_view> imported_;
  bool command_line_ = false;
  bool mails_owner_ = false;    // a message goes to a fixed address, whatever a request says
  bool kind_compared_ = false;  // an upload's kind was compared with harmless ones
  bool in_class_ = false;
  bool reached_ = true;  // finish() has not begun
  bool stop_ = false;    // break, continue or return inside a computed loop
};

}  // namespace konseki::webshell
