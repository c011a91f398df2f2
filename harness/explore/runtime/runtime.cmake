# The scheduler inside a program. Like the recorder, it is built as little for the harness as the programs
# are that it runs in: never with the harness's own sanitizers. The flags keep it from calling what others
# intercept: -fno-builtin leaves its loops loops, initial-exec spares it __tls_get_addr.
set(runtime_folder ${CMAKE_CURRENT_SOURCE_DIR}/harness/explore/runtime)
set(runtime_options -O2 -g -gdwarf-4 -Wall -Wextra -fno-omit-frame-pointer -fexceptions
    -fvisibility=hidden -ftls-model=initial-exec -fno-builtin)
file(GLOB runtime_sources CONFIGURE_DEPENDS ${runtime_folder}/*.c)
list(FILTER runtime_sources EXCLUDE REGEX "_test(_support)?\\.c$|hooks[^/]*\\.c$|/driver\\.c$")

add_library(racelab-explore MODULE ${runtime_sources} ${CMAKE_CURRENT_SOURCE_DIR}/harness/explore/wire.c)
target_include_directories(racelab-explore PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/harness)
target_compile_definitions(racelab-explore PRIVATE _GNU_SOURCE)
target_compile_options(racelab-explore PRIVATE ${runtime_options})
target_link_options(racelab-explore PRIVATE
    -Wl,--version-script=${runtime_folder}/runtime.map -Wl,-z,now -Wl,-z,initfirst)
set_target_properties(racelab-explore PROPERTIES
    PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
    LINK_DEPENDS ${runtime_folder}/runtime.map)

# The programs of the runtime's tests: SUBJECTS/NAME of testprogs/NAME.c.
file(GLOB runtime_subjects RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/harness CONFIGURE_DEPENDS
    ${runtime_folder}/testprogs/*.c)
set(RACELAB_EXPLORE_SUBJECTS ${CMAKE_BINARY_DIR}/explore-subjects)
add_custom_target(explore-subjects)
foreach(subject IN LISTS runtime_subjects)
    get_filename_component(name ${subject} NAME_WE)
    racelab_add_subject(explore-subject-${name} ${subject} plain)
    set_target_properties(explore-subject-${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${RACELAB_EXPLORE_SUBJECTS})
    add_dependencies(explore-subjects explore-subject-${name})
endforeach()

include(${runtime_folder}/flavour.cmake)
