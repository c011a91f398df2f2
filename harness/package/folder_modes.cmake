# Run by cpack between installing and packing: the folders get the modes that a package must have, whatever
# the umask was. CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS leaves out the parents of what is installed.
file(CHMOD_RECURSE ${CPACK_TEMPORARY_INSTALL_DIRECTORY}
     DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                           WORLD_READ WORLD_EXECUTE)
