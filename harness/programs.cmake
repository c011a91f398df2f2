# Builds every program of the corpus in every flavour, and registers one test for each pair and
# detector, and one for each change beside a pair. Included by the top-level CMakeLists.txt.

set(RACELAB_DETECTORS tsan tsan-gcc helgrind drd watchdog)
set(RACELAB_PROGRAMS ${CMAKE_BINARY_DIR}/programs)

# What all programs are built with. -O0: a report names the statement's own line. -gdwarf-4: Valgrind
# 3.19 cannot read clang's DWARF 5. -no-pie: an address in a report is the symbol's own address.
# -UNDEBUG: a program's asserts are its oracle, whatever the build type.
set(RACELAB_PROGRAM_FLAGS -std=gnu17 -UNDEBUG -O0 -g -gdwarf-4 -fno-pie -pthread)
set(RACELAB_PROGRAM_LINK_FLAGS -no-pie -pthread -Wl,--wrap=pthread_create -Wl,--wrap=fork)
set(RACELAB_FLAVOUR_FLAGS_plain -include
    ${CMAKE_CURRENT_SOURCE_DIR}/harness/detect/witness_speak.h)
set(RACELAB_FLAVOUR_FLAGS_tsan "")
set(RACELAB_SANITIZER_plain "")
set(RACELAB_SANITIZER_tsan -fsanitize=thread)

# Sanitized as the program is: an uninstrumented frame would hide its caller from ThreadSanitizer.
foreach(flavour plain tsan)
    add_library(witness-${flavour} OBJECT ${CMAKE_CURRENT_SOURCE_DIR}/harness/detect/witness.c)
    target_compile_options(witness-${flavour} PRIVATE ${RACELAB_PROGRAM_FLAGS} -Wall -Wextra
                                                      ${RACELAB_SANITIZER_${flavour}})
    target_include_directories(witness-${flavour} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/harness)
    target_compile_definitions(witness-${flavour} PRIVATE _GNU_SOURCE)
endforeach()

function(racelab_add_program polarity case flavour)
    string(REPLACE "/" "." name "${case}")
    set(target ${polarity}.${name}.${flavour})
    get_filename_component(folder ${RACELAB_PROGRAMS}/${flavour}/${polarity}/${case} DIRECTORY)
    get_filename_component(output ${case} NAME)
    add_executable(${target} ${CMAKE_CURRENT_SOURCE_DIR}/${polarity}/${case}.c)
    target_link_libraries(${target} PRIVATE witness-${flavour})
    target_compile_options(${target} PRIVATE ${RACELAB_PROGRAM_FLAGS} -Wall -Wextra
                                             ${RACELAB_FLAVOUR_FLAGS_${flavour}}
                                             ${RACELAB_SANITIZER_${flavour}})
    target_link_options(${target} PRIVATE ${RACELAB_PROGRAM_LINK_FLAGS}
                                          ${RACELAB_SANITIZER_${flavour}})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder}
                                               OUTPUT_NAME ${output})
    add_dependencies(programs-${flavour} ${target})
endfunction()

# A test runs both twins one after the other, each for 60 seconds at most by the supervisor's own
# limit; ctest's lies above, so that the lab always explains the ending itself.
function(racelab_add_pair_test case detector)
    string(REPLACE "/" "." name "${case}")
    get_filename_component(family ${case} DIRECTORY)
    add_test(NAME ${detector}.${name}
             COMMAND racelab run ${case} --detector ${detector} --jobs 1 ${ARGN})
    set_tests_properties(${detector}.${name} PROPERTIES
        LABELS "pair;${detector};${family}" SKIP_RETURN_CODE 77 TIMEOUT 180)
endfunction()

