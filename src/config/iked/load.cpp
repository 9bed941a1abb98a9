#include "config/iked/load.h"

#include "config/iked/parser.h"
#include "config/iked/translate.h"

namespace ike::config::iked {

namespace {

// Reads files into the sources and reports those that cannot be used.
class Files final : public Includer {
 public:
  Files(Sources& sources, Environment& environment, Diagnostics& diagnostics)
      : sources_(sources), environment_(environment), diagnostics_(diagnostics) {}

  std::optional<uint32_t> open_top(const std::string& path) {
    const bool standard_input = path == "-";
    auto file = standard_input ? environment_.read_standard_input(kFileSizeMax)
                               : environment_.read_file(path, kFileSizeMax);
    // Registered even when empty, so that a message about the file has its name.
    if (!file) {
      diagnostics_.error({sources_.add(path, {}), 0, 0}, file.error());
      return std::nullopt;
    }
    return accept(standard_input ? "stdin" : path, *std::move(file), !standard_input);
  }

  std::optional<uint32_t> open(const Word& path) override {
    const std::string failed = "failed to include file " + path.text;
    auto file = environment_.read_file(path.text, kFileSizeMax);
    if (!file) {
      diagnostics_.error(path.at, failed + ": " + file.error());
      return std::nullopt;
    }
    if (sources_.total_size() + file->text.size() > kTotalSizeMax) {
      diagnostics_.error(path.at, failed + ": more than " + std::to_string(kTotalSizeMax) +
                                      " octets with all that is included");
      return std::nullopt;
    }
    const auto id = accept(path.text, *std::move(file), true);
    if (!id) diagnostics_.error(path.at, failed);
    return id;
  }

 private:
  std::optional<uint32_t> accept(const std::string& name, FileText&& file, bool secret) {
    const auto fault =
        secret ? secrecy_fault(file, environment_.user(), name) : std::optional<std::string>();
    const uint32_t id = sources_.add(name, std::move(file.text));
    if (!fault) return id;
    diagnostics_.error({id, 0, 0}, *fault);
    return std::nullopt;
  }

  Sources& sources_;
  Environment& environment_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::expected<Loaded, std::vector<Diagnostic>> load(const LoadOptions& options,
                                                    Environment& environment) {
  Sources sources;
  Diagnostics diagnostics(sources);
  Files files(sources, environment, diagnostics);
  const auto top = files.open_top(options.path);
  if (!top) return std::unexpected(diagnostics.finish());

  Lexer lexer(sources, diagnostics);
  for (const auto& [name, value] : options.macros) lexer.define_fixed(name, value);
  lexer.push_file(*top);
  Parser parser(lexer, diagnostics, files);
  Translator translator(options, sources, environment, diagnostics);
  bool any_rule = false;
  while (auto statement = parser.next()) {
    any_rule |= !std::holds_alternative<SetStatement>(*statement);
    translator.add(*std::move(statement), parser.policies());
  }
  if (!any_rule && !diagnostics.has_errors()) {
    diagnostics.warning({*top, 0, 0}, "no valid configuration rules found");
  }
  if (diagnostics.has_errors()) return std::unexpected(diagnostics.finish());
  Loaded loaded = translator.finish();
  loaded.warnings = diagnostics.finish();
  return loaded;
}

std::optional<MacroDefinition> parse_macro(const std::string& argument) {
  const size_t equals = argument.rfind('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  return MacroDefinition{argument.substr(0, equals), argument.substr(equals + 1)};
}

}  // namespace ike::config::iked
