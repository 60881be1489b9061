# Runs at installation, when the prefix is known: /usr has its settings in /etc, any other prefix
# below itself. A configuration that is there is the operator's and stays.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(etc /etc)
else()
    set(etc ${CMAKE_INSTALL_PREFIX}/etc)
endif()
if(NOT EXISTS "$ENV{DESTDIR}${etc}/openeti/etid.conf")
    file(INSTALL "${ETI_SOURCE_DIR}/config/etid.conf" DESTINATION "${etc}/openeti"
         FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
endif()
if(NOT EXISTS "$ENV{DESTDIR}${etc}/logrotate.d/etid")
    file(INSTALL "${ETI_SOURCE_DIR}/config/etid.logrotate" DESTINATION "${etc}/logrotate.d"
         RENAME etid)
endif()
