# SPDX-License-Identifier: Apache-2.0
# How every target of the house is built: one folder, one static library, links to its left.

set(MACTL_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wno-format-nonliteral)

function(mactl_warnings target)
  target_compile_options(${target} PRIVATE ${MACTL_WARNINGS})
  if(MACTL_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

if(MACTL_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(MACTL_SANITIZE_THREADS)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()

# The fuzzer sees which way the code goes everywhere. That NULL + 0 is undefined in C, and defined in
# C++, is no finding: gcc does not think so either.
if(MACTL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=pointer-overflow)
endif()

add_compile_definitions(_GNU_SOURCE)
# what a synchronisation remembers is good for the code that found it out only (base/build.h)
add_link_options(LINKER:--build-id)

# mactl_library(<folder> <left neighbour>...): every .c of the folder, in one static library
function(mactl_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARGN})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(${name} PUBLIC mactl::sdk ${ARGN})
  mactl_warnings(${name})
endfunction()
