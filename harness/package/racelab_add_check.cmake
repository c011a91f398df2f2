# racelab_add_check(NAME name SOURCES file... | TARGET executable
#     [COMMAND argument...]               the program's arguments
#     [DETECTORS detector...]             tsan, helgrind, drd, watchdog: all four where none is named
#     [EXPECT clean|annotations]          clean: no detector finds a bug. annotations: each finds what
#                                         the comments in the sources promise of it, and nothing else
#     [CFLAGS option...]                  behind this function's own, and so above them
#     [INCLUDES folder...] [LIBRARIES library...]
#     [RUNS n]                            under each detector (1)
#     [EXPLORE n]                         also a test NAME.explore: a schedule that fails is looked for in n
#                                         of them; threads are switched at synchronisation. It is kept in
#                                         NAME.schedule.json of the build folder, for `racelab replay`
#     [TIMEOUT seconds]                   for a program that never ends by itself: each run is ended
#                                         after so long, and that is no failure
#     [STDIN file] [ENVIRONMENT NAME=VALUE...]
#     [OK_STATUS n...]                    exit statuses besides 0 that are no failure
#     [SUPPRESSIONS tsan=file|valgrind=file...]
#     [BASELINE file]                     bugs of this earlier result (`racelab check --json file`) do
#                                         not count
#     [LABELS label...])
#
# Relative paths are those of the calling folder; racelab tells paths relative to the project's.
#
# Builds the program once plain (NAME.plain) and once with the compiler's ThreadSanitizer (NAME.tsan),
# and adds one test a detector, NAME.DETECTOR, labelled `racelab` and by the detector. What is left
# unsaid is the project's: compilers, language standards, the folder's options and definitions.
#
# TARGET takes sources, include folders, definitions, options and libraries of an executable of the
# project. Libraries are linked as they are, here as well as in LIBRARIES: what a library of the project
# itself does is seen by ThreadSanitizer only where its sources are among SOURCES.
#
# `tsan` is the ThreadSanitizer of the project's compiler: racelab's detector tsan with clang, its
# detector tsan-gcc with gcc. `tsan-gcc` can also be named, in a project that is compiled by gcc.
include_guard(GLOBAL)

# -O0: an optimised statement can lose its line, and a report names lines. -UNDEBUG: a failed assertion
# is how the watchdog knows of a wrong result. -gdwarf-4: Valgrind before 3.20 does not read clang's
# DWARF 5. -fno-pie: an address in a report is then a symbol's own, which gives locks and variables their
# names. -fno-sanitize=all: the project's own choice of sanitizers goes with none of the detectors.
set_property(GLOBAL PROPERTY racelab_compile_options
    -O0 -g -gdwarf-4 -fno-omit-frame-pointer -fno-pie -pthread -UNDEBUG -fno-sanitize=all)
set_property(GLOBAL PROPERTY racelab_link_options -no-pie -pthread -fno-sanitize=all)

# All complaints name the check that they are about.
function(_racelab_refuse text)
    message(FATAL_ERROR "racelab_add_check(NAME ${arg_NAME} ...): ${text}")
endfunction()

