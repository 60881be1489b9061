# Warnings, hardening and sanitizers, the same for every target.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    # The sloppiness lets it cache what uses precompiled headers, with GCC's below.
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
                                    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_library(eti_options INTERFACE)
target_compile_options(eti_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Werror
    -fstack-protector-strong -fno-omit-frame-pointer)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports overlapping copies inside std::string that cannot happen (bug 105651).
    target_compile_options(eti_options INTERFACE -Wno-restrict)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_definitions(eti_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
    target_link_options(eti_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A packet passes through many small functions of several rooms: programs with the property
    # ETI_WHOLE are optimised across files, a fifth fewer instructions a packet. All others are
    # linked from the same objects as ever, in a fraction of the time.
    set(ETI_HOT_OPTIONS -flto=auto -ffat-lto-objects)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        list(APPEND ETI_HOT_OPTIONS -march=x86-64-v2)  # DPDK asks for as much
    endif()
    target_link_options(eti_options INTERFACE
                        $<IF:$<BOOL:$<TARGET_PROPERTY:ETI_WHOLE>>,-flto=auto,-fno-lto>)
endif()
if(ETI_SANITIZE)
    target_compile_options(eti_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(eti_options INTERFACE -fsanitize=address,undefined)
endif()
if(ETI_FUZZ)
    # Coverage in the rooms too: without it libFuzzer is blind to the code under test.
    target_compile_options(eti_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ETI_TSAN)
    # DPDK's x86 ring uses bare fences that ThreadSanitizer cannot see; its C11 variant is clean.
    # GCC warns about the fences left in its headers; those only strengthen orders that atomics give.
    target_compile_options(eti_options INTERFACE -fsanitize=thread -DRTE_USE_C11_MEM_MODEL
                                                 -Wno-tsan)
    target_link_options(eti_options INTERFACE -fsanitize=thread)
endif()
if(ETI_COVERAGE)
    target_compile_options(eti_options INTERFACE --coverage)
    target_link_options(eti_options INTERFACE --coverage)
endif()
