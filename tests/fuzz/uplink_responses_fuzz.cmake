eti_fuzz(uplink_responses DEPENDS uplink)
target_include_directories(uplink_responses_fuzz PRIVATE ${CMAKE_SOURCE_DIR}/src)