function(_racelab_check_arguments)
    if("${arg_NAME}" STREQUAL "")
        message(FATAL_ERROR "racelab_add_check: NAME is missing: racelab_add_check(NAME name "
                            "SOURCES file...)")
    endif()
    if(NOT arg_NAME MATCHES "^[A-Za-z0-9_.+-]+$")
        _racelab_refuse("a name has letters, digits and _ . + - alone; it becomes a target's.")
    endif()
    if(arg_UNPARSED_ARGUMENTS)
        _racelab_refuse("nothing is known of the argument `${arg_UNPARSED_ARGUMENTS}`.")
    endif()
    if(arg_KEYWORDS_MISSING_VALUES)
        _racelab_refuse("no value stands behind ${arg_KEYWORDS_MISSING_VALUES}.")
    endif()
    if(CMAKE_CROSSCOMPILING)
        _racelab_refuse("this is a cross build, whose programs cannot run under detectors here. \
Leave checks out of it: if(NOT CMAKE_CROSSCOMPILING).")
    endif()
    if(NOT DEFINED arg_SOURCES AND NOT DEFINED arg_TARGET)
        _racelab_refuse("SOURCES or TARGET is missing: the program that is checked.")
    endif()
    if(DEFINED arg_SOURCES AND DEFINED arg_TARGET)
        _racelab_refuse("SOURCES and TARGET exclude each other.")
    endif()
    if(DEFINED arg_TARGET AND NOT TARGET "${arg_TARGET}")
        _racelab_refuse("there is no target `${arg_TARGET}`; it must stand before its check.")
    endif()
    foreach(detector IN LISTS arg_DETECTORS)
        if(NOT detector MATCHES "^(tsan|tsan-gcc|helgrind|drd|watchdog)$")
            _racelab_refuse("unknown detector `${detector}` in DETECTORS; known are tsan, \
tsan-gcc, helgrind, drd, watchdog.")
        endif()
    endforeach()
    if(NOT arg_EXPECT MATCHES "^(clean|annotations)$")
        _racelab_refuse("EXPECT is clean or annotations, not `${arg_EXPECT}`.")
    endif()
    foreach(keyword RUNS TIMEOUT EXPLORE)
        if(DEFINED arg_${keyword} AND NOT arg_${keyword} MATCHES "^[1-9][0-9]*$")
            _racelab_refuse("${keyword} is a whole number from 1, not `${arg_${keyword}}`.")
        endif()
    endforeach()
    foreach(status IN LISTS arg_OK_STATUS)
        if(NOT status MATCHES "^[0-9]+$" OR status GREATER 255)
            _racelab_refuse("OK_STATUS is an exit status from 0 to 255, not `${status}`.")
        endif()
    endforeach()
    foreach(assignment IN LISTS arg_ENVIRONMENT)
        if(NOT assignment MATCHES "^[^=]+=")
            _racelab_refuse("ENVIRONMENT has NAME=VALUE, not `${assignment}`.")
        endif()
    endforeach()
    foreach(item IN LISTS arg_SUPPRESSIONS)
        if(NOT item MATCHES "^(tsan|valgrind)=.")
            _racelab_refuse("SUPPRESSIONS has tsan=FILE or valgrind=FILE, not `${item}`.")
        endif()
    endforeach()
    get_property(places GLOBAL PROPERTY racelab_place_of_${arg_NAME})
    if(places)
        _racelab_refuse("there is a check of this name in ${places}.")
    endif()
endfunction()

# The family of the project's compilers, "clang" or "gcc", in `out`.
function(_racelab_compiler out)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    set(families "")
    foreach(language C CXX)
        if(NOT language IN_LIST languages)
            continue()
        elseif(CMAKE_${language}_COMPILER_ID STREQUAL "Clang")
            list(APPEND families clang)
        elseif(CMAKE_${language}_COMPILER_ID STREQUAL "GNU")
            list(APPEND families gcc)
        else()
            _racelab_refuse("racelab knows clang and gcc, but the ${language} compiler is \
${CMAKE_${language}_COMPILER} (${CMAKE_${language}_COMPILER_ID}).")
        endif()
    endforeach()
    list(REMOVE_DUPLICATES families)
    list(LENGTH families count)
    if(count EQUAL 0)
        _racelab_refuse("the project has neither C nor C++ among its languages.")
    elseif(count EQUAL 2)
        _racelab_refuse("the C compiler is ${CMAKE_C_COMPILER_ID}, the C++ compiler \
${CMAKE_CXX_COMPILER_ID}: a program can have one ThreadSanitizer only. Set CMAKE_C_COMPILER and \
CMAKE_CXX_COMPILER to the same kind.")
    endif()
    set(${out} ${families} PARENT_SCOPE)
endfunction()

# Whether the compiler has its ThreadSanitizer's runtime, which clang's Debian package has not; in `out`.
function(_racelab_links_tsan out)
    include(CheckSourceCompiles)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    set(language C)
    if(CXX IN_LIST languages)
        set(language CXX)
    endif()
    set(CMAKE_REQUIRED_FLAGS "-fno-sanitize=all -fsanitize=thread")
    set(CMAKE_REQUIRED_LINK_OPTIONS "")
    set(CMAKE_REQUIRED_LIBRARIES "")
    set(CMAKE_REQUIRED_QUIET ON)
    check_source_compiles(${language} "int main(void) { return 0; }" racelab_TSAN_LINKS)
    set(${out} ${racelab_TSAN_LINKS} PARENT_SCOPE)
endfunction()

