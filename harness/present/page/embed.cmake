# Joins the pieces of the page and writes them as the C array html_template.
#
#   cmake -D PAGE=FOLDER -D OUTPUT=FILE.c -P embed.cmake
#
# page.html has the marks @POLICY@, @STYLE@ and @SCRIPT@; the scripts share one function's scope.

set(scripts base text state diff stack graph_layout graph timeline finding source grid filters matrix
            pair check schedule exploration review_diff review_session review_store review_round
            review_truth review_progress review main)

# What a Content-Security-Policy calls 'sha256-...': the digest in base64.
function(base64_of_sha256 text result)
    string(SHA256 hex "${text}")
    set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(base64 "")
    # 32 bytes and a zero are 11 groups of three; the zero's own sextet is then the padding.
    string(APPEND hex "00")
    foreach(group RANGE 10)
        math(EXPR at "${group} * 6")
        string(SUBSTRING "${hex}" ${at} 6 three)
        foreach(shift 18 12 6 0)
            math(EXPR sextet "(0x${three} >> ${shift}) & 63")
            string(SUBSTRING "${alphabet}" ${sextet} 1 letter)
            string(APPEND base64 "${letter}")
        endforeach()
    endforeach()
    string(SUBSTRING "${base64}" 0 43 base64)
    set(${result} "${base64}=" PARENT_SCOPE)
endfunction()

file(READ ${PAGE}/page.html page)
file(READ ${PAGE}/page.css style)
set(script "(() => {\n'use strict';\n")
foreach(name ${scripts})
    file(READ ${PAGE}/${name}.js piece)
    string(APPEND script "${piece}")
endforeach()
string(APPEND script "})();\n")

base64_of_sha256("${style}" style_digest)
base64_of_sha256("${script}" script_digest)
set(policy "default-src 'none'; style-src 'sha256-${style_digest}'; ")
string(APPEND policy "script-src 'sha256-${script_digest}'; base-uri 'none'; form-action 'none'")
string(REPLACE "@POLICY@" "${policy}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")

# html_page.c fills these in, one after the other.
foreach(mark @TITLE@ @PLAIN@ @DATA@)
    string(REGEX MATCHALL "${mark}" found "${page}")
    list(LENGTH found count)
    if(NOT count EQUAL 1)
        message(FATAL_ERROR "the page has ${count} times ${mark}, not once")
    endif()
endforeach()
string(TOLOWER "${script}${style}" lower)
if(lower MATCHES "</(script|style)|<!--")
    message(FATAL_ERROR "a script or the style has `${CMAKE_MATCH_0}`, which HTML would obey")
endif()

file(WRITE ${OUTPUT}.html "${page}")
file(READ ${OUTPUT}.html hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUTPUT} "#include \"present/html_page.h\"\n\n"
                     "const char html_template[] = {${bytes}0};\n")
