#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/http/message.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity::testing {

/// A folder of this test's own, gone afterwards.
class Folder {
 public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "identity.XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    const std::string& path() const { return path_; }

 private:
    std::string path_;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string form_of(const Fields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!text.empty()) text += '&';
        text += url_encoded(name) + '=' + url_encoded(value);
    }
    return text;
}

struct Reply {
    http::Response response;
    int status() const { return response.status; }
    std::string header(std::string_view name) const {
        return std::string(response.headers.get(name).value_or(std::string_view()));
    }
    const std::string& body() const { return response.body.bytes(); }
    /// A string member of a JSON body.
    std::string operator[](std::string_view name) const {
        const auto document = json::parse(body());
        EXPECT_TRUE(document) << body();
        return document ? std::string(document->text_at(name)) : std::string();
    }
};

}  // namespace waybill::identity::testing