# The sources of a target, as absolute paths, in `out`.
function(_racelab_sources_of target out)
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "EXECUTABLE")
        _racelab_refuse("TARGET is an executable of the project; ${target} is a ${type}.")
    endif()
    get_target_property(imported ${target} IMPORTED)
    get_target_property(sources ${target} SOURCES)
    if(imported OR NOT sources)
        _racelab_refuse("the target ${target} has no sources to build again.")
    endif()
    get_target_property(folder ${target} SOURCE_DIR)
    set(absolute "")
    foreach(source IN LISTS sources)
        if(NOT source MATCHES "^\\$<")
            cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder})
        endif()
        list(APPEND absolute "${source}")
    endforeach()
    set(${out} "${absolute}" PARENT_SCOPE)
endfunction()

# One executable, NAME.FLAVOUR; what stands behind is the flavour's sanitizer.
function(_racelab_add_program flavour sources)
    set(program ${arg_NAME}.${flavour})
    get_property(compile_options GLOBAL PROPERTY racelab_compile_options)
    get_property(link_options GLOBAL PROPERTY racelab_link_options)
    add_executable(${program} ${sources})
    if(DEFINED arg_TARGET)
        set(of TARGET_PROPERTY:${arg_TARGET})
        target_include_directories(${program} PRIVATE "$<${of},INCLUDE_DIRECTORIES>")
        target_compile_definitions(${program} PRIVATE "$<${of},COMPILE_DEFINITIONS>")
        target_compile_options(${program} PRIVATE "$<${of},COMPILE_OPTIONS>")
        target_compile_features(${program} PRIVATE "$<${of},COMPILE_FEATURES>")
        target_link_options(${program} PRIVATE "$<${of},LINK_OPTIONS>")
        foreach(language C CXX)
            foreach(property STANDARD STANDARD_REQUIRED EXTENSIONS)
                get_target_property(value ${arg_TARGET} ${language}_${property})
                if(NOT value MATCHES "NOTFOUND$")
                    set_target_properties(${program} PROPERTIES ${language}_${property} ${value})
                endif()
            endforeach()
        endforeach()
        target_link_libraries(${program} PRIVATE "$<${of},LINK_LIBRARIES>")
    endif()
    target_include_directories(${program} PRIVATE ${arg_INCLUDES})
    target_compile_options(${program} PRIVATE ${compile_options} ${ARGN} ${arg_CFLAGS})
    target_link_libraries(${program} PRIVATE ${arg_LIBRARIES})
    target_link_options(${program} PRIVATE ${link_options} ${ARGN})
    # Link-time optimisation would move code off its lines after all.
    set_target_properties(${program} PROPERTIES
        INTERPROCEDURAL_OPTIMIZATION OFF POSITION_INDEPENDENT_CODE OFF)
endfunction()

# The path of an input, which must be there, in `out`.
function(_racelab_input keyword file out)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    if(NOT EXISTS "${file}")
        _racelab_refuse("${keyword}: there is no file ${file}.")
    endif()
    set(${out} "${file}" PARENT_SCOPE)
endfunction()

