# The flavours of flavour.h: explore, for the search, and explore-tsan, where a schedule is looked at by
# ThreadSanitizer. Included by runtime.cmake.
set(flavour_header ${runtime_folder}/flavour.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${flavour_header})
file(READ ${flavour_header} flavour_text)

# The strings of one array of the header.
function(racelab_read_flavour list output)
    if(NOT flavour_text MATCHES "${list}\\[\\] = {([^}]*)NULL}")
        message(FATAL_ERROR "${flavour_header} has no ${list}[]")
    endif()
    string(REGEX MATCHALL "\"[^\"]+\"" strings "${CMAKE_MATCH_1}")
    list(TRANSFORM strings REPLACE "\"" "")
    set(${output} "${strings}" PARENT_SCOPE)
endfunction()

racelab_read_flavour(flavour_compile RACELAB_FLAVOUR_FLAGS_explore)
racelab_read_flavour(flavour_wrap wrapped)
racelab_read_flavour(flavour_wrap_tsan wrapped_tsan)
list(TRANSFORM wrapped PREPEND "-Wl,--wrap=")
list(TRANSFORM wrapped_tsan PREPEND "-Wl,--wrap=")

file(GLOB hooks_sources CONFIGURE_DEPENDS ${runtime_folder}/hooks*.c)
# 16 bytes at once are an instruction's, not a library's.
set(hooks_options "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(hooks_options -mcx16)
endif()

add_library(racelab-hooks STATIC ${hooks_sources})
add_library(racelab-explore-tsan STATIC ${hooks_sources} ${runtime_sources}
    ${CMAKE_CURRENT_SOURCE_DIR}/harness/explore/wire.c)
target_compile_definitions(racelab-explore-tsan PRIVATE RACELAB_TSAN)
target_compile_options(racelab-explore-tsan PRIVATE -include ${runtime_folder}/own_memory.h)
foreach(library racelab-hooks racelab-explore-tsan)
    target_include_directories(${library} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/harness)
    target_compile_definitions(${library} PRIVATE _GNU_SOURCE)
    # In position-independent code a weak symbol is looked up when the program starts.
    target_compile_options(${library} PRIVATE ${runtime_options} ${hooks_options} -fPIC)
    set_target_properties(${library} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endforeach()

# All of the scheduler is linked in: its functions stand before ThreadSanitizer's, also for libraries.
set(RACELAB_LINK_explore $<TARGET_FILE:racelab-hooks> ${wrapped})
set(RACELAB_LINK_explore-tsan -Wl,--whole-archive $<TARGET_FILE:racelab-explore-tsan>
    -Wl,--no-whole-archive -Wl,--export-dynamic -fsanitize=thread ${wrapped} ${wrapped_tsan})
set(RACELAB_LIBRARY_explore racelab-hooks)
set(RACELAB_LIBRARY_explore-tsan racelab-explore-tsan)

# One set of objects, two programs: ROOT/explore/PATH and ROOT/explore-tsan/PATH. More objects may follow.
function(racelab_add_explored target source root path)
    get_filename_component(folder ${path} DIRECTORY)
    get_filename_component(name ${path} NAME)
    add_library(${target}.explored OBJECT ${source})
    target_compile_options(${target}.explored PRIVATE ${RACELAB_PROGRAM_FLAGS} -Wall -Wextra
                                                      ${RACELAB_FLAVOUR_FLAGS_explore})
    foreach(flavour explore explore-tsan)
        add_executable(${target}.${flavour} $<TARGET_OBJECTS:${target}.explored> ${ARGN})
        target_link_options(${target}.${flavour} PRIVATE -no-pie -pthread)
        target_link_libraries(${target}.${flavour} PRIVATE ${RACELAB_LINK_${flavour}})
        set_target_properties(${target}.${flavour} PROPERTIES
            LINKER_LANGUAGE C OUTPUT_NAME ${name}
            LINK_DEPENDS $<TARGET_FILE:${RACELAB_LIBRARY_${flavour}}>
            RUNTIME_OUTPUT_DIRECTORY ${root}/${flavour}/${folder})
        add_dependencies(${target}.${flavour} ${RACELAB_LIBRARY_${flavour}})
    endforeach()
endfunction()

# The witness ends in a jump, so that the call that makes a thread is the program's own also in a schedule.
add_library(witness-explore OBJECT ${CMAKE_CURRENT_SOURCE_DIR}/harness/detect/witness.c)
target_compile_options(witness-explore PRIVATE ${RACELAB_PROGRAM_FLAGS} -O2 -Wall -Wextra)
target_include_directories(witness-explore PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/harness)
target_compile_definitions(witness-explore PRIVATE _GNU_SOURCE)

add_custom_target(programs-explore)
add_custom_target(programs-explore-tsan)

# The corpus: of programs.cmake's sources.
foreach(source IN LISTS sources)
    string(REGEX REPLACE "\\.c$" "" path ${source})
    string(REPLACE "/" "." target ${path})
    racelab_add_explored(${target} ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${RACELAB_PROGRAMS} ${path}
                         $<TARGET_OBJECTS:witness-explore>)
    foreach(flavour explore explore-tsan)
        target_link_options(${target}.${flavour} PRIVATE ${RACELAB_PROGRAM_LINK_FLAGS})
    endforeach()
    add_dependencies(programs-explore ${target}.explore)
    # A change is searched, and no schedule of it is looked at by ThreadSanitizer.
    if(path MATCHES "\\.")
        set_target_properties(${target}.explore-tsan PROPERTIES EXCLUDE_FROM_ALL ON)
    else()
        add_dependencies(programs-explore-tsan ${target}.explore-tsan)
    endif()
endforeach()

# Programs of the runtime's tests.
foreach(name accesses barriers buffered cancel clocks conditions cthreads forks freed futexes io
        locks once rwlocks semaphores signals spinning spins)
    racelab_add_explored(explored-${name} ${runtime_folder}/testprogs/${name}.c
                         ${RACELAB_EXPLORE_SUBJECTS} ${name})
    target_compile_definitions(explored-${name}.explored PRIVATE _GNU_SOURCE)
    add_dependencies(explore-subjects explored-${name}.explore explored-${name}.explore-tsan)
endforeach()

# One of them by every compiler whose programs are explored: SUBJECTS/compilers/NAME.
set(RACELAB_EXPLORE_COMPILERS "")
set(compiled "")
function(racelab_add_compiled name compiler)
    set(output ${RACELAB_EXPLORE_SUBJECTS}/compilers/${name})
    add_custom_command(OUTPUT ${output}
        COMMAND ${compiler} -std=gnu17 -O0 -g -w -pthread ${ARGN} -o ${output}
        DEPENDS ${runtime_folder}/testprogs/accesses.c racelab-hooks racelab-explore-tsan
        COMMAND_EXPAND_LISTS VERBATIM)
    set(RACELAB_EXPLORE_COMPILERS "${RACELAB_EXPLORE_COMPILERS} ${name}" PARENT_SCOPE)
    set(compiled ${compiled} ${output} PARENT_SCOPE)
endfunction()
file(MAKE_DIRECTORY ${RACELAB_EXPLORE_SUBJECTS}/compilers)
foreach(version 14 19 22)
    find_program(RACELAB_CLANG_${version} clang-${version})
    if(RACELAB_CLANG_${version})
        set(compile ${RACELAB_FLAVOUR_FLAGS_explore} -c ${runtime_folder}/testprogs/accesses.c)
        foreach(flavour explore explore-tsan)
            set(name clang-${version}-${flavour})
            set(object ${RACELAB_EXPLORE_SUBJECTS}/compilers/${name}.o)
            racelab_add_compiled(${name} ${RACELAB_CLANG_${version}}
                ${compile} -o ${object} && ${RACELAB_CLANG_${version}} -pthread ${object}
                ${RACELAB_LINK_${flavour}})
        endforeach()
    endif()
endforeach()
if(RACELAB_GCC)
    racelab_read_flavour(flavour_compile_gcc gcc_compile)
    set(object ${RACELAB_EXPLORE_SUBJECTS}/compilers/gcc-explore.o)
    racelab_add_compiled(gcc-explore ${RACELAB_GCC}
        ${gcc_compile} -c ${runtime_folder}/testprogs/accesses.c -o ${object}
        && ${RACELAB_GCC} -pthread ${object} ${RACELAB_LINK_explore})
endif()
add_custom_target(explored-compilers DEPENDS ${compiled})
add_dependencies(explore-subjects explored-compilers)
