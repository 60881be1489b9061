# cmake -DOUTPUT=FILE.cpp -DFILES=a;b -P Embed.cmake
# Writes a C++ file that holds the named files as they are and compressed by gzip, which Debian
# always has. -n leaves out name and time, so the same content gives the same bytes.

set(TYPE_html "text/html; charset=utf-8")
set(TYPE_js "text/javascript; charset=utf-8")
set(TYPE_css "text/css; charset=utf-8")
set(TYPE_svg "image/svg+xml")
set(TYPE_txt "text/plain; charset=utf-8")
set(TYPE_json "application/json")

function(append_array name file)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
    file(APPEND ${OUTPUT}.new "constexpr char ${name}[] = {${bytes}};\n")
endfunction()

file(WRITE ${OUTPUT}.new "// Made by cmake/Embed.cmake.\n#include \"web/embedded.h\"\n\n#include <array>\n\n"
                         "namespace eti::web {\nnamespace {\n\n")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
    execute_process(COMMAND gzip -9 -n -c ${file} OUTPUT_FILE ${OUTPUT}.gz COMMAND_ERROR_IS_FATAL ANY)
    append_array(kPlain${number} ${file})
    append_array(kGzip${number} ${OUTPUT}.gz)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 32 hash)
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE ".*\\." "" ending ${name})
    string(APPEND rows "    Asset{\"/${name}\", \"${TYPE_${ending}}\", \"${hash}\",\n"
                       "          {kPlain${number}, sizeof kPlain${number}}, {kGzip${number}, sizeof kGzip${number}}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(APPEND ${OUTPUT}.new "\nconst std::array<Asset, ${number}> kFiles{\n${rows}};\n\n}  // namespace\n\n"
                          "std::span<const Asset> embedded_files() {\n    return kFiles;\n}\n\n"
                          "}  // namespace eti::web\n")
file(REMOVE ${OUTPUT}.gz)
file(RENAME ${OUTPUT}.new ${OUTPUT})