# The options of `racelab check` that are the same for all detectors, in `out`.
function(_racelab_options sources out)
    set(options --root "${PROJECT_SOURCE_DIR}" --runs ${arg_RUNS})
    if(DEFINED arg_TIMEOUT)
        list(APPEND options --timeout ${arg_TIMEOUT})
    endif()
    if(DEFINED arg_STDIN)
        _racelab_input(STDIN "${arg_STDIN}" file)
        list(APPEND options --stdin "${file}")
    endif()
    foreach(assignment IN LISTS arg_ENVIRONMENT)
        string(REPLACE ";" "\\;" assignment "${assignment}")
        list(APPEND options --env "${assignment}")
    endforeach()
    foreach(status IN LISTS arg_OK_STATUS)
        list(APPEND options --ok-status ${status})
    endforeach()
    foreach(item IN LISTS arg_SUPPRESSIONS)
        string(REGEX MATCH "^([a-z]+)=(.*)$" matched "${item}")
        set(tool ${CMAKE_MATCH_1})
        _racelab_input(SUPPRESSIONS "${CMAKE_MATCH_2}" file)
        list(APPEND options --suppressions-${tool} "${file}")
    endforeach()
    if(DEFINED arg_BASELINE)
        cmake_path(ABSOLUTE_PATH arg_BASELINE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        list(APPEND options --baseline "${arg_BASELINE}")
    endif()
    if(arg_EXPECT STREQUAL "annotations")
        foreach(source IN LISTS sources)
            cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
            list(APPEND options --annotations "${source}")
        endforeach()
    endif()
    set(${out} "${options}" PARENT_SCOPE)
endfunction()

function(_racelab_add_test detector compiler options)
    set(test ${arg_NAME}.${detector})
    set(name ${detector})
    set(builds --plain "$<TARGET_FILE:${arg_NAME}.plain>")
    set(disabled OFF)
    if(detector STREQUAL "tsan")
        if(compiler STREQUAL "gcc")
            set(name tsan-gcc)
        endif()
        if(TARGET ${test})
            list(APPEND builds --${name} "$<TARGET_FILE:${test}>")
        else()
            set(disabled ON)
        endif()
    endif()
    # In brackets, so that empty arguments and ones with semicolons arrive as they are.
    set(arguments "")
    foreach(argument IN LISTS builds options)
        string(APPEND arguments " [==[${argument}]==]")
    endforeach()
    if(detector STREQUAL "explore")
        string(APPEND arguments " --explore ${arg_EXPLORE}"
            " --schedule [==[${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.schedule.json]==]")
    endif()
    string(APPEND arguments " --detector ${name} --")
    foreach(argument IN LISTS arg_COMMAND)
        string(APPEND arguments " [==[${argument}]==]")
    endforeach()
    cmake_language(EVAL CODE
        "add_test(NAME ${test} COMMAND racelab::racelab check ${arguments})")
    # racelab ends each run itself, after 300 s (one of a search: 10 s) where nothing else is said, and tells how it ended; ctest's
    # limit lies above.
    set(limit 300)
    set(runs ${arg_RUNS})
    if(detector STREQUAL "explore")
        set(limit 10)
        set(runs ${arg_EXPLORE})
    endif()
    if(DEFINED arg_TIMEOUT)
        set(limit ${arg_TIMEOUT})
    endif()
    math(EXPR limit "${runs} * (${limit} + 10) + 60")
    set(labels racelab ${detector} ${arg_LABELS})
    set_tests_properties(${test} PROPERTIES
        LABELS "${labels}" SKIP_RETURN_CODE 77 TIMEOUT ${limit} DISABLED ${disabled})
endfunction()

function(racelab_add_check)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TARGET;EXPECT;RUNS;TIMEOUT;EXPLORE;STDIN;BASELINE"
        "SOURCES;COMMAND;DETECTORS;CFLAGS;INCLUDES;LIBRARIES;ENVIRONMENT;OK_STATUS;SUPPRESSIONS;LABELS")
    foreach(default "DETECTORS=tsan;helgrind;drd;watchdog" EXPECT=clean RUNS=1)
        string(REGEX MATCH "^([A-Z]+)=(.*)$" matched "${default}")
        if(NOT DEFINED arg_${CMAKE_MATCH_1})
            set(arg_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
        endif()
    endforeach()
    _racelab_check_arguments()
    _racelab_compiler(compiler)
    if(tsan-gcc IN_LIST arg_DETECTORS)
        if(NOT compiler STREQUAL "gcc")
            _racelab_refuse("tsan-gcc is the ThreadSanitizer of gcc, but this project is compiled \
by clang; `tsan` is that of the project's compiler.")
        endif()
        list(TRANSFORM arg_DETECTORS REPLACE "^tsan-gcc$" tsan)
    endif()
    list(REMOVE_DUPLICATES arg_DETECTORS)
    set_property(GLOBAL PROPERTY racelab_place_of_${arg_NAME} ${CMAKE_CURRENT_LIST_FILE})

    set(sources "${arg_SOURCES}")
    if(DEFINED arg_TARGET)
        _racelab_sources_of(${arg_TARGET} sources)
    endif()
    _racelab_options("${sources}" options)
    _racelab_add_program(plain "${sources}")
    if(tsan IN_LIST arg_DETECTORS)
        _racelab_links_tsan(tsan_links)
        if(tsan_links)
            _racelab_add_program(tsan "${sources}" -fsanitize=thread)
        else()
            message(WARNING "racelab_add_check: this ${compiler} cannot link with "
                            "-fsanitize=thread, so ${arg_NAME}.tsan is disabled (Debian: apt-get "
                            "install libclang-rt-dev for clang, libtsan2 for gcc)")
        endif()
    endif()
    if(DEFINED arg_EXPLORE)
        list(APPEND arg_DETECTORS explore)
    endif()
    foreach(detector IN LISTS arg_DETECTORS)
        _racelab_add_test(${detector} ${compiler} "${options}")
    endforeach()
endfunction()