# A wrong patch or a refactoring under all detectors: one program, so one test.
function(racelab_add_change_test change)
    string(REPLACE "/" "." name "${change}")
    get_filename_component(family ${change} DIRECTORY)
    add_test(NAME change.${name}
             COMMAND racelab run --changes ${change} --explore 300 --jobs 2)
    set_tests_properties(change.${name} PROPERTIES
        LABELS "change;${family}" SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()

# gcc's ThreadSanitizer is a detector of its own, and gcc is not this build's compiler: it is called by
# name. Without it that detector is skipped.
find_program(RACELAB_GCC gcc)
if(RACELAB_GCC)
    execute_process(COMMAND ${RACELAB_GCC} -fsanitize=thread -xc /dev/null -shared -o /dev/null
                    RESULT_VARIABLE gcc_links OUTPUT_QUIET ERROR_QUIET)
endif()
set(gcc_flags ${RACELAB_PROGRAM_FLAGS} -Wall -Wextra -fsanitize=thread)
if(CMAKE_COMPILE_WARNING_AS_ERROR)
    list(APPEND gcc_flags -Werror)
endif()
set(gcc_witness ${CMAKE_BINARY_DIR}/witness-tsan-gcc.o)

function(racelab_add_gcc_program polarity case)
    set(output ${RACELAB_PROGRAMS}/tsan-gcc/${polarity}/${case})
    get_filename_component(folder ${output} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${polarity}/${case}.c)
    add_custom_command(OUTPUT ${output}
        COMMAND ${RACELAB_GCC} ${gcc_flags} ${source} ${gcc_witness} ${RACELAB_PROGRAM_LINK_FLAGS}
                -o ${output}
        DEPENDS ${source} ${gcc_witness}
        COMMENT "Building ${polarity}/${case} with gcc" VERBATIM)
    set_property(GLOBAL APPEND PROPERTY RACELAB_GCC_PROGRAMS ${output})
endfunction()

add_custom_target(programs-plain)
add_custom_target(programs-tsan)

file(GLOB sources RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS buggy/*/*.c fixed/*/*.c)
# What runs under the harness's own sanitizers are its tests, and these run no change.
if(RACELAB_SANITIZE)
    list(FILTER sources EXCLUDE REGEX "/[^/]*\\.[^/]*\\.c$")
endif()
set(cases "")
set(changes "")
foreach(source IN LISTS sources)
    string(REGEX MATCH "^(buggy|fixed)/(.*)\\.c$" matched ${source})
    set(polarity ${CMAKE_MATCH_1})
    set(case ${CMAKE_MATCH_2})
    if(case MATCHES "\\.")
        list(APPEND changes ${case})
    else()
        list(APPEND cases ${case})
    endif()
    foreach(flavour plain tsan)
        racelab_add_program(${polarity} ${case} ${flavour})
    endforeach()
    if(RACELAB_GCC AND gcc_links EQUAL 0)
        racelab_add_gcc_program(${polarity} ${case})
    endif()
endforeach()
if(RACELAB_GCC AND gcc_links EQUAL 0)
    set(witness ${CMAKE_CURRENT_SOURCE_DIR}/harness/detect/witness.c)
    add_custom_command(OUTPUT ${gcc_witness}
        COMMAND ${RACELAB_GCC} ${gcc_flags} -D_GNU_SOURCE -I${CMAKE_CURRENT_SOURCE_DIR}/harness
                -c ${witness} -o ${gcc_witness}
        DEPENDS ${witness} ${CMAKE_CURRENT_SOURCE_DIR}/harness/detect/witness.h VERBATIM)
    get_property(gcc_programs GLOBAL PROPERTY RACELAB_GCC_PROGRAMS)
    add_custom_target(programs-tsan-gcc ALL DEPENDS ${gcc_programs})
else()
    message(WARNING "no gcc that links with -fsanitize=thread: the detector tsan-gcc is left out")
endif()
list(REMOVE_DUPLICATES cases)
foreach(case IN LISTS cases)
    foreach(detector IN LISTS RACELAB_DETECTORS)
        racelab_add_pair_test(${case} ${detector})
    endforeach()
    racelab_add_pair_test(${case} explore --explore 300)
endforeach()
foreach(change IN LISTS changes)
    racelab_add_change_test(${change})
endforeach()

# Small programs of the harness's own tests and of the bench: watched as the corpus is, so built like
# it and never with the harness's own sanitizers.
function(racelab_add_subject target source flavour)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/harness/ OUTPUT_VARIABLE others)
    add_executable(${target} ${CMAKE_CURRENT_SOURCE_DIR}/harness/${source} ${others})
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    target_compile_options(${target} PRIVATE ${RACELAB_PROGRAM_FLAGS} -Wall -Wextra
                                             ${RACELAB_SANITIZER_${flavour}})
    target_link_options(${target} PRIVATE -no-pie -pthread ${RACELAB_SANITIZER_${flavour}})
endfunction()

