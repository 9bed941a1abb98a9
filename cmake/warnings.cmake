# What every target of ours is compiled with.
add_library(ike_warnings INTERFACE)
target_compile_options(ike_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fno-omit-frame-pointer
  # g++ 12 sees moved variants of strings as uninitialised; clang and the sanitizers find the real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # clang 19 reports libstdc++ 12's own use of what it deprecates, and captures of discarded branches;
  # signs are no conversion for g++.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations;-Wno-unused-lambda-capture;-Wno-sign-conversion>)

# Hardening for everything, ours or not.
add_compile_options(-fstack-protector-strong -fPIE)
add_link_options(-Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT IKE_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(IKE_SANITIZE)
  add_compile_options(-fsanitize=${IKE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IKE_SANITIZE})
endif()
if(IKE_FUZZ)
  # The address sanitizer finds most of what these four find, and they cost two thirds of the time
  # to compile; the preset "asan" has them.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=null,alignment,vptr,object-size)
endif()
