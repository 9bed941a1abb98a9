#include "tools/ike-load/watch.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace ike::load {

namespace {

namespace fs = std::filesystem;

std::string proc(pid_t pid) { return "/proc/" + std::to_string(pid); }

void collect(pid_t pid, std::set<pid_t>& found) {
  if (!found.insert(pid).second) return;
  std::error_code error;
  for (const auto& task : fs::directory_iterator(proc(pid) + "/task", error)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) collect(child, found);
  }
}

std::set<pid_t> family_of(const std::vector<pid_t>& roots) {
  std::set<pid_t> found;
  for (const pid_t root : roots) collect(root, found);
  return found;
}

// The first number of schedstat: nanoseconds on a processor.
Duration cpu_of_process(pid_t pid) {
  Duration total{};
  std::error_code error;
  for (const auto& task : fs::directory_iterator(proc(pid) + "/task", error)) {
    std::ifstream stat(task.path() / "schedstat");
    int64_t ns = 0;
    if (stat >> ns) total += Duration(ns);
  }
  return total;
}

uint64_t memory_of_process(pid_t pid) {
  std::ifstream smaps(proc(pid) + "/smaps_rollup");
  for (std::string word; smaps >> word;) {
    uint64_t kib = 0;
    if (word == "Pss:" && smaps >> kib) return kib * 1024;
  }
  return 0;
}

}  // namespace

Duration cpu_of(const std::vector<pid_t>& roots) {
  Duration total{};
  for (const pid_t pid : family_of(roots)) total += cpu_of_process(pid);
  return total;
}

Usage usage_of(const std::vector<pid_t>& roots) {
  Usage usage;
  for (const pid_t pid : family_of(roots)) {
    usage.cpu += cpu_of_process(pid);
    usage.memory += memory_of_process(pid);
  }
  return usage;
}

}  // namespace ike::load