# The recorder runs inside the programs, so it is built as little for the harness as they are. The
# flags keep it from calling what a sanitizer's runtime intercepts: -fno-builtin leaves its loops
# loops, initial-exec spares it __tls_get_addr.
set(recorder_folder ${CMAKE_CURRENT_SOURCE_DIR}/harness/explain/recorder)
add_library(racelab-recorder MODULE
    ${recorder_folder}/recorder_holds.c ${recorder_folder}/recorder_locks.c
    ${recorder_folder}/recorder_map.c ${recorder_folder}/recorder_stack.c
    ${recorder_folder}/recorder_start.c ${recorder_folder}/recorder_waits.c
    ${recorder_folder}/recorder_wakes.c)
target_include_directories(racelab-recorder PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/harness)
target_compile_definitions(racelab-recorder PRIVATE _GNU_SOURCE)
target_compile_options(racelab-recorder PRIVATE
    -O2 -g -gdwarf-4 -Wall -Wextra -fno-omit-frame-pointer -fexceptions -fvisibility=hidden
    -ftls-model=initial-exec -fno-builtin)
target_link_options(racelab-recorder PRIVATE
    -Wl,--version-script=${recorder_folder}/recorder.map -Wl,-z,now)
set_target_properties(racelab-recorder PROPERTIES
    PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
    LINK_DEPENDS ${recorder_folder}/recorder.map)

include(harness/explore/runtime/runtime.cmake)

set(RACELAB_TESTPROGS ${CMAKE_BINARY_DIR}/testprogs)
set(RACELAB_SOURCES_wake "")
foreach(name timed signals peers sockets threads shared processes stopped outside)
    list(APPEND RACELAB_SOURCES_wake supervise/testprogs/looks_${name}.c)
endforeach()
foreach(name ending block wake tree)
    racelab_add_subject(testprog-${name} supervise/testprogs/${name}.c plain
                        ${RACELAB_SOURCES_${name}})
    set_target_properties(testprog-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS} OUTPUT_NAME ${name})
endforeach()
foreach(name block wake)
    racelab_add_subject(testprog-tsan-${name} supervise/testprogs/${name}.c tsan
                        ${RACELAB_SOURCES_${name}})
    set_target_properties(testprog-tsan-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS}/tsan OUTPUT_NAME ${name})
endforeach()
racelab_add_subject(served explore/testprogs/served.c plain)
set_target_properties(served PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS})
foreach(name locks waits signals room)
    racelab_add_subject(recorded-${name} explain/testprogs/recorded_${name}.c plain)
    set_target_properties(recorded-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS} OUTPUT_NAME recorded_${name})
endforeach()
racelab_add_subject(recorded-tsan-locks explain/testprogs/recorded_locks.c tsan)
set_target_properties(recorded-tsan-locks PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS}/tsan OUTPUT_NAME recorded_locks)
racelab_add_subject(attended explain/testprogs/attended.c plain)
set_target_properties(attended PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS})
# One program in every build that a hang may be met in.
foreach(build plain tsan optimised static stripped)
    set(flavour plain)
    if(build STREQUAL tsan)
        set(flavour tsan)
    endif()
    racelab_add_subject(stuck-${build} explain/testprogs/stuck.c ${flavour})
    set_target_properties(stuck-${build} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${RACELAB_TESTPROGS}/stuck OUTPUT_NAME ${build})
endforeach()
# Another C library, where it is installed.
find_program(MUSL_GCC musl-gcc)
if(MUSL_GCC)
    add_custom_command(OUTPUT ${RACELAB_TESTPROGS}/stuck/musl
        COMMAND ${MUSL_GCC} -std=gnu17 -g -O0 -Wall -Wextra -D_GNU_SOURCE -pthread
                ${CMAKE_CURRENT_SOURCE_DIR}/harness/explain/testprogs/stuck.c
                -o ${RACELAB_TESTPROGS}/stuck/musl
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/harness/explain/testprogs/stuck.c VERBATIM)
    add_custom_target(stuck-musl ALL DEPENDS ${RACELAB_TESTPROGS}/stuck/musl)
    add_dependencies(stuck-musl stuck-plain) # which makes the folder
endif()
target_compile_options(stuck-optimised PRIVATE -O2)
target_link_options(stuck-static PRIVATE -static -Wno-unused-command-line-argument)
target_link_options(stuck-stripped PRIVATE -s)
foreach(flavour plain tsan)
    racelab_add_subject(hang-after-stamp-${flavour} bench/hang_after_stamp.c ${flavour})
    racelab_add_subject(count-words-${flavour} bench/count_words.c ${flavour})
endforeach()
