# Where things go, by the file hierarchy standard: what is the machine's own to /etc, the rest below
# the prefix. The default prefix is /usr, where the programs look for the YANG modules.
include(GNUInstallDirs)
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
    set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where to install" FORCE)
endif()

install(TARGETS etid RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(TARGETS eti eti-analysis RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY config/yang DESTINATION ${CMAKE_INSTALL_DATADIR}/openeti
        FILES_MATCHING PATTERN "*.yang")
install(FILES config/completion/eti.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME eti)
install(FILES config/completion/_eti DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES config/etid.service config/eti-analysis.service DESTINATION lib/systemd/system)
install(FILES config/etid-pci.conf config/hugepages.conf
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/openeti/examples)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/openeti)
install(CODE "set(ETI_SOURCE_DIR \"${CMAKE_SOURCE_DIR}\")")
install(SCRIPT cmake/InstallSettings.cmake)
