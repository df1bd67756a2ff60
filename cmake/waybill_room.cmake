# waybill_room(NAME DIR dir PCH net|app ROOMS below... LIBS external...)
#
# One room is one folder and one static library, one test program from its *_test.cpp, and one fuzz
# target for each *_fuzz.cpp; main.cpp is left to the program.
#
# A whole build compiles a room's files in batches (CMAKE_UNITY_BUILD in CMakePresets.json), which
# takes a third of the time; the dev preset compiles each by itself, so that an edited one is quick.
set(unity_files 16)

# The tests' own code need not be fast; what they test is compiled as ever.
function(waybill_test_code target)
  target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
  target_precompile_headers(${target} REUSE_FROM pch_test)
endfunction()

function(waybill_room name)
  cmake_parse_arguments(ROOM "" "DIR;PCH" "ROOMS;LIBS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS ${ROOM_DIR}/*.cpp)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_(test|fuzz|bench)|/main)\\.cpp$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")

  set(rooms ${ROOM_ROOMS})
  list(TRANSFORM rooms PREPEND waybill_)
  add_library(waybill_${name} STATIC ${sources})
  set_target_properties(waybill_${name} PROPERTIES UNITY_BUILD_BATCH_SIZE ${unity_files})
  target_precompile_headers(waybill_${name} REUSE_FROM pch_${ROOM_PCH})
  target_link_libraries(waybill_${name} PUBLIC waybill_boost ${rooms} ${ROOM_LIBS})

  if(tests)
    add_executable(${name}_test ${tests})
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD_BATCH_SIZE ${unity_files})
    waybill_test_code(${name}_test)
    target_link_libraries(${name}_test PRIVATE waybill_${name} GTest::gtest GTest::gmock
                                               GTest::gtest_main rapidcheck)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()

  if(WAYBILL_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${name}_${fuzzer} ${source})
      target_link_libraries(${name}_${fuzzer} PRIVATE waybill_${name})
      target_link_options(${name}_${fuzzer} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()
