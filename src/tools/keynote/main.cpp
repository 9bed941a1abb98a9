// keynote(1): makes keys, signs assertions, verifies signatures and asks policies.
#include <iostream>
#include <string>
#include <vector>

#include "tools/keynote/commands.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  ike::tools::keynote::Console console{std::cout, std::cerr};
  const int code = ike::tools::keynote::run(words, console);
  std::cout.flush();
  return std::cout ? code : 1;
}
