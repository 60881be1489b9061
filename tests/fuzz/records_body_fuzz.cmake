eti_fuzz(records_body DEPENDS analysis)
target_include_directories(records_body_fuzz PRIVATE ${CMAKE_SOURCE_DIR}/src)
