// One HTTP request by libcurl, as the daemon makes them.
#pragma once

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace eti::analysis::test {

struct Answer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string> headers;  // names in lower case

    nlohmann::json json() const { return nlohmann::json::parse(body); }
};

struct Call {
    std::string method = "GET";
    std::string url;
    std::string body;
    std::vector<std::string> headers;
    std::string ca_file;
};

inline std::size_t collect(char* data, std::size_t one, std::size_t size, void* out) {
    static_cast<std::string*>(out)->append(data, one * size);
    return one * size;
}

inline void read_headers(const std::string& text, Answer& answer) {
    std::size_t place = 0;
    while (place < text.size()) {
        const std::size_t end = std::min(text.find("\r\n", place), text.size());
        const std::string line = text.substr(place, end - place);
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) {
            std::string name = line.substr(0, colon);
            for (char& c : name) {
                c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            }
            answer.headers[name] = line.substr(colon + 2);
        }
        place = end + 2;
    }
}

// perform throws when there is no answer at all, with curl's words.
inline Answer perform(const Call& call) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    curl_slist* list = nullptr;
    for (const std::string& header : call.headers) {
        list = curl_slist_append(list, header.c_str());
    }
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                              &curl_slist_free_all);
    Answer answer;
    std::string header_text;
    curl_easy_setopt(curl.get(), CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, call.method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, call.method == "HEAD" ? 1L : 0L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &collect);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &header_text);
    if (call.method == "POST" || call.method == "PATCH") {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, call.body.data());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(call.body.size()));
    }
    if (!call.ca_file.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_CAINFO, call.ca_file.c_str());
    }
    const CURLcode result = curl_easy_perform(curl.get());
    if (result != CURLE_OK) {
        throw std::runtime_error(curl_easy_strerror(result));
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    read_headers(header_text, answer);
    return answer;
}

}  // namespace eti::analysis::test
