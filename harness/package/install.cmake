# What `cmake --install` installs, and the Debian package that `cpack -G DEB` makes of it. Included by
# the top-level CMakeLists.txt.
#
# The places below the prefix are fixed: racelab finds its parts, and the CMake package finds racelab,
# by where they stand to each other, so that an installed tree can be moved.
include(CMakePackageConfigHelpers)

set(package ${CMAKE_CURRENT_SOURCE_DIR}/harness/package)
set(made ${CMAKE_CURRENT_BINARY_DIR}/package)
set(cmake_folder lib/cmake/racelab)
set(doc_folder share/doc/racelab)

install(TARGETS racelab RUNTIME DESTINATION bin)
install(TARGETS racelab-keeper RUNTIME DESTINATION libexec/racelab)
install(TARGETS racelab-explore LIBRARY DESTINATION libexec/racelab)
install(TARGETS racelab-hooks racelab-explore-tsan ARCHIVE DESTINATION libexec/racelab)
install(TARGETS racelab-recorder LIBRARY DESTINATION libexec/racelab
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(DIRECTORY buggy fixed DESTINATION share/racelab FILES_MATCHING PATTERN "*.c")
install(FILES README.md harness/present/json.md DESTINATION ${doc_folder})
install(DIRECTORY harness/sample DESTINATION ${doc_folder}/examples)

configure_package_config_file(${package}/racelabConfig.cmake.in ${made}/racelabConfig.cmake
                              INSTALL_DESTINATION ${cmake_folder}
                              NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${made}/racelabConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${made}/racelabConfig.cmake ${made}/racelabConfigVersion.cmake
              ${package}/racelab_add_check.cmake
        DESTINATION ${cmake_folder})

# `file` with its variables replaced, as NAME.gz in ${made}. gzip -n: no time in it, so that it is the
# same from build to build.
function(racelab_gzip file name)
    configure_file(${file} ${made}/${name} @ONLY)
    execute_process(COMMAND gzip -9nf ${made}/${name} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

racelab_gzip(${package}/racelab.1.in racelab.1)
install(FILES ${made}/racelab.1.gz DESTINATION share/man/man1)

# Debian wants the licence in `copyright`, and only there: what stands in a component of its own is in
# one of both kinds of installation.
install(FILES LICENSE DESTINATION ${doc_folder} COMPONENT licence)
racelab_gzip(${package}/changelog changelog.Debian)
install(FILES ${package}/copyright ${made}/changelog.Debian.gz DESTINATION ${doc_folder}
        COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS
    ${CMAKE_BINARY_DIR} racelab Unspecified / ${CMAKE_BINARY_DIR} racelab debian /)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${package}/folder_modes.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
# The project has no address to be written to.
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "racelab developers <racelab@example.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "race and deadlock detection lab for C and C++ programs")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"racelab runs a concurrent program under ThreadSanitizer, Helgrind, DRD and
a watchdog of its own that proves hangs and tells which thread waits for
which and why nothing can wake it. What the detectors say is read into one
model, in which findings of several detectors that are the same bug are one.
.
It comes with the sources of a corpus of pairs, each a small buggy program
and its fixed twin, and with a CMake package that makes the checks of a
project's own programs tests of CTest.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "valgrind, clang | gcc, llvm, libc6-dbg")
# clang's package has its ThreadSanitizer's runtime in another one.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libclang-rt-dev, cmake, chromium")
include(CPack)

# The harness's own sanitizers change nothing of all this.
if(NOT RACELAB_SANITIZE)
    foreach(test install usage sample deb)
        add_test(NAME package.${test}
                 COMMAND ${package}/${test}_test ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_BINARY_DIR}
                         ${CMAKE_COMMAND} ${PROJECT_VERSION})
        set_tests_properties(package.${test} PROPERTIES
            LABELS package SKIP_RETURN_CODE 77 TIMEOUT 600)
    endforeach()
    set_tests_properties(package.sample PROPERTIES PROCESSORS 2)
endif()
