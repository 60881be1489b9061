# eti_room(NAME [HOT] [DEPENDS room...] [LIBRARIES target...])
# Makes the target eti::NAME from src/NAME/*.cpp with public headers in include/eti/NAME.
# HOT rooms lie on the packet path. DEPENDS are other rooms, visible to users of this room;
# LIBRARIES are outside libraries, PRIVATE.
function(eti_room name)
    cmake_parse_arguments(ARG "HOT" "" "DEPENDS;LIBRARIES" ${ARGN})
    list(TRANSFORM ARG_DEPENDS PREPEND "eti::" OUTPUT_VARIABLE depends)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    if(sources)
        add_library(eti_${name} STATIC ${sources})
        target_include_directories(eti_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include
                                               PRIVATE ${CMAKE_SOURCE_DIR}/src)
        if(ARG_HOT)
            target_compile_options(eti_${name} PRIVATE ${ETI_HOT_OPTIONS})
        endif()
        target_link_libraries(eti_${name} PUBLIC ${depends} PRIVATE eti_options ${ARG_LIBRARIES})
    else()
        add_library(eti_${name} INTERFACE)
        target_include_directories(eti_${name} INTERFACE ${CMAKE_SOURCE_DIR}/include)
        target_link_libraries(eti_${name} INTERFACE ${depends} ${ARG_LIBRARIES})
    endif()
    add_library(eti::${name} ALIAS eti_${name})
endfunction()

# eti_program(NAME [DEPENDS room...] [LIBRARIES target...])
# Makes build/<preset>/bin/NAME from main.cpp beside the calling CMakeLists.txt.
function(eti_program name)
    cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
    if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
        return()
    endif()
    list(TRANSFORM ARG_DEPENDS PREPEND "eti::" OUTPUT_VARIABLE depends)
    add_executable(${name} main.cpp)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
    target_compile_definitions(${name} PRIVATE ETI_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${name} PRIVATE ${depends} ${ARG_LIBRARIES} eti_options)
endfunction()

# eti_tests(KIND ROOM [DEPENDS room...] [LIBRARIES target...])
# Makes one GoogleTest program from tests/KIND/ROOM/*_test.cpp, its tests labelled KIND.
function(eti_tests kind room)
    cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${kind}/${room}/*_test.cpp)
    if(NOT sources)
        return()
    endif()
    list(TRANSFORM ARG_DEPENDS PREPEND "eti::" OUTPUT_VARIABLE depends)
    set(target ${kind}_${room}_tests)
    add_executable(${target} ${sources})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
    target_compile_definitions(${target} PRIVATE ETI_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                                 ETI_BINARY_DIR="${CMAKE_BINARY_DIR}")
    target_link_libraries(${target} PRIVATE eti::${room} ${depends} eti_support ${ARG_LIBRARIES}
                                            eti_options GTest::gmock GTest::gtest_main)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
        # GCC 12 optimises "text" + "text" into copies that cannot happen (bug 105651 again).
        target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow
                                                 -Wno-stringop-overread)
    endif()
    if(TARGET eti_test_headers AND NOT "PkgConfig::DPDK" IN_LIST ARG_LIBRARIES)  # its flags differ
        target_precompile_headers(${target} REUSE_FROM eti_test_headers)
        target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         TEST_PREFIX "${kind}.${room}."
                         PROPERTIES LABELS ${kind} TIMEOUT 300 ENVIRONMENT
                         "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()

# eti_fuzz(NAME [DEPENDS room...]): tests/fuzz/NAME_fuzz.cpp. Under the fuzz preset a libFuzzer
# program; elsewhere it replays tests/data/corpus/NAME, and that is a test labelled fuzz.
function(eti_fuzz name)
    cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
    list(TRANSFORM ARG_DEPENDS PREPEND "eti::" OUTPUT_VARIABLE depends)
    add_executable(${name}_fuzz fuzz/${name}_fuzz.cpp)
    target_include_directories(${name}_fuzz PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name}_fuzz PRIVATE ${depends} eti_support eti_options)
    if(ETI_FUZZ)
        target_compile_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
        target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(${name}_fuzz PRIVATE fuzz/replay_main.cpp)
        add_test(NAME fuzz.${name} COMMAND ${name}_fuzz ${CMAKE_SOURCE_DIR}/tests/data/corpus/${name})
        set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz)
    endif()
endfunction()
