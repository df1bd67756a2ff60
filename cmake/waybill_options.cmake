# Compiler flags and the libraries every room may link.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# One kind of code everywhere: a precompiled header for -fPIC does not fit an executable's -fPIE.
add_compile_options(-fPIC)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(WAYBILL_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")
option(WAYBILL_FUZZ "Build the libFuzzer targets" OFF)
option(WAYBILL_FAULTS "Compile the named crash points in" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
add_compile_options(
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fno-omit-frame-pointer)
add_compile_definitions(
  _GLIBCXX_ASSERTIONS
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  # Operations under way at once on a loop; Asio keeps the memory of two by itself.
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT WAYBILL_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
add_link_options(-fuse-ld=lld-19 -pie -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Without this a precompiled header holds its own time and ccache never hits.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
if(WAYBILL_SANITIZE)
  add_compile_definitions(WAYBILL_SANITIZED)
  add_compile_options(-fsanitize=${WAYBILL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WAYBILL_SANITIZE})
endif()
if(WAYBILL_SANITIZE MATCHES "thread")
  add_compile_definitions(WAYBILL_THREAD_SANITIZER=1)
endif()
if(WAYBILL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(WAYBILL_FAULTS)
  add_compile_definitions(WAYBILL_FAULTS=1)
endif()

find_package(Threads REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(fmt REQUIRED IMPORTED_TARGET fmt)
find_package(GTest REQUIRED)
# The sanitizers bring an allocator of their own.
if(NOT WAYBILL_SANITIZE)
  find_package(mimalloc 2.0 REQUIRED)
endif()
enable_testing()
